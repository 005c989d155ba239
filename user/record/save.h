/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * save.h - a model into a recording: what its events refer to, and checkpoints of all counts.
 */
#ifndef VMASCOPE_RECORD_SAVE_H
#define VMASCOPE_RECORD_SAVE_H

#include "model/model.h"
#include "model/shootdown.h"
#include "model/stacks.h"
#include "model/threads.h"
#include "record/build_id.h"
#include "record/writer.h"
#include "symbol/namer.h"

/** enum mark - what is remembered to have been written */
enum mark {
	MARK_TOLD,    /* among the events: by process, 1 + how many of its rows */
	MARK_PROCESS, /* in checkpoints */
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

/** struct marks - by number, the hash of the record that was written last; 0: none was */
struct marks {
	uint64_t *hash;
	size_t nr;
};

/**
 * struct saver - what is being saved
 * @model, @shootdown, @threads: of a live capture
 * @stacks: and @namer, which names them; NULL: none are saved; set after saver__init()
 * @symbols: numbers of those that have been told once, from 1; @nr_symbols of them
 * @files: reads build IDs; NULL: none are saved; set after saver__init()
 * @build_ids: of files, as strings, by struct vs_file_key
 * @error: the first one; nothing is written after it
 */
struct saver {
	struct writer *writer;
	const struct model *model;
	const struct shootdown *shootdown;
	const struct threads *threads;
	struct stacks *stacks;
	struct namer *namer;
	struct hash symbols;
	uint32_t nr_symbols;
	struct marks marks[NR_MARKS];
	struct build_ids *files;
	struct hash build_ids;
	uint64_t time_ns;
	int error;
};

void saver__init(struct saver *s, struct writer *w, const struct model *m,
		 const struct shootdown *shootdown, const struct threads *threads);
void saver__free(struct saver *s);

/**
 * saver__tell - among the events: a row and all others of its process, if they have not been told
 * Return: its number; 0: of @row NULL, or of what belongs to no process.
 */
uint32_t saver__tell(struct saver *s, const struct counted *row, uint64_t time_ns);

/** saver__tell_all - a process and all its rows, likewise. */
void saver__tell_all(struct saver *s, const struct process *p, uint64_t time_ns);

/**
 * saver__stack_number - that of records; a checkpoint tells what it is, once it has counted
 * @stack: NULL is fine
 * Return: 0 without one.
 */
uint32_t saver__stack_number(const struct stack *stack);

/** saver__event - an event, whose slots are numbers of rows already. */
void saver__event(struct saver *s, enum record_type type, const void *event, uint64_t time_ns);

/**
 * saver__checkpoint - write all counts that have changed, with the events before them
 * @full: write all that there are
 */
void saver__checkpoint(struct saver *s, const struct vs_stats *stats, uint64_t time_ns, bool full);

/** saver__forget - a new file begins: nothing of it has been written. */
void saver__forget(struct saver *s);

/* --- its parts --- */

/** saver__mark - what is remembered of @number; NULL without memory. */
uint64_t *saver__mark(struct saver *s, enum mark mark, size_t number);

/** saver__changed - @record, @number of its kind, is not what was written before: it is to be. */
bool saver__changed(struct saver *s, enum mark mark, size_t number, const void *record,
		    size_t size);

/** saver__count - write a record into the checkpoint. */
void saver__count(struct saver *s, enum record_type type, const void *record);

/** saver__put_stacks - those that have changed, with their symbols (save_stacks.c). */
void saver__put_stacks(struct saver *s);

/** saver__put_stack - the same with one, whatever it has counted; NULL is fine. */
void saver__put_stack(struct saver *s, const struct stack *stack);

#endif /* VMASCOPE_RECORD_SAVE_H */
