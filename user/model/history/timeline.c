// SPDX-License-Identifier: GPL-2.0-only
/* timeline.c - a binary heap of copied records, the oldest at the top. */
#include "model/history/timeline.h"
#include "util/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/** struct timeline_entry - a delayed record; @seq orders records with equal times */
struct timeline_entry {
	uint64_t time_ns;
	uint64_t seq;
	size_t size;
	void *record;
};

void timeline__init(struct timeline *t)
{
	*t = (struct timeline){ .hold_ns = TIMELINE_HOLD_NS,
				.max_records = TIMELINE_RECORDS,
				.max_bytes = TIMELINE_BYTES };
}

void timeline__free(struct timeline *t)
{
	for (size_t i = 0; i < t->nr; i++)
		free(t->heap[i].record);
	free(t->heap);
	free(t->out);
	t->heap = NULL;
	t->out = NULL;
	t->nr = t->cap = t->bytes = 0;
}

static bool before(const struct timeline_entry *a, const struct timeline_entry *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->seq < b->seq;
}

/** sift_up - insert @entry at position @at of the heap, or above. */
static void sift_up(struct timeline_entry *heap, size_t at, struct timeline_entry entry)
{
	while (at && before(&entry, &heap[(at - 1) / 2])) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = entry;
}

/** sift_down - insert @entry at the top of the heap of @nr, or below. */
static void sift_down(struct timeline_entry *heap, size_t nr, struct timeline_entry entry)
{
	size_t at = 0, child;

	while ((child = 2 * at + 1) < nr) {
		if (child + 1 < nr && before(&heap[child + 1], &heap[child]))
			child++;
		if (!before(&heap[child], &entry))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = entry;
}

static int make_room(struct timeline *t)
{
	return array__reserve(&t->heap, &t->cap, t->nr + 1, sizeof(*t->heap));
}

int timeline__add(struct timeline *t, const void *record, size_t size, uint64_t time_ns,
		  uint64_t seen_ns)
{
	struct timeline_entry entry = { .time_ns = time_ns, .seq = t->seq, .size = size };

	if (make_room(t))
		return -ENOMEM;
	entry.record = malloc(size);
	if (!entry.record)
		return -ENOMEM;
	memcpy(entry.record, record, size);
	t->seq++;
	t->bytes += size;
	sift_up(t->heap, t->nr++, entry);
	timeline__advance(t, seen_ns);
	return 0;
}

void timeline__advance(struct timeline *t, uint64_t now_ns)
{
	if (now_ns > t->now_ns)
		t->now_ns = now_ns;
}

void timeline__end(struct timeline *t)
{
	t->ended = true;
}

static bool is_due(const struct timeline *t)
{
	if (t->ended || t->nr > t->max_records || t->bytes > t->max_bytes)
		return true;
	return t->now_ns >= t->hold_ns && t->heap[0].time_ns <= t->now_ns - t->hold_ns;
}

const void *timeline__next(struct timeline *t)
{
	struct timeline_entry top;

	free(t->out);
	t->out = NULL;
	if (!t->nr || !is_due(t))
		return NULL;
	top = t->heap[0];
	t->nr--;
	if (t->nr)
		sift_down(t->heap, t->nr, t->heap[t->nr]);
	t->bytes -= top.size;
	t->out = top.record;
	if (top.time_ns < t->given_ns)
		t->late++;
	else
		t->given_ns = top.time_ns;
	return t->out;
}

bool timeline__any(const struct timeline *t, bool (*is)(const void *record))
{
	for (size_t i = 0; i < t->nr; i++)
		if (is(t->heap[i].record))
			return true;
	return false;
}

uint64_t timeline__oldest_ns(const struct timeline *t)
{
	return t->nr ? t->heap[0].time_ns : UINT64_MAX;
}
