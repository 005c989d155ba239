/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stack_entries.h - the stacks that faulted, each as the one that it truly is, the heaviest first.
 */
#ifndef VMASCOPE_VIEW_COMMON_STACK_ENTRIES_H
#define VMASCOPE_VIEW_COMMON_STACK_ENTRIES_H

#include "model/stacks.h"
#include "symbol/namer.h"

/**
 * struct stack_entry - a stack, and what it counted in the run or since the mark
 * @stack: of several that are shown as one, that which was seen first
 * @processes: whose it is: so many
 */
struct stack_entry {
	const struct stack *stack;
	struct vs_stack_counts counts;
	size_t processes;
};

/** enum stack_merge - which stacks are one */
enum stack_merge {
	STACK_MERGE_NONE,      /* of the same addresses, in one process image */
	STACK_MERGE_PROCESS,   /* of the same functions, in one process image */
	STACK_MERGE_FUNCTIONS, /* of the same functions, in processes of one name */
};

/**
 * struct stack_entries_from - which
 * @stacks: all there are; true ones are put there, so it may grow
 * @marked: what they counted since the mark, not all
 * @weigh_time: most time first, not most faults
 * @process: only of this one; NULL: of all
 * @merge: which are one; @merge_most: of so many of the heaviest alone, as each is named for it; 0: all
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

/** struct merged_key - what stacks have in common that are one: two independent hashes of it */
struct merged_key {
	uint64_t hash[2];
};

/** stack_merged_key - of @stack, which is named for it. Return: 0 or -ENOMEM. */
int stack_merged_key(struct namer *namer, const struct stack *stack, enum stack_merge merge,
		     struct merged_key *key);

/** stack_entries - @nr: set. Return: to be freed; NULL, and none, without memory. */
struct stack_entry *stack_entries(const struct stack_entries_from *from, size_t *nr);

/** stack_counts_since - @all but what was @marked; the maximum is of all: it has no difference. */
struct vs_stack_counts stack_counts_since(const struct vs_stack_counts *all,
					  const struct vs_stack_counts *marked);

/**
 * struct stack_rests - faults that no stack counts
 * @none: that have no stack; @overflow: whose stack found no row; @ended: whose stack is freed
 * @either: of --vma, where stacks found no row: the first or the second, it is not known which
 */
struct stack_rests {
	struct vs_stack_counts none;
	struct vs_stack_counts overflow;
	struct vs_stack_counts ended;
	struct vs_stack_counts either;
};

/**
 * stack_rests - of the run, or since the mark
 * @total: of the VMAs that are asked for: where not all are, what stacks do not count is found by it
 */
void stack_rests(const struct stacks *s, bool marked, const struct vs_counts *total,
		 struct stack_rests *r);

/** stack_comm - of its process, as it is called now, if that is known. */
const char *stack_comm(const struct stack *s);

#endif /* VMASCOPE_VIEW_COMMON_STACK_ENTRIES_H */
