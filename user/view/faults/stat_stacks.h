/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_stacks.h - rows of `vmascope stat --by stack`: faults by call chain.
 */
#ifndef VMASCOPE_VIEW_FAULTS_STAT_STACKS_H
#define VMASCOPE_VIEW_FAULTS_STAT_STACKS_H

#include "view/common/stack_entries.h"
#include "view/faults/stat.h"

/**
 * Faults that no stack counts: that have none, of processes that were freed, whose stack found no free
 * row; with --vma: one of the first and the last.
 */
#define STACK_NONE "[no stack]"
#define STACK_ENDED "[ended]"
#define STACK_OVERFLOW "[stack table full]"
#define STACK_EITHER "[no stack, or stack table full]"

/** The same with --unwind dwarf. */
#define STACK_EITHER_UNWOUND "[no stack, or not unwound]"
/** Faults whose stack was copied (--unwind dwarf), and has not been unwound. */
#define STACK_NOT_UNWOUND "[stacks not unwound]"

/** stack_either - name of stack_rests.either */
static inline const char *stack_either(const struct stacks *s)
{
	return s->unwound ? STACK_EITHER_UNWOUND : STACK_EITHER;
}

/** stat_stacks__rest - add the object `stacks_rest`. */
void stat_stacks__rest(struct document *d, const struct stack_rests *r);

/**
 * stat_stacks__make - add the rows to @d
 * @all: faults that correspond to 100 %
 * Return: the table for text, owned by @d.
 */
struct table *stat_stacks__make(const struct stat_view *v, const struct vs_counts *all,
				struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_STAT_STACKS_H */
