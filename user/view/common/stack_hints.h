/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stack_hints.h - what to do about stacks that say little: of one function, or without names.
 */
#ifndef VMASCOPE_VIEW_COMMON_STACK_HINTS_H
#define VMASCOPE_VIEW_COMMON_STACK_HINTS_H

#include <stdio.h>

#include "symbol/namer.h"

/** Files whose functions have no names, that are told apart. */
#define STACK_HINT_MODULES 8

/**
 * struct stack_hints - of the stacks of one table; zero at first
 * @events: with user frames; @single: of them, with one user frame
 * @modules: files with nameless functions, the names owned; @nameless: events with such a frame
 * @failed: there was no memory for the name of a module
 */
struct stack_hints {
	uint64_t events;
	uint64_t single;
	char *modules[STACK_HINT_MODULES];
	uint64_t nameless[STACK_HINT_MODULES];
	bool failed;
};

/** stack_hints__add - @events with the stack @named */
void stack_hints__add(struct stack_hints *h, const struct named_stack *named, uint64_t events);

/**
 * stack_hints__print - a line for each next step, ended by a newline
 * @unwound: user stacks were unwound by DWARF
 * @recorded: names are those of a recording: symbols that are installed now do not help
 */
void stack_hints__print(const struct stack_hints *h, bool unwound, bool recorded, FILE *f);

void stack_hints__free(struct stack_hints *h);

#endif /* VMASCOPE_VIEW_COMMON_STACK_HINTS_H */
