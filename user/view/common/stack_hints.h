/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stack_hints.h - advice about stacks with little information: a single function, or no names.
 */
#ifndef VMASCOPE_VIEW_COMMON_STACK_HINTS_H
#define VMASCOPE_VIEW_COMMON_STACK_HINTS_H

#include <stdio.h>

#include "symbol/namer.h"

/** Maximum number of files without function names that are counted separately. */
#define STACK_HINT_MODULES 8

/**
 * struct stack_hints - statistics of the stacks of one table; zero at first
 * @events: events with user frames; @single: those of them with one user frame
 * @modules: the first frames of files with unnamed functions, their module names owned; @nameless:
 *	events with such a frame
 * @package_lists: where lists of installed files are, NULL: where dpkg has them
 * @failed: out of memory for the name of a module
 */
struct stack_hints {
	uint64_t events;
	uint64_t single;
	struct symbol_frame modules[STACK_HINT_MODULES];
	uint64_t nameless[STACK_HINT_MODULES];
	const char *package_lists;
	bool failed;
};

/** stack_hints__add - add @events events with the stack @named */
void stack_hints__add(struct stack_hints *h, const struct named_stack *named, uint64_t events);

/**
 * stack_hints__print - print a line for each piece of advice, ended by a newline
 * @unwound: user stacks were unwound with DWARF
 * @recorded: names come from a recording: installing symbols now does not help
 */
void stack_hints__print(const struct stack_hints *h, bool unwound, bool recorded, FILE *f);

void stack_hints__free(struct stack_hints *h);

#endif /* VMASCOPE_VIEW_COMMON_STACK_HINTS_H */
