/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_stacks.h - stacks of a recording; their frames are numbers of symbols, which it also
 * contains.
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
 * struct loaded_stacks - stacks and symbols loaded so far
 * @stacks: owned by the caller
 * @symbols: struct symbol_frame by number; their strings are owned
 * @by_number: what was read about a stack, by its number
 * @by_events: set by a caller that counts events: the recording's own counts are ignored
 */
struct loaded_stacks {
	struct stacks *stacks;
	struct hash symbols;
	struct hash by_number;
	bool by_events;
};

/** loaded_stacks__init - @stacks is initialized and freed by the caller. */
void loaded_stacks__init(struct loaded_stacks *l, struct stacks *stacks);
void loaded_stacks__free(struct loaded_stacks *l);

/** loaded_stacks__symbol - load a record of a symbol. Return: 0 or -ENOMEM. */
int loaded_stacks__symbol(struct loaded_stacks *l, const struct record_symbol *r);

/**
 * loaded_stacks__stack - load a record of a stack; @process: NULL: unknown. Return: 0 or -ENOMEM.
 */
int loaded_stacks__stack(struct loaded_stacks *l, const struct record_stack *r,
			 struct process *process);

/** loaded_stacks__find - find a stack by its number; NULL: there was no record of it. */
const struct stack *loaded_stacks__find(const struct loaded_stacks *l, uint32_t number);

/** loaded_stacks__name - implements struct namer_options.recorded; @ctx: struct loaded_stacks. */
const struct symbol_frame *loaded_stacks__name(void *ctx, uint64_t number);

/** loaded_stacks__reset - set all counts to 0. */
void loaded_stacks__reset(struct loaded_stacks *l);

/** loaded_stacks__known - there was a record of stack @number before. */
bool loaded_stacks__known(const struct loaded_stacks *l, uint32_t number);

/** loaded_stacks__bytes - memory for a stack of @nr_frames, with its entry in the hash */
size_t loaded_stacks__bytes(size_t nr_frames);

/**
 * loaded_stacks__purge - free the stacks of processes that are not busy
 * @seen: gets the numbers of those with counts; may be NULL
 * @bytes: reduced by their memory
 * Return: 0 or -ENOMEM.
 */
int loaded_stacks__purge(struct loaded_stacks *l, struct numbers *seen, uint64_t *bytes);

#endif /* VMASCOPE_RECORD_LOAD_LOAD_STACKS_H */
