/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * threads.h - what each thread spent in faults: bounded, the ones that spent least go first.
 */
#ifndef VMASCOPE_MODEL_THREADS_H
#define VMASCOPE_MODEL_THREADS_H

#include <stdbool.h>
#include <stddef.h>

#include "events.h"
#include "util/hash.h"

/** Threads that are kept; beyond it, those that spent least are dropped. */
#define THREADS_MAX 8192

/**
 * struct threads - all that are kept
 * @list: in no particular order; @nr of them, room for @cap
 * @alive: of them, which are not dropped: with many of these, the list is longer than THREADS_MAX
 * @so_far: set by the caller: the time of faults in flight is a part of fault_ns
 * @dropped: how many were not kept, @dropped_ns: what they spent, @dropped_faults: what they took
 */
struct threads {
	struct vs_thread **list;
	size_t nr;
	size_t cap;
	size_t alive;
	bool so_far;
	size_t dropped;
	uint64_t dropped_ns;
	uint64_t dropped_faults;
	struct hash by_id;
};

void threads__init(struct threads *t);
void threads__free(struct threads *t);

/** threads__update - take over what is known of a thread now; without memory nothing happens. */
void threads__update(struct threads *t, const struct vs_thread *thread);

/**
 * threads__read - all threads have been read once; they are read again when other counts have been
 *
 * Threads go on while counts are read. See threads__fit().
 */
void threads__read(struct threads *t);

/**
 * threads__fit - after the second reading: have the threads' faults add up to @faults
 * @faults: without those that no thread is known of; read between the two readings
 *
 * Each thread has a count that it had between its two readings: what came later counts from the next
 * update on.
 */
void threads__fit(struct threads *t, uint64_t faults);

/** threads__mark - an interval begins. */
void threads__mark(struct threads *t);

/** threads__since_mark - faults of @thread, one of the list, in the interval. */
uint64_t threads__since_mark(const struct vs_thread *thread);

/** threads__interval - @thread, one of the list, with the faults and their time in the interval. */
struct vs_thread threads__interval(const struct vs_thread *thread);

/** threads__busiest - the one that spent most time in faults; NULL: none did, or @t is NULL. */
const struct vs_thread *threads__busiest(const struct threads *t);

/**
 * thread_share - of its wall time in the run that the thread spent in faults
 * @start_ns: and @end_ns: the run, CLOCK_MONOTONIC
 *
 * Return: 0 to 1.
 */
double thread_share(const struct vs_thread *t, uint64_t start_ns, uint64_t end_ns);

#endif /* VMASCOPE_MODEL_THREADS_H */
