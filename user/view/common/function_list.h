/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * function_list.h - the functions on stacks, each once, by what they are called and whose they are.
 */
#ifndef VMASCOPE_VIEW_COMMON_FUNCTION_LIST_H
#define VMASCOPE_VIEW_COMMON_FUNCTION_LIST_H

#include "symbol/namer.h"
#include "util/hash.h"

/**
 * struct listed_function - one of them: the first member of what a view counts for it
 * @name: "[no stack]": the callers are not known; @module: NULL: none
 * @last: number of the stack that it was last counted for
 */
struct listed_function {
	char *name;
	char *module;
	size_t last;
};

/** struct function_list - all, @nr of them, each of @size bytes */
struct function_list {
	struct listed_function **list;
	size_t nr;
	size_t size;
	struct hash by_key;
};

/**
 * struct function_owner - what tells functions of the same name and module apart
 * @comm: of its process
 * @process: any number of it, 0: of all of this name; @kind: another one, as of what is counted
 */
struct function_owner {
	const char *comm;
	uint64_t process;
	uint64_t kind;
};

/** function_list__init - @size: of a function with what is counted, in bytes */
void function_list__init(struct function_list *l, size_t size);

/** function_list__free - those that were never used are fine, too. */
void function_list__free(struct function_list *l);

/**
 * function_list__get - the function of @frame, NULL: the stack is not known
 * Return: it; all that a view counts for a new one is 0; NULL: no memory.
 */
void *function_list__get(struct function_list *l, const struct symbol_frame *frame,
			 const struct function_owner *owner);

/**
 * function_list__first - stack number @number, from 1, counts for @f now: one that calls itself is on
 *	a stack more than once
 */
static inline bool function_list__first(struct listed_function *f, size_t number)
{
	const bool first = f->last != number;

	f->last = number;
	return first;
}

/** function_list__frame - number @i of the frames of @named, innermost first; NULL: there is none */
static inline const struct symbol_frame *function_list__frame(const struct named_stack *named,
							      size_t i)
{
	if (i < named->nr_kernel)
		return &named->kernel[i];
	i -= named->nr_kernel;
	return i < named->nr_user ? &named->user[i] : NULL;
}

#endif /* VMASCOPE_VIEW_COMMON_FUNCTION_LIST_H */
