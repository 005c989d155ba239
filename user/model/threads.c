// SPDX-License-Identifier: GPL-2.0-only
/* threads.c - the table of threads, and their share of time in faults. */
#include "model/threads.h"
#include "util/array.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/** struct thread_key - includes more than the thread id, which is reused */
struct thread_key {
	uint64_t tid;
	uint64_t since_ns;
};

/**
 * struct marked_thread - element of the list, which points to its first member
 * @marked_faults, @marked_ns: counts when the interval began
 * @first: faults at the first of two readings; @withheld: faults withheld by threads__fit()
 */
struct marked_thread {
	struct vs_thread thread;
	uint64_t marked_faults;
	uint64_t marked_ns;
	uint64_t first;
	uint64_t withheld;
};

void threads__read(struct threads *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		struct marked_thread *m = (struct marked_thread *)t->list[i];

		m->thread.faults += m->withheld;
		m->withheld = 0;
		m->first = m->thread.faults;
	}
}

void threads__fit(struct threads *t, uint64_t faults)
{
	uint64_t first = t->dropped_faults, more;

	for (size_t i = 0; i < t->nr; i++)
		first += ((const struct marked_thread *)t->list[i])->first;
	more = faults > first ? faults - first : 0;
	for (size_t i = 0; i < t->nr; i++) {
		struct marked_thread *m = (struct marked_thread *)t->list[i];
		const uint64_t since = m->thread.faults - m->first;
		const uint64_t taken = since < more ? since : more;

		more -= taken;
		m->withheld = since - taken;
		m->thread.faults -= m->withheld;
	}
}

void threads__mark(struct threads *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		struct marked_thread *m = (struct marked_thread *)t->list[i];

		m->marked_faults = m->thread.faults;
		m->marked_ns = m->thread.fault_ns;
	}
}

struct vs_thread threads__interval(const struct vs_thread *thread)
{
	const struct marked_thread *m = (const struct marked_thread *)thread;
	struct vs_thread since = *thread;

	since.faults -= m->marked_faults;
	since.fault_ns -= m->marked_ns;
	return since;
}

uint64_t threads__since_mark(const struct vs_thread *thread)
{
	return thread->faults - ((const struct marked_thread *)thread)->marked_faults;
}

void threads__init(struct threads *t)
{
	memset(t, 0, sizeof(*t));
	hash__init(&t->by_id, sizeof(struct thread_key));
}

void threads__free(struct threads *t)
{
	for (size_t i = 0; i < t->nr; i++)
		free(t->list[i]);
	free(t->list);
	hash__free(&t->by_id, NULL);
	memset(t, 0, sizeof(*t));
}

static int by_time(const void *a, const void *b)
{
	const struct vs_thread *x = *(struct vs_thread *const *)a;
	const struct vs_thread *y = *(struct vs_thread *const *)b;

	return x->fault_ns < y->fault_ns ? 1 : x->fault_ns > y->fault_ns ? -1 : 0;
}

/** drop_half - of the threads that have ended, drop the half with the least time. */
static void drop_half(struct threads *t)
{
	size_t kept = 0;

	if (t->nr)
		qsort(t->list, t->nr, sizeof(*t->list), by_time);
	for (size_t i = 0; i < t->nr; i++) {
		struct vs_thread *thread = t->list[i];
		struct thread_key key = { thread->tid, thread->since_ns };

		if (i < THREADS_MAX / 2 || !thread->until_ns) {
			t->list[kept++] = thread;
			continue;
		}
		hash__remove(&t->by_id, &key);
		t->dropped++;
		t->dropped_ns += thread->fault_ns;
		t->dropped_faults += thread->faults + ((struct marked_thread *)thread)->withheld;
		free(thread);
	}
	t->nr = kept;
}

/** crowded - enough threads can be dropped to justify sorting all, even if most are alive */
static bool crowded(const struct threads *t)
{
	return t->nr >= THREADS_MAX && t->nr - t->alive >= THREADS_MAX / 2 + t->nr / 4;
}

static struct vs_thread *add(struct threads *t, const struct thread_key *key)
{
	struct vs_thread *thread;
	struct marked_thread *marked;

	if (crowded(t))
		drop_half(t);
	if (array__reserve(&t->list, &t->cap, t->nr + 1, sizeof(*t->list)))
		return NULL;
	marked = calloc(1, sizeof(*marked));
	thread = marked ? &marked->thread : NULL;
	if (!thread || hash__set(&t->by_id, key, thread)) {
		free(thread);
		return NULL;
	}
	t->list[t->nr++] = thread;
	t->alive++;
	return thread;
}

void threads__update(struct threads *t, const struct vs_thread *thread)
{
	struct thread_key key = { thread->tid, thread->since_ns };
	struct vs_thread *known = hash__get(&t->by_id, &key);

	if (!known)
		known = add(t, &key);
	if (!known)
		return;
	t->alive += !thread->until_ns;
	t->alive -= !known->until_ns;
	*known = *thread;
	if (t->so_far) {
		known->fault_ns += known->so_far_ns;
		known->so_far_ns = 0;
	}
	((struct marked_thread *)known)->withheld = 0;
}

const struct vs_thread *threads__busiest(const struct threads *t)
{
	const struct vs_thread *busiest = NULL;

	for (size_t i = 0; t && i < t->nr; i++)
		if (t->list[i]->fault_ns > (busiest ? busiest->fault_ns : 0))
			busiest = t->list[i];
	return busiest;
}

double thread_share(const struct vs_thread *t, uint64_t start_ns, uint64_t end_ns)
{
	uint64_t from = t->since_ns > start_ns ? t->since_ns : start_ns;
	uint64_t to = t->until_ns && t->until_ns < end_ns ? t->until_ns : end_ns;
	double share = to > from ? (double)t->fault_ns / (to - from) : 0;

	return share > 1 ? 1 : share;
}
