/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * save.h - save a model to a recording: objects that events refer to, and checkpoints of all
 * counts.
 */
#ifndef VMASCOPE_RECORD_SAVE_SAVE_H
#define VMASCOPE_RECORD_SAVE_SAVE_H

#include "model/run_model.h"
#include "model/wall_clock.h"
#include "record/format/writer.h"
#include "record/save/build_id.h"
#include "record/save/save_rest.h"
#include "symbol/namer.h"

/** enum mark - kinds of objects for which it is remembered what was written */
enum mark {
	MARK_DEFINED, /* among the events: by process, 1 + number of its rows written */
	MARK_PROCESS, /* in checkpoints */
	MARK_DONE,    /* a process counts no longer, and all of it was written */
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
 * struct saver - saves a model to a recording
 * @run: what a live capture counts
 * @stacks: stacks, and @namer, which symbolizes them; NULL: not saved; set after saver__init()
 * @in_flight: faults in flight when counting ended; NULL: it has not ended. Set after
 *	saver__init(), before the last checkpoint, which is a full one
 * @wall: the time of day; NULL: not saved; set after saver__init()
 * @files: reads build IDs; NULL: not saved; set after saver__init()
 * @budget: limit of the uncompressed bytes of objects in the checkpoints of a file, each object
 *	counted once; objects that exceed it are summed up in @rest; 0: no limit. Set after
 *	saver__init()
 * @used: bytes of @budget that are used
 * @marks: by number, a hash of the last record written; no entry: none was written
 * @symbols: numbers of symbols written, from 1; @nr_symbols: numbers assigned so far
 * @build_ids: build IDs as strings, by struct vs_file_key
 * @unnamed: stacks are not written now, as symbolization takes time; @stacks_due: all of them have
 *	to be written, and the rows of calls that refer to them
 * @error: the first error; nothing is written after it
 */
struct saver {
	struct writer *writer;
	const struct run_model *run;
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

void saver__init(struct saver *s, struct writer *w, const struct run_model *run);
void saver__free(struct saver *s);

/**
 * saver__define - write a row and all others of its process to the events, unless they were written
 * before
 * Return: its number; 0: @row is NULL or belongs to no process.
 */
uint32_t saver__define(struct saver *s, const struct fault_row *row, uint64_t time_ns);

/** saver__define_all - the same for a process and all its rows. */
void saver__define_all(struct saver *s, const struct process *p, uint64_t time_ns);

/** saver__redefine - rows were freed: write again what events refer to from now on. */
void saver__redefine(struct saver *s);

/**
 * saver__stack_number - number of a stack in records; a checkpoint defines it once the stack has
 * counts
 * @stack: may be NULL
 * Return: the number; 0 if @stack is NULL.
 */
uint32_t saver__stack_number(const struct stack *stack);

/** saver__clock - write the changes of the time of day so far to the events. */
void saver__clock(struct saver *s, uint64_t time_ns);

/** saver__event - write an event, whose slots were replaced by numbers of rows. */
void saver__event(struct saver *s, enum record_type type, const void *event, uint64_t time_ns);

/**
 * saver__checkpoint - write all counts that have changed, after the events so far
 * @full: write all counts; required at the start of a file, and after model__forget()
 */
void saver__checkpoint(struct saver *s, const struct vs_stats *stats, uint64_t time_ns, bool full);

/* --- its parts --- */

/** saver__marked - the value remembered for @number; 0: none. */
uint64_t saver__marked(const struct saver *s, enum mark mark, uint64_t number);

/** saver__mark - remember @value, not 0, for @number. */
void saver__mark(struct saver *s, enum mark mark, uint64_t number, uint64_t value);

/** saver__fits - the file has this object already, or has room for it. */
bool saver__fits(const struct saver *s, enum mark mark, uint64_t number);

/** saver__put - write a record to the checkpoint, if it differs from the one written before. */
void saver__put(struct saver *s, enum mark mark, uint64_t number, enum record_type type,
		const void *record, size_t size);

/**
 * saver__changed - @record differs from the one written before for @number, and has to be written.
 */
bool saver__changed(struct saver *s, enum mark mark, uint64_t number, const void *record,
		    size_t size);

/** saver__count - write a record to the checkpoint. */
void saver__count(struct saver *s, enum record_type type, const void *record);

/** saver__put_calls - memory calls and flushes (save_calls.c). */
void saver__put_calls(struct saver *s);

/** saver__put_rest - sum of what had no room (save_rest.c). */
void saver__put_rest(struct saver *s);

/** saver__put_stacks - stacks that have changed, with their symbols (save_stacks.c). */
void saver__put_stacks(struct saver *s);

/** saver__put_stack - write one stack, whatever it has counted; NULL is allowed. */
void saver__put_stack(struct saver *s, const struct stack *stack);

#endif /* VMASCOPE_RECORD_SAVE_SAVE_H */
