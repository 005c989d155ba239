/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * threads.h - time that each thread spent in faults: bounded, those with the least time are
 * dropped.
 */
#ifndef VMASCOPE_MODEL_THREADS_H
#define VMASCOPE_MODEL_THREADS_H

#include <stdbool.h>
#include <stddef.h>

#include "events.h"
#include "util/hash.h"

/** Number of threads that are kept; beyond it, those with the least time in faults are dropped. */
#define THREADS_MAX 8192

/**
 * struct threads - the threads that are kept
 * @list: in no particular order; @nr of them, capacity @cap
 * @alive: number of live threads, which are not dropped: with many, the list exceeds THREADS_MAX
 * @so_far: set by the caller: fault_ns includes the time of faults in flight
 * @sampled: set by the caller: the latency of not every fault is measured
 * @dropped: number of dropped threads, @dropped_ns: their time in faults, @dropped_faults: their
 *	faults
 */
struct threads {
	struct vs_thread **list;
	size_t nr;
	size_t cap;
	size_t alive;
	bool so_far;
	bool sampled;
	size_t dropped;
	uint64_t dropped_ns;
	uint64_t dropped_faults;
	struct hash by_id;
};

void threads__init(struct threads *t);
void threads__free(struct threads *t);

/** threads__update - update a thread; does nothing if out of memory. */
void threads__update(struct threads *t, const struct vs_thread *thread);

/**
 * threads__read - end of the first reading of all threads; the second follows that of other counts
 *
 * Threads continue to run while counts are read. See threads__fit().
 */
void threads__read(struct threads *t);

/**
 * threads__fit - after the second reading: make the sum of the threads' faults equal to @faults
 * @faults: total without faults of unknown threads; read between the two readings
 *
 * Each thread gets a count that it had between its two readings: the rest is added at the next
 * update.
 */
void threads__fit(struct threads *t, uint64_t faults);

/** threads__mark - an interval begins. */
void threads__mark(struct threads *t);

/** threads__since_mark - faults of @thread, an element of the list, in the interval. */
uint64_t threads__since_mark(const struct vs_thread *thread);

/** threads__interval - @thread, which is in the list, with its faults and time in the interval. */
struct vs_thread threads__interval(const struct vs_thread *thread);

/** threads__busiest - the thread with most time in faults; NULL: none had any, or @t is NULL. */
const struct vs_thread *threads__busiest(const struct threads *t);

/**
 * thread_share - share of its wall time in the run that the thread spent in faults
 * @start_ns: and @end_ns: the run, CLOCK_MONOTONIC
 *
 * Return: 0 to 1.
 */
double thread_share(const struct vs_thread *t, uint64_t start_ns, uint64_t end_ns);

#endif /* VMASCOPE_MODEL_THREADS_H */
