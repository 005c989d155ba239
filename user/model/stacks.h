/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stacks.h - stacks, each with its process image, and the faults that began there.
 *
 * Like model.h, it does not depend on the source of rows.
 */
#ifndef VMASCOPE_MODEL_STACKS_H
#define VMASCOPE_MODEL_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "model/model.h"

/**
 * struct stack_frame - a code address in a stack
 * @is_return_address: the call instruction is before @ip
 * @guessed: a caller may be missing before this frame
 */
struct stack_frame {
	uint64_t ip;
	bool is_return_address;
	bool guessed;
};

/**
 * struct stack - a stack
 * @number: never reused
 * @process: NULL: unknown; @image: number of its image
 * @pid, @comm: of the process
 * @outside: faults are in VMAs that do not match --vma
 * @top: as in struct vs_frames
 * @frames: innermost first: @nr_user of user mode, then @nr_kernel of the kernel
 * @counts: total; @marked: counts when the interval began
 * @incoming: counted by stacks__count() since stacks__take(), not in @counts yet
 * @late: part of @counts that was awaited (see stacks__await()) when it was counted
 * @first: faults by outcome at the first of two readings; @withheld: see stacks__fit()
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
	struct vs_stack_counts incoming;
	struct vs_stack_counts late;
	uint64_t first[VS_NR_OUTCOME];
	uint64_t withheld[VS_NR_OUTCOME];
	uint64_t top;
	uint32_t nr_user;
	uint32_t nr_kernel;
	struct stack_frame frames[];
};

/**
 * struct stack_index - a row of BPF
 * @stack: NULL: the row is not in use; several rows may have the same stack
 * @generation: generation of the row; @seen: counts of it that have been added
 */
struct stack_index {
	struct stack *stack;
	uint32_t generation;
	struct vs_stack_counts seen;
};

/**
 * struct stacks - all stacks
 * @list: in the order in which they were first seen; @numbered: number of stacks ever created
 * @overflow: faults without a row; @none: faults without a stack; and when the interval began
 * @overflow_first, @none_first: faults at the first of two readings
 * @unknown: faults counted by stacks__count() without a stack; part of @overflow
 * @ended: counts of stacks that stacks__forget() has freed
 * @noted: number of stacks in @list whose processes' mappings have been recorded
 * @vma_glob: set by the caller for --vma: then @overflow and @none
 *	are still of all VMAs; NULL: all VMAs match
 * @unwound: set by the caller: stacks are unwound in user space, some later than their faults are
 *	counted, some never
 * @all_unwound: set by the caller at the end of the run: no stack was lost
 * @awaits: set by the caller, with @unwound: stacks count in the interval of their faults
 * @awaited: by outcome, faults that had been counted at the last stacks__await(), at
 *	@awaited_until_ns, and whose stacks have not been counted since
 * @before: the part of @awaited that belongs to earlier intervals, which ended at @before_until_ns
 * @overflow_late: part of @overflow, as @late of struct stack
 * @by_index: by number of BPF's row
 * @by_key: lookup by identity, so that equal stacks are one, whatever rows they have
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
	bool unwound;
	bool all_unwound;
	bool awaits;
	uint64_t awaited[VS_NR_OUTCOME];
	uint64_t before[VS_NR_OUTCOME];
	uint64_t awaited_until_ns;
	uint64_t before_until_ns;
	struct vs_stack_counts overflow_late;
	struct stack_index *by_index;
	uint32_t nr_index;
	struct hash by_key;
};

/** stacks__init - @nr_index: number of rows of BPF. Return: 0 or -ENOMEM. */
int stacks__init(struct stacks *s, uint32_t nr_index);
/** stacks__free - free everything; @s may be all zero. */
void stacks__free(struct stacks *s);

/**
 * stacks__row - assign row @index of BPF, which is in use
 * @m: model with the slot in its key, if that has been described to it
 *
 * May be called again while it is in use. Return: the stack; NULL without memory.
 */
struct stack *stacks__row(struct stacks *s, const struct model *m, uint32_t index,
			  const struct vs_stack_row *row);

/**
 * stacks__get - get a stack that was found by other means
 * @like: all fields except the counts; copied
 * Return: the stack with this identity, created if necessary; NULL if out of memory.
 */
struct stack *stacks__get(struct stacks *s, const struct stack *like);

/** stacks__find - the stack of a reference in a record; NULL: it has none, or it is unknown. */
const struct stack *stacks__find(const struct stacks *s, const struct vs_stack_ref *ref);

/** stacks__update - read the counts of row @index of BPF. */
void stacks__update(struct stacks *s, uint32_t index, const struct vs_stack_row *row);

/**
 * stacks__count - count a fault that BPF has not counted
 * @stack: a stack in @s; NULL: unknown
 * @end_ns: when the fault ended, CLOCK_MONOTONIC
 *
 * With @s->awaits, it is one of the faults that are awaited, if there are any: stacks are counted in
 * about the order in which their faults ended. Any other belongs to the next reading of all counts,
 * and is added by stacks__take().
 */
void stacks__count(struct stacks *s, const struct stack *stack, uint32_t outcome,
		   uint64_t duration_ns, uint64_t end_ns);

/** stacks__take - all counts are about to be read: add what stacks__count() has counted. */
void stacks__take(struct stacks *s);

/**
 * stacks__await - all counts have been read: await the stacks of faults that no stack counts
 * @total: all faults by outcome; with --vma, those in matching VMAs
 * @now_ns: time at which reading ended, CLOCK_MONOTONIC
 *
 * With --vma, it is unknown how many of these faults have no stack; so @now_ns also decides.
 */
void stacks__await(struct stacks *s, const uint64_t *total, uint64_t now_ns);

/**
 * stacks__load_late - add counts of a recording that belong to an earlier interval to @marked
 * @late: counts that were awaited when they were recorded
 */
void stacks__load_late(struct stacks *s, const struct vs_stack_counts *late,
		       struct vs_stack_counts *marked);

/** stacks__row_ended - row @index of BPF is given back; the counts last read are kept. */
void stacks__row_ended(struct stacks *s, uint32_t index);

/** stacks__keep - set processes busy that have a row of BPF, see model__keep(). */
void stacks__keep(struct stacks *s);

/** stacks__forget - free stacks of processes that model__forget() is going to free; sums stay. */
void stacks__forget(struct stacks *s);

/** stacks__read - end of the first reading of all rows; the second follows that of other counts. */
void stacks__read(struct stacks *s);

/**
 * stacks__fit - after the second reading: make the sum of the stacks' faults equal to @total
 * @total: all faults by outcome, read between the two readings
 *
 * As threads__fit(). Not used with --vma.
 */
void stacks__fit(struct stacks *s, const uint64_t *total);

/** stacks__mark - an interval begins. */
void stacks__mark(struct stacks *s);

/** stack_counts_add - add @from to @to; the maximum becomes the greater value. */
void stack_counts_add(struct vs_stack_counts *to, const struct vs_stack_counts *from);

/** stack_counts_count - count one fault. */
void stack_counts_count(struct vs_stack_counts *c, uint32_t outcome, uint64_t duration_ns);

/** stack_faults - total number of faults. */
uint64_t stack_faults(const struct vs_stack_counts *c);

#endif /* VMASCOPE_MODEL_STACKS_H */
