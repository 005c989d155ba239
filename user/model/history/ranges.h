/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ranges.h - the latest ranges of each process that memory calls changed or took away: which call
 * does a fault follow?
 */
#ifndef VMASCOPE_MODEL_HISTORY_RANGES_H
#define VMASCOPE_MODEL_HISTORY_RANGES_H

#include "events.h"
#include "util/hash.h"

/** Ranges that are kept for each process; a power of two. */
#define RANGES_PER_PROCESS 256

/** struct ranges - by process */
struct ranges {
	struct hash by_pid;
};

void ranges__init(struct ranges *r);
void ranges__free(struct ranges *r);

/**
 * ranges__add - a call has ended; without memory it is forgotten
 *
 * Those that succeeded begin a range, if the next access to it may fault because of them: mprotect
 * that takes a right away, madvise with advice that drops pages or makes them cold, a mapping in
 * place of pages that were there. What unmaps or maps memory ends older ranges.
 */
void ranges__add(struct ranges *r, const struct vs_event_call *call);

/** ranges__forget - the process has ended, or was replaced. */
void ranges__forget(struct ranges *r, uint32_t pid);

/**
 * ranges__last - the latest call that @fault can have followed from
 *
 * It began before the fault, and what it did to the address is what the fault found.
 * Return: its id; 0: none of those that are kept.
 */
uint64_t ranges__last(const struct ranges *r, const struct vs_event_fault *fault);

#endif /* VMASCOPE_MODEL_HISTORY_RANGES_H */
