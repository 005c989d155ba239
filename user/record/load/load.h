/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - a recording into a model: rows and counts as a live capture would have left them.
 *
 * Rows of the model are in slots of their own, which are never used again; a recording's numbers of
 * rows become these. What names something that the recording does not tell of names nothing.
 */
#ifndef VMASCOPE_RECORD_LOAD_LOAD_H
#define VMASCOPE_RECORD_LOAD_LOAD_H

#include "model/in_flight.h"
#include "model/model.h"
#include "model/shootdown.h"
#include "model/threads.h"
#include "model/wall_clock.h"
#include "record/format/format.h"
#include "record/load/load_stacks.h"
#include "util/hash.h"
#include "util/numbers.h"

/** enum loader_seen - what was added to model__ended() since counts began anew, by its number */
enum loader_seen {
	SEEN_ROW,
	SEEN_COUNTS,
	SEEN_ROW_LATENCY,
	SEEN_LATENCY, /* by process and cause */
	SEEN_CALL,
	SEEN_STACK, /* since stacks did */
	NR_SEEN,
};

/**
 * struct loader_ended - processes that have ended, and are summed up as model__ended()
 * @max: processes that are kept, as --max-processes has it; 0: all. Set after loader__init()
 * @at: processes at which summing up is tried again
 * @processes: their numbers; @rows: and those of their rows, by whether they are VMAs
 * @seen: by enum loader_seen
 */
struct loader_ended {
	size_t max;
	size_t at;
	struct numbers processes;
	struct numbers rows[2];
	struct numbers seen[NR_SEEN];
};

/**
 * struct loader - what is being loaded, into a model of the caller's
 * @processes, @rows, @calls: by the recording's numbers
 * @in_flight: faults that had not ended when counting did; NULL: none are kept; set after
 *	loader__init()
 * @stacks: and their names
 * @wall: the time of day; NULL: it is not kept; set after loader__init()
 * @stats: of the latest checkpoint: its @time_ns is 0 if there was none
 * @stale: counts begin anew: what is not told of until the checkpoint's end goes
 * @forgetting: NULL, or called with @forgetting_ctx before it does: nothing may point to rows that
 *	loader__goes() names, nor to stacks of processes that are not @busy
 * @summing: while @forgetting is called: processes are summed up, what is kept stays what it is
 * @in_use_ns: NULL, or what ended at this time (CLOCK_MONOTONIC) or later is not summed up yet
 * @free_slots: @nr_free of them, of rows that went
 * @bytes: of memory that was taken, more or less; @max_bytes: no more is, 0: no bound
 * @in_pairs: the pairs of the present checkpoint have begun
 * @ended: what is summed up
 * @latest_ns: of checkpoints and of ends of processes; @event_ns: of events, 0: none are read
 */
struct loader {
	struct model *model;
	struct shootdown *shootdown;
	struct threads *threads;
	struct in_flight *in_flight;
	struct wall_clock *wall;
	struct hash processes;
	struct hash rows;
	struct hash calls;
	struct loaded_stacks stacks;
	struct record_stats stats;
	bool stale;
	void (*forgetting)(void *ctx);
	uint64_t (*in_use_ns)(void *ctx);
	void *forgetting_ctx;
	bool summing;
	uint32_t *free_slots;
	size_t nr_free;
	uint64_t bytes;
	uint64_t max_bytes;
	bool in_pairs;
	struct loader_ended ended;
	uint64_t latest_ns;
	uint64_t event_ns;
};

/** loader__init - @m, @s, @t and @stacks are made. Return: 0 or -ENOMEM. */
int loader__init(struct loader *l, struct model *m, struct shootdown *s, struct threads *t,
		 struct stacks *stacks, uint32_t nr_cpus);
void loader__free(struct loader *l);

/**
 * Memory for a recording: so much, and so many times the bytes of its files, at most the third; the
 * fourth where all processes are kept.
 */
#define LOADER_FREE_BYTES (64ULL << 20)
#define LOADER_RATIO 4096ULL
#define LOADER_MOST_BYTES (512ULL << 20)
#define LOADER_MOST_BYTES_OF_ALL (4ULL << 30)

/** loader__bound - set how much memory files of @file_bytes may take, with @l->ended.max set. */
void loader__bound(struct loader *l, uint64_t file_bytes);

/**
 * loader__take - a record of any type but events
 * Return: 0; -E2BIG: it would take more memory than loader__bound() allows; -ENOMEM.
 */
int loader__take(struct loader *l, enum record_type type, const union record *record);

/** loader__event - make an event's numbers of rows slots of the model. */
void loader__event(struct loader *l, enum record_type type, union record *record);

/** loader__has_in_flight - the recording tells which faults were in flight at its end: all of them. */
bool loader__has_in_flight(const struct loader *l);

/**
 * loader__finish - all has been read: sum up what is too much, and put the rest in the order in which it
 * was first seen live
 * Return: 0, -E2BIG or -ENOMEM.
 */
int loader__finish(struct loader *l);

/** loader__goes - @row is about to be freed: for @forgetting. */
bool loader__goes(const struct loader *l, const struct fault_row *row);

/* --- its parts (load_event.c, load_purge.c, load_ended.c, load_memory.c) --- */

/** loader__in_flight - a fault that had not ended. Return: 0 or -ENOMEM. */
int loader__in_flight(struct loader *l, const struct vs_event_fault *r);

/** loader__forget_in_flight - rows may go: those that were told so far. */
void loader__forget_in_flight(struct loader *l);

/** loader__mark_stale - counts begin anew. */
void loader__mark_stale(struct loader *l);

/** loader__purge - the checkpoint is over: free what it did not tell of. */
void loader__purge(struct loader *l);

/** loader__drop_latency - free it, if there is any. */
void loader__drop_latency(struct loader *l, struct latency **latency);

/** What an allocation takes besides, and its entries in arrays and hashes. */
#define LOADER_MALLOC_BYTES 96

/** loader__charge - take @size bytes, and what lies around them. Return: 0 or -E2BIG. */
int loader__charge(struct loader *l, size_t size);

/** loader__discharge - what took @size bytes is freed. */
void loader__discharge(struct loader *l, size_t size);

/** loader__new_slot - a slot for @row. Return: 0 or -ENOMEM. */
int loader__new_slot(struct loader *l, struct fault_row *row);

/** loader__detach_row, loader__detach_process - number and slot stand for it no more, its memory is given up. */
void loader__detach_row(struct loader *l, struct fault_row *row);
void loader__detach_process(struct loader *l, struct process *p);

/** loader__detach_call - @row lets go of what belongs to processes that are not @busy. */
void loader__detach_call(struct call_row *row);

void loader_ended__free(struct loader_ended *e);

/**
 * loader__sum_up - if there are too many processes, those that have ended are summed up, but for those
 * with most faults; between processes or checkpoints
 * Return: 0, -E2BIG or -ENOMEM.
 */
int loader__sum_up(struct loader *l);

/** loader__sum_up_rest - likewise, when all has been read. */
int loader__sum_up_rest(struct loader *l);

/** loader__is_ended - process number @process is summed up: a record of it goes to loader__sum_*(). */
bool loader__is_ended(const struct loader *l, uint32_t process);

/** loader__adopt_ended - where @r is what the recorder has summed up, it is. Return: 0, -E2BIG or -ENOMEM. */
int loader__adopt_ended(struct loader *l, const struct record_process *r);

/** loader__ended_row - the row that stands for row @number, if that was summed up; else NULL */
const struct fault_row *loader__ended_row(const struct loader *l, uint32_t number);

/** loader__sum_row and others - of what is summed up, once after a reset. Return: 0, -E2BIG or -ENOMEM. */
int loader__sum_row(struct loader *l, const struct record_row *r);
int loader__sum_counts(struct loader *l, const struct record_counts *r);
int loader__sum_latency(struct loader *l, const struct record_latency *r);
int loader__sum_call(struct loader *l, const struct record_call_row *r);
int loader__sum_stack(struct loader *l, const struct record_stack *r);

/** loader__forget_seen - counts begin anew. */
void loader__forget_seen(struct loader *l, enum loader_seen first, enum loader_seen last);

#endif /* VMASCOPE_RECORD_LOAD_LOAD_H */
