/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_stacks.h - stacks of a recording: their frames are numbers of symbols, which it names.
 */
#ifndef VMASCOPE_RECORD_LOAD_LOAD_STACKS_H
#define VMASCOPE_RECORD_LOAD_LOAD_STACKS_H

#include <stdbool.h>

#include "model/stacks.h"
#include "record/format/format.h"
#include "symbol/symbolizer.h"
#include "util/hash.h"
#include "util/numbers.h"

/**
 * struct loaded_stacks - what has been loaded
 * @stacks: of the caller
 * @symbols: struct symbol_frame by number, with their strings
 * @told: by the number of a stack, what was told of it
 * @by_events: set by the caller, who counts events: what the recording counted is left out
 */
struct loaded_stacks {
	struct stacks *stacks;
	struct hash symbols;
	struct hash told;
	bool by_events;
};

/** loaded_stacks__init - @stacks is made. Return: 0 or -ENOMEM; to be freed in any case. */
int loaded_stacks__init(struct loaded_stacks *l, struct stacks *stacks);
void loaded_stacks__free(struct loaded_stacks *l);

/** loaded_stacks__symbol - a record. Return: 0 or -ENOMEM. */
int loaded_stacks__symbol(struct loaded_stacks *l, const struct record_symbol *r);

/** loaded_stacks__stack - a record; @process: NULL: not known. Return: 0 or -ENOMEM. */
int loaded_stacks__stack(struct loaded_stacks *l, const struct record_stack *r,
			 struct process *process);

/** loaded_stacks__find - by its number; NULL: it was not told. */
const struct stack *loaded_stacks__find(const struct loaded_stacks *l, uint32_t number);

/** loaded_stacks__name - struct namer_options.recorded; @ctx: struct loaded_stacks. */
const struct symbol_frame *loaded_stacks__name(void *ctx, uint64_t number);

/** loaded_stacks__reset - all counts are 0 again. */
void loaded_stacks__reset(struct loaded_stacks *l);

/** loaded_stacks__known - a record of stack @number was there before. */
bool loaded_stacks__known(const struct loaded_stacks *l, uint32_t number);

/** loaded_stacks__bytes - of memory that a stack of @nr_frames takes, with what is known of it */
size_t loaded_stacks__bytes(size_t nr_frames);

/**
 * loaded_stacks__purge - let go of stacks of processes that are not busy, and free them
 * @seen: gets the numbers of those that had counted; may be NULL
 * @bytes: what they took is taken from it
 * Return: 0 or -ENOMEM.
 */
int loaded_stacks__purge(struct loaded_stacks *l, struct numbers *seen, uint64_t *bytes);

#endif /* VMASCOPE_RECORD_LOAD_LOAD_STACKS_H */
