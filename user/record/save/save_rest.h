/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * save_rest.h - sums of what exceeds the size limit of a checkpoint.
 */
#ifndef VMASCOPE_RECORD_SAVE_SAVE_REST_H
#define VMASCOPE_RECORD_SAVE_SAVE_REST_H

#include "model/model.h"
#include "model/shootdown.h"
#include "model/stacks.h"

/**
 * Maximum number of memory calls with separate sums: all there are; row 0 takes what exceeds it.
 */
#define REST_CALLS 128u

/** struct rest_row - sum of rows that are VMAs, or of those that are not */
struct rest_row {
	struct vs_counts counts;
	uint64_t no_address;
	uint64_t lookup_missed;
	uint64_t no_slot;
};

/** struct rest_call - sum of the rows of one call */
struct rest_call {
	uint32_t call;
	uint32_t detail;
	struct vs_call_counts counts;
};

struct saver;

/**
 * struct save_rest - the sums, computed again for each checkpoint
 * @rows: sums of rows, by is_vma
 * @latency: histograms of processes, by cause
 * @calls: sums of @nr_calls calls; the array itself is kept
 * @other_calls: sum of the calls that do not fit into @calls
 * @stacks: sum of stacks
 */
struct save_rest {
	struct rest_row rows[2];
	struct vs_hist latency[VS_NR_CAUSES];
	struct rest_call calls[REST_CALLS];
	size_t nr_calls;
	struct vs_call_counts other_calls;
	struct vs_stack_counts stacks;
};

/** save_rest__clear - reset at the beginning of a checkpoint. */
void save_rest__clear(struct save_rest *rest);

/** save_rest__add_row, save_rest__add_call - add a row that is not written individually. */
void save_rest__add_row(struct save_rest *rest, const struct fault_row *row);
void save_rest__add_call(struct save_rest *rest, const struct call_row *row);

#endif /* VMASCOPE_RECORD_SAVE_SAVE_REST_H */
