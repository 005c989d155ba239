/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.h - the latest memory calls of each process, to explain crashes.
 */
#ifndef VMASCOPE_MODEL_HISTORY_CALLS_H
#define VMASCOPE_MODEL_HISTORY_CALLS_H

#include "events.h"
#include "util/hash.h"

/** Number of calls kept for each process; a power of two. */
#define CALLS_KEPT 1024

/** struct calls - by process */
struct calls {
	struct hash by_pid;
};

void calls__init(struct calls *c);
void calls__free(struct calls *c);

/**
 * calls__add - add a call that has ended; if out of memory, it is dropped
 *
 * Calls that failed, and those that neither unmap, change nor map memory, are not kept.
 */
void calls__add(struct calls *c, const struct vs_event_call *call);

/** calls__forget - the process has exited, or was replaced. */
void calls__forget(struct calls *c, uint32_t pid);

/**
 * calls__last - the latest call of a process that unmapped @address or changed how it may be used
 * @before_ns: only calls that ended before, CLOCK_MONOTONIC
 *
 * Return: the call, or NULL if there is none.
 */
const struct vs_event_call *calls__last(const struct calls *c, uint32_t pid, uint64_t address,
					uint64_t before_ns);

#endif /* VMASCOPE_MODEL_HISTORY_CALLS_H */
