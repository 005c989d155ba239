/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - a recording into a model: rows and counts as a live capture would have left them.
 *
 * Rows of the model are in slots of their own, which are never used again; a recording's numbers of
 * rows become these. What names something that the recording does not tell of names nothing.
 */
#ifndef VMASCOPE_RECORD_LOAD_H
#define VMASCOPE_RECORD_LOAD_H

#include "model/in_flight.h"
#include "model/model.h"
#include "model/shootdown.h"
#include "model/threads.h"
#include "record/format.h"
#include "record/load_stacks.h"
#include "util/hash.h"

/**
 * struct loader - what is being loaded, into a model of the caller's
 * @processes, @rows, @calls: by the recording's numbers
 * @in_flight: faults that had not ended when counting did; NULL: none are kept; set after
 *	loader__init()
 * @stacks: and their names
 * @stats: of the latest checkpoint: its @time_ns is 0 if there was none
 * @stale: counts begin anew: what is not told of until the checkpoint's end goes
 * @forgetting: NULL, or called with @forgetting_ctx before it does: nothing may point to rows whose
 *	@pinned is false, nor to rows and stacks of processes that are not @busy
 * @free_slots: @nr_free of them, of rows that went
 * @bytes: of memory that was taken, more or less; @max_bytes: no more is, 0: no bound
 * @in_pairs: the pairs of the present checkpoint have begun
 */
struct loader {
	struct model *model;
	struct shootdown *shootdown;
	struct threads *threads;
	struct in_flight *in_flight;
	struct hash processes;
	struct hash rows;
	struct hash calls;
	struct loaded_stacks stacks;
	struct record_stats stats;
	bool stale;
	void (*forgetting)(void *ctx);
	void *forgetting_ctx;
	uint32_t *free_slots;
	size_t nr_free;
	uint64_t bytes;
	uint64_t max_bytes;
	bool in_pairs;
};

/** loader__init - @m, @s, @t and @stacks are made. Return: 0 or -ENOMEM. */
int loader__init(struct loader *l, struct model *m, struct shootdown *s, struct threads *t,
		 struct stacks *stacks, uint32_t nr_cpus);
void loader__free(struct loader *l);

/** Memory for a recording: so much, and so many times the bytes of its files; at most the last. */
#define LOADER_FREE_BYTES (64ULL << 20)
#define LOADER_RATIO 4096ULL
#define LOADER_MOST_BYTES (4ULL << 30)

/** loader__bound - set how much memory files of @file_bytes may take. */
void loader__bound(struct loader *l, uint64_t file_bytes);

/**
 * loader__take - a record of any type but events
 * Return: 0; -E2BIG: it would take more memory than loader__bound() allows; -ENOMEM.
 */
int loader__take(struct loader *l, enum record_type type, const union record *record);

/** loader__event - make an event's numbers of rows slots of the model. */
void loader__event(const struct loader *l, enum record_type type, union record *record);

/** loader__has_in_flight - the recording tells which faults were in flight at its end: all of them. */
bool loader__has_in_flight(const struct loader *l);

/** loader__finish - put all in the order in which it was first seen live. */
void loader__finish(struct loader *l);

/* --- its parts (load_event.c, load_purge.c) --- */

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

/** loader__discharge - what took @size bytes is freed. */
void loader__discharge(struct loader *l, size_t size);

#endif /* VMASCOPE_RECORD_LOAD_H */
