/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * save.h - a model into a recording: what its events refer to, and checkpoints of all counts.
 */
#ifndef VMASCOPE_RECORD_SAVE_SAVE_H
#define VMASCOPE_RECORD_SAVE_SAVE_H

#include "model/in_flight.h"
#include "model/model.h"
#include "model/shootdown.h"
#include "model/stacks.h"
#include "model/threads.h"
#include "model/wall_clock.h"
#include "record/format/writer.h"
#include "record/save/build_id.h"
#include "record/save/save_rest.h"
#include "symbol/namer.h"

/** enum mark - what is remembered to have been written */
enum mark {
	MARK_TOLD,    /* among the events: by process, 1 + how many of its rows */
	MARK_PROCESS, /* in checkpoints */
	MARK_DONE, /* of a process: nothing of it counts any more, and all of it has been written */
	MARK_ROW,
	MARK_COUNTS,
	MARK_CPU,
	MARK_ROW_LATENCY,
	MARK_PROCESS_LATENCY, /* by number and cause */
	MARK_SHARED_LATENCY,
	MARK_THREAD,
	MARK_CALL_ROW,
	MARK_CALL_HIST,
	MARK_PAIRS,
	MARK_SYMBOL,
	MARK_STACK,
	NR_MARKS,
};

/**
 * struct saver - what is being saved
 * @model, @shootdown, @threads: of a live capture
 * @stacks: and @namer, which names them; NULL: none are saved; set after saver__init()
 * @in_flight: faults that had not ended when counting did; NULL: it has not. Set after saver__init(),
 *	before the last checkpoint, which is a full one
 * @wall: the time of day; NULL: it is not saved; set after saver__init()
 * @files: reads build IDs; NULL: none are saved; set after saver__init()
 * @budget: bytes, before they are packed, that the checkpoints of a file may have of things, each
 *	counted once; what has no room is summed up in @rest; 0: no bound. Set after saver__init()
 * @used: of it
 * @marks: by number, a hash of the record that was written last; none: it was not
 * @symbols: numbers of those that have been told once, from 1; @nr_symbols of them ever
 * @build_ids: of files, as strings, by struct vs_file_key
 * @unnamed: stacks are not written for now: naming them takes time; @stacks_due: they have to be, all
 *	of them, and rows of calls with theirs
 * @error: the first one; nothing is written after it
 */
struct saver {
	struct writer *writer;
	const struct model *model;
	const struct shootdown *shootdown;
	const struct threads *threads;
	const struct in_flight *in_flight;
	const struct wall_clock *wall;
	struct stacks *stacks;
	struct namer *namer;
	uint64_t budget;
	uint64_t used;
	struct save_rest rest;
	struct hash symbols;
	uint32_t nr_symbols;
	struct build_ids *files;
	struct hash marks[NR_MARKS];
	struct hash build_ids;
	uint64_t time_ns;
	bool unnamed;
	bool stacks_due;
	int error;
};

void saver__init(struct saver *s, struct writer *w, const struct model *m,
		 const struct shootdown *shootdown, const struct threads *threads);
void saver__free(struct saver *s);

/**
 * saver__tell - among the events: a row and all others of its process, if they have not been told
 * Return: its number; 0: of @row NULL, or of what belongs to no process.
 */
uint32_t saver__tell(struct saver *s, const struct fault_row *row, uint64_t time_ns);

/** saver__tell_all - a process and all its rows, likewise. */
void saver__tell_all(struct saver *s, const struct process *p, uint64_t time_ns);

/** saver__retell - rows were forgotten: what events refer to from now on is told again. */
void saver__retell(struct saver *s);

/**
 * saver__stack_number - that of records; a checkpoint tells what it is, once it has counted
 * @stack: NULL is fine
 * Return: 0 without one.
 */
uint32_t saver__stack_number(const struct stack *stack);

/** saver__clock - among the events: how the time of day went so far. */
void saver__clock(struct saver *s, uint64_t time_ns);

/** saver__event - an event, whose slots are numbers of rows already. */
void saver__event(struct saver *s, enum record_type type, const void *event, uint64_t time_ns);

/**
 * saver__checkpoint - write all counts that have changed, with the events before them
 * @full: write all that there are; has to be where a file begins, and after model__forget()
 */
void saver__checkpoint(struct saver *s, const struct vs_stats *stats, uint64_t time_ns, bool full);

/* --- its parts --- */

/** saver__marked - what is remembered of @number; 0: nothing. */
uint64_t saver__marked(const struct saver *s, enum mark mark, uint64_t number);

/** saver__mark - remember @value, not 0, of @number. */
void saver__mark(struct saver *s, enum mark mark, uint64_t number, uint64_t value);

/** saver__fits - the file has this already, or has room for it. */
bool saver__fits(const struct saver *s, enum mark mark, uint64_t number);

/** saver__put - write a record into the checkpoint, if it is not what was written before. */
void saver__put(struct saver *s, enum mark mark, uint64_t number, enum record_type type,
		const void *record, size_t size);

/** saver__changed - @record is not what was written before of @number: it is to be written. */
bool saver__changed(struct saver *s, enum mark mark, uint64_t number, const void *record,
		    size_t size);

/** saver__count - write a record into the checkpoint. */
void saver__count(struct saver *s, enum record_type type, const void *record);

/** saver__put_calls - memory calls and flushes (save_calls.c). */
void saver__put_calls(struct saver *s);

/** saver__put_rest - what had no room (save_rest.c). */
void saver__put_rest(struct saver *s);

/** saver__put_stacks - those that have changed, with their symbols (save_stacks.c). */
void saver__put_stacks(struct saver *s);

/** saver__put_stack - the same with one, whatever it has counted; NULL is fine. */
void saver__put_stack(struct saver *s, const struct stack *stack);

#endif /* VMASCOPE_RECORD_SAVE_SAVE_H */
