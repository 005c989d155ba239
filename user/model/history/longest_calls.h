/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * longest_calls.h - the longest memory calls of a run, with their details.
 */
#ifndef VMASCOPE_MODEL_HISTORY_LONGEST_CALLS_H
#define VMASCOPE_MODEL_HISTORY_LONGEST_CALLS_H

#include "model/model.h"
#include "model/stacks.h"

/**
 * struct long_call - a call; names are owned
 * @row: the VMA at its first address, NULL: none, unknown, or freed
 * @vma: its latest name, NULL: it has none
 * @site: its call site as a stack of one frame, until that has been named; NULL: it has been, or
 *	can't be
 * @module, @function: of the call site, NULL: unknown; @function_offset: in the function
 */
struct long_call {
	struct vs_event_call call;
	const struct fault_row *row;
	char *vma;
	const struct stack *site;
	char *module;
	char *function;
	uint64_t function_offset;
};

/**
 * struct longest_calls - @nr of them, the longest first
 * @lost: lost records of calls that may be among them; @of_events: how many have an event in the
 *	recording
 */
struct longest_calls {
	struct long_call list[VS_LONGEST_CALLS];
	size_t nr;
	uint64_t lost;
	bool of_events;
};

void longest_calls__free(struct longest_calls *l);

/** longest_calls__wants - a call that took @duration_ns is one of the longest so far. */
bool longest_calls__wants(const struct longest_calls *l, uint64_t duration_ns);

/** longest_calls__add - add @call, if longest_calls__wants() it; takes over what @call owns. */
void longest_calls__add(struct longest_calls *l, const struct long_call *call);

/** longest_calls__name_vmas - copy the names that the VMAs have now. */
void longest_calls__name_vmas(struct longest_calls *l);

/**
 * longest_calls__forget - drop pointers to rows that are about to be freed; names stay
 * @goes: whether @row is about to be freed; @ctx: its first argument
 */
void longest_calls__forget(struct longest_calls *l,
			   bool (*goes)(const void *ctx, const struct fault_row *row),
			   const void *ctx);

#endif /* VMASCOPE_MODEL_HISTORY_LONGEST_CALLS_H */
