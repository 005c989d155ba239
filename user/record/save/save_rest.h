/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * save_rest.h - sums of what a checkpoint of bounded size has no room for.
 */
#ifndef VMASCOPE_RECORD_SAVE_SAVE_REST_H
#define VMASCOPE_RECORD_SAVE_SAVE_REST_H

#include "model/model.h"
#include "model/shootdown.h"
#include "model/stacks.h"

/** Kinds of memory calls whose rest is told apart: all there are; beyond it, row 0 takes it. */
#define REST_CALLS 128u

/** struct rest_row - of rows that are VMAs, or that are none */
struct rest_row {
	struct vs_counts counts;
	uint64_t no_address;
	uint64_t lookup_missed;
	uint64_t no_slot;
};

/** struct rest_call - of rows of one call */
struct rest_call {
	uint32_t call;
	uint32_t detail;
	struct vs_call_counts counts;
};

struct saver;

/**
 * struct save_rest - summed up anew in each checkpoint
 * @rows: by is_vma
 * @latency: of processes, by cause
 * @calls: @nr_calls of them; the list itself stays
 * @other_calls: beyond it
 * @stacks: of stacks
 */
struct save_rest {
	struct rest_row rows[2];
	struct vs_hist latency[VS_NR_CAUSES];
	struct rest_call calls[REST_CALLS];
	size_t nr_calls;
	struct vs_call_counts other_calls;
	struct vs_stack_counts stacks;
};

/** save_rest__clear - a checkpoint begins. */
void save_rest__clear(struct save_rest *rest);

/** save_rest__add_row, save_rest__add_call - a row that is not written for itself. */
void save_rest__add_row(struct save_rest *rest, const struct fault_row *row);
void save_rest__add_call(struct save_rest *rest, const struct call_row *row);

#endif /* VMASCOPE_RECORD_SAVE_SAVE_REST_H */
