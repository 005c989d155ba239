/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * longest_calls.h - the memory calls of a run that took longest, each as it was.
 */
#ifndef VMASCOPE_MODEL_HISTORY_LONGEST_CALLS_H
#define VMASCOPE_MODEL_HISTORY_LONGEST_CALLS_H

#include "model/model.h"
#include "model/stacks.h"

/**
 * struct long_call - one of them; names are owned
 * @vma: of the VMA at its first address, NULL: none, or not known
 * @site: its call site as a stack of one frame, until that is named; NULL: it is, or can't be
 * @module, @function: of the call site, NULL: not known; @function_offset: in the function
 */
struct long_call {
	struct vs_event_call call;
	char *vma;
	const struct stack *site;
	char *module;
	char *function;
	uint64_t function_offset;
};

/**
 * struct longest_calls - @nr of them, the longest first
 * @lost: records of calls that may be some; @of_events: of those calls that a recording has an event of
 */
struct longest_calls {
	struct long_call list[VS_LONGEST_CALLS];
	size_t nr;
	uint64_t lost;
	bool of_events;
};

void longest_calls__free(struct longest_calls *l);

/** longest_calls__wants - a call that took @duration_ns is one of them, so far. */
bool longest_calls__wants(const struct longest_calls *l, uint64_t duration_ns);

/** longest_calls__add - @call, which is wanted; what @call owns is taken over. */
void longest_calls__add(struct longest_calls *l, const struct long_call *call);

#endif /* VMASCOPE_MODEL_HISTORY_LONGEST_CALLS_H */
