/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.h - the last memory calls of each process: which of them explains a crash?
 */
#ifndef VMASCOPE_MODEL_HISTORY_CALLS_H
#define VMASCOPE_MODEL_HISTORY_CALLS_H

#include "events.h"
#include "util/hash.h"

/** Calls that are kept for each process; a power of two. */
#define CALLS_KEPT 1024

/** struct calls - by process */
struct calls {
	struct hash by_pid;
};

void calls__init(struct calls *c);
void calls__free(struct calls *c);

/**
 * calls__add - a call has ended; without memory it is forgotten
 *
 * Calls that failed, and those that take nothing away and map nothing, are not kept.
 */
void calls__add(struct calls *c, const struct vs_event_call *call);

/** calls__forget - the process has ended, or was replaced. */
void calls__forget(struct calls *c, uint32_t pid);

/**
 * calls__last - the latest call of a process that took @address away or changed how it may be used
 * @before_ns: only calls that ended before, CLOCK_MONOTONIC
 *
 * Return: the call, or NULL if none is known.
 */
const struct vs_event_call *calls__last(const struct calls *c, uint32_t pid, uint64_t address,
					uint64_t before_ns);

#endif /* VMASCOPE_MODEL_HISTORY_CALLS_H */
