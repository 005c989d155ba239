/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * timeline.h - sort the records of all CPUs by time, as they arrive in a different order.
 *
 * A record is emitted when the event that it describes ends, but its time is the begin: a memory
 * call arrives after its own flushes. So each record is delayed until all that may have begun
 * earlier have arrived: for a hold time, measured against the latest time that is known to have
 * been reached. The records themselves determine that time, not a clock, so a reader that lags
 * behind, or reads a recording, delays them by the same amount.
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

/** Default hold time of a record: most calls are shorter, and the delay is not noticeable. */
#define TIMELINE_HOLD_NS 250000000ULL
/** Default limits on delayed records: their number and their size in bytes. */
#define TIMELINE_RECORDS 65536u
#define TIMELINE_BYTES ((size_t)16 << 20)

struct timeline_entry;

/**
 * struct timeline - records that are delayed until earlier ones have arrived
 * @hold_ns: hold time
 * @max_records, @max_bytes: limits; beyond them, the oldest record is returned early
 * @now_ns: the latest time that is known to have been reached
 * @given_ns: the latest time of a returned record
 * @late: number of records returned after one with a later time
 * @ended: no more records arrive, so none is delayed
 * @bytes: size of the delayed records
 * @seq: number of records so far
 * @heap: @nr delayed records, a binary heap: the oldest first; @cap: capacity
 * @out: the record that was returned last
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

/** timeline__init - initialize with the default limits; allocates nothing. */
void timeline__init(struct timeline *t);
void timeline__free(struct timeline *t);

/**
 * timeline__add - add a copy of a record
 * @time_ns: its sort key; records with equal times keep the order of arrival
 * @seen_ns: when it was created, at least @time_ns
 *
 * Call timeline__next() afterwards until it returns NULL: that bounds the memory.
 * Return: 0 or -ENOMEM (the record is not added).
 */
int timeline__add(struct timeline *t, const void *record, size_t size, uint64_t time_ns,
		  uint64_t seen_ns);

/** timeline__advance - all records created before @now_ns have been added. */
void timeline__advance(struct timeline *t, uint64_t now_ns);

/** timeline__end - all records have been added. */
void timeline__end(struct timeline *t);

/**
 * timeline__next - the oldest record, if it is due, or a limit is exceeded
 * Return: the copy, valid until the next call; NULL: none is due.
 */
const void *timeline__next(struct timeline *t);

/** timeline__any - @is is true for one of the delayed records. */
bool timeline__any(const struct timeline *t, bool (*is)(const void *record));

/** timeline__oldest_ns - time of the oldest delayed record; UINT64_MAX: there is none. */
uint64_t timeline__oldest_ns(const struct timeline *t);

#endif /* VMASCOPE_MODEL_HISTORY_TIMELINE_H */
