/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * timeline.h - records of all CPUs in the order of their times, though they come in another one.
 *
 * A record is emitted when what it describes ends, and its time is that of the beginning: a memory
 * call comes after its own flushes. So each waits until all that can have begun before it should
 * be there: for a hold time, measured against the latest time that is known to have been reached.
 * That is seen by the records themselves, not by a clock, so a reader that lags behind, or reads a
 * recording, holds them back no less.
 *
 *	timeline__add(&t, event, event->size, event->time_ns, event->time_ns + duration);
 *	while ((record = timeline__next(&t)))
 *		…
 */
#ifndef VMASCOPE_MODEL_HISTORY_TIMELINE_H
#define VMASCOPE_MODEL_HISTORY_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How long a record waits by default: most calls are shorter, and no reader notices. */
#define TIMELINE_HOLD_NS 250000000ULL
/** What waits at most, by default: records, and the bytes that they take. */
#define TIMELINE_RECORDS 65536u
#define TIMELINE_BYTES ((size_t)16 << 20)

struct timeline_entry;

/**
 * struct timeline - records that wait for those that began before them
 * @hold_ns: how long
 * @max_records, @max_bytes: when there are more, the oldest goes out early
 * @now_ns: the latest time that is known to have been reached
 * @given_ns: the latest time of a record that went out
 * @late: records that went out after one of a later time
 * @ended: nothing comes any more, so nothing waits
 * @bytes: of the records that wait
 * @seq: records so far
 * @heap: @nr records that wait, a binary heap: the oldest first; @cap: room
 * @out: the record that was given out last
 */
struct timeline {
	uint64_t hold_ns;
	size_t max_records;
	size_t max_bytes;
	uint64_t now_ns;
	uint64_t given_ns;
	uint64_t late;
	bool ended;
	size_t bytes;
	uint64_t seq;
	struct timeline_entry *heap;
	size_t nr;
	size_t cap;
	void *out;
};

/** timeline__init - with the limits above; allocates nothing. */
void timeline__init(struct timeline *t);
void timeline__free(struct timeline *t);

/**
 * timeline__add - copy a record in
 * @time_ns: where it belongs; records of one time keep the order in which they came
 * @seen_ns: when it came to be, @time_ns at least
 *
 * Take out what is due by timeline__next() after it: that is what bounds the memory.
 * Return: 0 or -ENOMEM (the record is not in).
 */
int timeline__add(struct timeline *t, const void *record, size_t size, uint64_t time_ns,
		  uint64_t seen_ns);

/** timeline__advance - all records that came to be before @now_ns have been added. */
void timeline__advance(struct timeline *t, uint64_t now_ns);

/** timeline__end - all records have been added. */
void timeline__end(struct timeline *t);

/**
 * timeline__next - the oldest record, if it is due, or the room is full
 * Return: the copy, good until the next call; NULL: none is due.
 */
const void *timeline__next(struct timeline *t);

/** timeline__oldest_ns - time of the oldest record that waits; UINT64_MAX: none does. */
uint64_t timeline__oldest_ns(const struct timeline *t);

#endif /* VMASCOPE_MODEL_HISTORY_TIMELINE_H */
