/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stack_entries.h - the stacks of faults, resolved and merged, the heaviest first.
 */
#ifndef VMASCOPE_VIEW_COMMON_STACK_ENTRIES_H
#define VMASCOPE_VIEW_COMMON_STACK_ENTRIES_H

#include "model/stacks.h"
#include "symbol/namer.h"

/**
 * struct stack_entry - a stack, and its counts in the run or since the mark
 * @stack: if several are merged, the one seen first
 * @processes: number of processes that it belongs to
 */
struct stack_entry {
	const struct stack *stack;
	struct vs_stack_counts counts;
	size_t processes;
};

/** enum stack_merge - which stacks are merged */
enum stack_merge {
	STACK_MERGE_NONE,      /* same addresses, in one process image */
	STACK_MERGE_PROCESS,   /* same functions, in one process image */
	STACK_MERGE_FUNCTIONS, /* same functions, in processes of one name */
};

/**
 * struct stack_entries_from - selects the stacks
 * @stacks: all stacks; resolved ones are added, so it may grow
 * @marked: use the counts since the mark, not all counts
 * @weigh_time: sort by time, not by number of faults
 * @process: only stacks of this process; NULL: of all
 * @merge: which are merged; @merge_most: only among this number of the heaviest, as each of these
 *	has to be symbolized; 0: all
 */
struct stack_entries_from {
	struct stacks *stacks;
	struct namer *namer;
	bool marked;
	bool weigh_time;
	const struct process *process;
	enum stack_merge merge;
	size_t merge_most;
};

/**
 * struct merged_key - key of stacks that are merged: two independent hashes of what they have in
 * common
 */
struct merged_key {
	uint64_t hash[2];
};

/**
 * stack_merged_key - make the key of @stack, which is symbolized for this. Return: 0 or -ENOMEM.
 */
int stack_merged_key(struct namer *namer, const struct stack *stack, enum stack_merge merge,
		     struct merged_key *key);

/**
 * stack_entries - @nr: set to the length. Return: a list to be freed; NULL, with @nr 0: out of
 * memory.
 */
struct stack_entry *stack_entries(const struct stack_entries_from *from, size_t *nr);

/**
 * stack_counts_since - @all minus @marked; the maximum is that of @all, as it has no difference.
 */
struct vs_stack_counts stack_counts_since(const struct vs_stack_counts *all,
					  const struct vs_stack_counts *marked);

/**
 * struct stack_rests - faults that are counted by no stack
 * @none: without a stack; @overflow: the stack found no free row; @ended: the stack was freed
 * @not_unwound: the stack was copied, and has not been unwound
 * @either: with --vma, if stacks found no row or may not have been unwound: any of these, it is
 *	unknown which
 */
struct stack_rests {
	struct vs_stack_counts none;
	struct vs_stack_counts overflow;
	struct vs_stack_counts ended;
	struct vs_stack_counts either;
	struct vs_stack_counts not_unwound;
};

/**
 * stack_rests - compute them for the run, or since the mark
 * @total: counts of the selected VMAs: if not all are selected, the rest is the difference to these
 */
void stack_rests(const struct stacks *s, bool marked, const struct vs_counts *total,
		 struct stack_rests *r);

/** stack_comm - the current command name of its process, if that is known. */
const char *stack_comm(const struct stack *s);

#endif /* VMASCOPE_VIEW_COMMON_STACK_ENTRIES_H */
