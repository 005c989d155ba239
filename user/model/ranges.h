/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ranges.h - the latest ranges of each process that memory calls changed or took away: which call
 * does a fault follow?
 */
#ifndef VMASCOPE_MODEL_RANGES_H
#define VMASCOPE_MODEL_RANGES_H

#include "events.h"
#include "util/hash.h"

/** Ranges that are kept for each process; a power of two. */
#define RANGES_PER_PROCESS 64

/** struct ranges - by process */
struct ranges {
	struct hash by_pid;
};

void ranges__init(struct ranges *r);
void ranges__free(struct ranges *r);

/**
 * ranges__add - a call has ended; without memory it is forgotten
 *
 * Kept are those that succeeded, and after which the next access to their range may fault: by
 * mprotect, munmap, mremap, brk that gives back, and madvise with advice that drops pages or makes
 * them cold. Not mmap in a fixed place: that is how programs are loaded, and all that they touch
 * later would seem to follow from it.
 */
void ranges__add(struct ranges *r, const struct vs_event_call *call);

/** ranges__forget - the process has ended, or was replaced. */
void ranges__forget(struct ranges *r, uint32_t pid);

/**
 * ranges__last - the latest call that changed or took away @address
 * @time_ns: only calls that began before, CLOCK_MONOTONIC
 *
 * Return: its id; 0: none of those that are kept.
 */
uint64_t ranges__last(const struct ranges *r, uint32_t pid, uint64_t address, uint64_t time_ns);

#endif /* VMASCOPE_MODEL_RANGES_H */
