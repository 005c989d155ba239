/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ranges.h - the latest ranges of each process that memory calls changed or unmapped, to find the
 * call that a fault follows from.
 */
#ifndef VMASCOPE_MODEL_HISTORY_RANGES_H
#define VMASCOPE_MODEL_HISTORY_RANGES_H

#include "events.h"
#include "util/hash.h"

/** Number of ranges kept for each process; a power of two. */
#define RANGES_PER_PROCESS 256

/** struct ranges - by process */
struct ranges {
	struct hash by_pid;
};

void ranges__init(struct ranges *r);
void ranges__free(struct ranges *r);

/**
 * ranges__add - add a call that has ended; if out of memory, it is dropped
 *
 * A successful call begins a range if the next access to it may fault because of the call: mprotect
 * that removes a right, madvise with advice that drops pages or makes them cold, a mapping in
 * place of existing pages. Calls that unmap or map memory end older ranges.
 */
void ranges__add(struct ranges *r, const struct vs_event_call *call);

/** ranges__forget - the process has exited, or was replaced. */
void ranges__forget(struct ranges *r, uint32_t pid);

/**
 * ranges__last - the latest call from which @fault may follow
 *
 * It began before the fault, and its effect on the address matches the state that the fault found.
 * Return: its id; 0: none of the calls that are kept.
 */
uint64_t ranges__last(const struct ranges *r, const struct vs_event_fault *fault);

#endif /* VMASCOPE_MODEL_HISTORY_RANGES_H */
