/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stacks.h - stacks, each with the process image that it is of, and the faults that began there.
 *
 * It takes rows as they are; like model.h, it knows nothing of where they come from.
 */
#ifndef VMASCOPE_MODEL_STACKS_H
#define VMASCOPE_MODEL_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "model/model.h"

/**
 * struct stack_frame - a place in code, as it was on a stack
 * @is_return_address: the call is before @ip
 * @guessed: a caller may be missing before it
 */
struct stack_frame {
	uint64_t ip;
	bool is_return_address;
	bool guessed;
};

/**
 * struct stack - one of them
 * @number: never used again
 * @process: NULL: not known; @image: number of it
 * @pid, @comm: of the process
 * @outside: of faults in VMAs that --vma does not ask for
 * @top: as in struct vs_frames
 * @frames: innermost first: @nr_user of user mode, then @nr_kernel of the kernel
 * @counts: all that was counted; @marked: when the interval began
 * @first: faults by outcome at the first of two readings; @withheld: of stacks__fit()
 */
struct stack {
	uint32_t number;
	struct process *process;
	uint64_t image;
	uint32_t pid;
	char comm[VS_COMM_LEN];
	bool outside;
	struct vs_stack_counts counts;
	struct vs_stack_counts marked;
	uint64_t first[VS_NR_OUTCOME];
	uint64_t withheld[VS_NR_OUTCOME];
	uint64_t top;
	uint32_t nr_user;
	uint32_t nr_kernel;
	struct stack_frame frames[];
};

/**
 * struct stack_index - a row of BPF
 * @stack: NULL: it is not in use; several rows may be of one
 * @generation: of it; @seen: what has been taken over of its counts
 */
struct stack_index {
	struct stack *stack;
	uint32_t generation;
	struct vs_stack_counts seen;
};

/**
 * struct stacks - all of them
 * @list: in the order in which they were first seen; @numbered: how many there have been
 * @overflow: what found no row; @none: what has no stack; and when the interval began
 * @overflow_first, @none_first: faults at the first of two readings
 * @unknown: counted by stacks__count() without one; part of @overflow
 * @ended: what stacks counted that stacks__forget() has freed
 * @noted: how many of @list have been examined for what their processes have mapped
 * @vma_glob: set by the caller where faults of some VMAs alone are asked for: then @overflow and @none
 *	are still of all; NULL: of all VMAs
 * @by_index: by BPF's row
 * @by_key: so that a stack is one, whatever rows it has
 */
struct stacks {
	struct stack **list;
	size_t nr;
	uint32_t numbered;
	struct vs_stack_counts overflow;
	struct vs_stack_counts none;
	struct vs_stack_counts unknown;
	struct vs_stack_counts overflow_marked;
	struct vs_stack_counts none_marked;
	uint64_t overflow_first[VS_NR_OUTCOME];
	uint64_t none_first[VS_NR_OUTCOME];
	struct vs_stack_counts ended;
	struct vs_stack_counts ended_marked;
	size_t noted;
	const char *vma_glob;
	struct stack_index *by_index;
	uint32_t nr_index;
	struct hash by_key;
};

/** stacks__init - @nr_index: rows of BPF. Return: 0 or -ENOMEM. */
int stacks__init(struct stacks *s, uint32_t nr_index);
/** stacks__free - also of one that is all zero. */
void stacks__free(struct stacks *s);

/**
 * stacks__row - row @index of BPF is in use
 * @m: knows the slot in its key, if that has been described to it
 *
 * May be called again while it is in use. Return: the stack; NULL without memory.
 */
struct stack *stacks__row(struct stacks *s, const struct model *m, uint32_t index,
			  const struct vs_stack_row *row);

/**
 * stacks__get - a stack that was found otherwise
 * @like: all but the counts; copied
 * Return: the one of this identity, made if it is new; NULL without memory.
 */
struct stack *stacks__get(struct stacks *s, const struct stack *like);

/** stacks__find - the stack of a reference in a record; NULL: it has none, or it is not known. */
const struct stack *stacks__find(const struct stacks *s, const struct vs_stack_ref *ref);

/** stacks__update - take over what row @index of BPF has counted. */
void stacks__update(struct stacks *s, uint32_t index, const struct vs_stack_row *row);

/**
 * stacks__count - a fault that BPF has not counted
 * @stack: one of these; NULL: unknown
 */
void stacks__count(struct stacks *s, const struct stack *stack, uint32_t outcome,
		   uint64_t duration_ns);

/** stacks__row_ended - row @index of BPF is given back; what it was last updated to stays. */
void stacks__row_ended(struct stacks *s, uint32_t index);

/** stacks__keep - processes that a row of BPF is of are busy, as model__keep() has it. */
void stacks__keep(struct stacks *s);

/** stacks__forget - free those of processes that model__forget() is going to free; sums stay. */
void stacks__forget(struct stacks *s);

/** stacks__read - all rows have been read once; they are read again when other counts have been. */
void stacks__read(struct stacks *s);

/**
 * stacks__fit - after the second reading: have the stacks' faults add up to @total
 * @total: of all faults by outcome, read between the two readings
 *
 * As threads__fit(). Not where faults of some VMAs alone are asked for.
 */
void stacks__fit(struct stacks *s, const uint64_t *total);

/** stacks__mark - an interval begins. */
void stacks__mark(struct stacks *s);

/** stack_counts_add - add @from to @to; the maximum becomes the greater one. */
void stack_counts_add(struct vs_stack_counts *to, const struct vs_stack_counts *from);

/** stack_counts_count - one fault. */
void stack_counts_count(struct vs_stack_counts *c, uint32_t outcome, uint64_t duration_ns);

/** stack_faults - all of them. */
uint64_t stack_faults(const struct vs_stack_counts *c);

#endif /* VMASCOPE_MODEL_STACKS_H */
