/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - load a recording into a model, with rows and counts as a live capture would have left
 * them.
 *
 * The model's rows are in slots that the loader assigns; numbers of rows in the recording are
 * translated to these. A reference to something that the recording does not define becomes a null
 * reference.
 */
#ifndef VMASCOPE_RECORD_LOAD_LOAD_H
#define VMASCOPE_RECORD_LOAD_LOAD_H

#include "model/run_model.h"
#include "model/wall_clock.h"
#include "record/format/format.h"
#include "record/load/load_stacks.h"
#include "util/hash.h"
#include "util/numbers.h"

/** enum loader_seen - what was added to model__ended() since the last reset, by its number */
enum loader_seen {
	SEEN_ROW,
	SEEN_COUNTS,
	SEEN_ROW_LATENCY,
	SEEN_LATENCY, /* by process and cause */
	SEEN_CALL,
	SEEN_STACK, /* since the last reset of stacks */
	NR_SEEN,
};

/**
 * struct loader_ended - exited processes that are summed up as model__ended()
 * @max: processes to keep, as with --max-processes; 0: all. Set after loader__init()
 * @at: number of processes at which summing up is tried again
 * @processes: their numbers; @rows: numbers of their rows, by whether they are VMAs
 * @seen: what was added already, by enum loader_seen
 */
struct loader_ended {
	size_t max;
	size_t at;
	struct numbers processes;
	struct numbers rows[2];
	struct numbers seen[NR_SEEN];
};

/**
 * struct loader - a recording that is being loaded, into a model of the caller
 * @processes, @rows, @calls: lookup by the recording's numbers
 * @in_flight: faults that were in flight when counting ended; NULL: they are not kept; set after
 *	loader__init()
 * @stacks: stacks and their symbols
 * @wall: the time of day; NULL: it is not kept; set after loader__init()
 * @stats: of the latest checkpoint; its @time_ns is 0 if there was none
 * @stale: counts were reset: what does not appear until the end of the checkpoint is freed
 * @forgetting: NULL, or called with @forgetting_ctx before that: the caller drops its pointers to
 *	rows for which loader__goes() is true, and to stacks of processes that are not @busy
 * @summing: set during @forgetting if processes are summed up and the others are unchanged
 * @in_use_ns: NULL, or returns a time (CLOCK_MONOTONIC): processes that exited then or later are
 *	not summed up yet
 * @free_slots: @nr_free slots of rows that were freed
 * @bytes: approximate memory in use; @max_bytes: its limit, 0: none
 * @in_pairs: the pairs of the current checkpoint have begun
 * @ended: processes that are summed up
 * @latest_ns: latest checkpoint or exit of a process; @event_ns: latest event, 0: events are not
 *	read
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

/** loader__init - initialize @l and @run, which the caller frees. Return: 0 or -ENOMEM. */
int loader__init(struct loader *l, struct run_model *run, uint32_t nr_cpus);
void loader__free(struct loader *l);

/**
 * Memory limit of a recording: LOADER_FREE_BYTES plus LOADER_RATIO times the size of its files, at
 * most LOADER_MOST_BYTES, or LOADER_MOST_BYTES_OF_ALL if all processes are kept.
 */
#define LOADER_FREE_BYTES (64ULL << 20)
#define LOADER_RATIO 4096ULL
#define LOADER_MOST_BYTES (512ULL << 20)
#define LOADER_MOST_BYTES_OF_ALL (4ULL << 30)

/** loader__bound - set the memory limit for files of @file_bytes; @l->ended.max is set before. */
void loader__bound(struct loader *l, uint64_t file_bytes);

/**
 * loader__take - load a record of any type but events
 * Return: 0; -E2BIG: the limit of loader__bound() is exceeded; -ENOMEM.
 */
int loader__take(struct loader *l, enum record_type type, const union record *record);

/** loader__event - translate an event's numbers of rows to slots of the model. */
void loader__event(struct loader *l, enum record_type type, union record *record);

/** loader__has_in_flight - the recording has a complete list of the faults in flight at its end. */
bool loader__has_in_flight(const struct loader *l);

/**
 * loader__finish - all records were read: sum up excess processes, and sort the others in the order
 * in which they were first seen live
 * Return: 0, -E2BIG or -ENOMEM.
 */
int loader__finish(struct loader *l);

/** loader__goes - @row is about to be freed; for use by @forgetting. */
bool loader__goes(const struct loader *l, const struct fault_row *row);

/* --- its parts (load_event.c, load_purge.c, load_ended.c, load_memory.c) --- */

/** loader__in_flight - add a fault that had not ended. Return: 0 or -ENOMEM. */
int loader__in_flight(struct loader *l, const struct vs_event_fault *r);

/** loader__forget_in_flight - drop the faults in flight read so far, as their rows may be freed. */
void loader__forget_in_flight(struct loader *l);

/** loader__mark_stale - counts were reset: mark everything as stale. */
void loader__mark_stale(struct loader *l);

/** loader__purge - the checkpoint has ended: free what is still stale. */
void loader__purge(struct loader *l);

/** loader__drop_latency - free the histogram, if there is one. */
void loader__drop_latency(struct loader *l, struct latency **latency);

/** Overhead of an allocation, including its entries in arrays and hashes. */
#define LOADER_MALLOC_BYTES 96

/**
 * loader__charge - account for an allocation of @size bytes and its overhead. Return: 0 or -E2BIG.
 */
int loader__charge(struct loader *l, size_t size);

/** loader__discharge - account for the release of @size bytes. */
void loader__discharge(struct loader *l, size_t size);

/** loader__new_slot - assign a slot to @row. Return: 0 or -ENOMEM. */
int loader__new_slot(struct loader *l, struct fault_row *row);

/**
 * loader__detach_row, loader__detach_process - release its number, its slot and its accounted
 * memory.
 */
void loader__detach_row(struct loader *l, struct fault_row *row);
void loader__detach_process(struct loader *l, struct process *p);

/**
 * loader__detach_call - clear references of @row to what belongs to processes that are not @busy.
 */
void loader__detach_call(struct call_row *row);

void loader_ended__free(struct loader_ended *e);

/**
 * loader__sum_up - if there are too many processes, sum up exited ones, except those with most
 * faults; only called between processes or checkpoints
 * Return: 0, -E2BIG or -ENOMEM.
 */
int loader__sum_up(struct loader *l);

/** loader__sum_up_rest - the same, after all records were read. */
int loader__sum_up_rest(struct loader *l);

/** loader__is_ended - process number @process is summed up: its records go to loader__sum_*(). */
bool loader__is_ended(const struct loader *l, uint32_t process);

/**
 * loader__adopt_ended - use @r if it is the recorder's sum of exited processes. Return: 0, -E2BIG
 * or -ENOMEM.
 */
int loader__adopt_ended(struct loader *l, const struct record_process *r);

/** loader__ended_row - the row that replaces row @number, if that was summed up; otherwise NULL */
const struct fault_row *loader__ended_row(const struct loader *l, uint32_t number);

/**
 * loader__sum_row and others - add counts of what is summed up, once after each reset. Return: 0,
 * -E2BIG or -ENOMEM.
 */
int loader__sum_row(struct loader *l, const struct record_row *r);
int loader__sum_counts(struct loader *l, const struct record_counts *r);
int loader__sum_latency(struct loader *l, const struct record_latency *r);
int loader__sum_call(struct loader *l, const struct record_call_row *r);
int loader__sum_stack(struct loader *l, const struct record_stack *r);

/** loader__forget_seen - counts were reset. */
void loader__forget_seen(struct loader *l, enum loader_seen first, enum loader_seen last);

#endif /* VMASCOPE_RECORD_LOAD_LOAD_H */
