/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * function_list.h - the functions on stacks, each once, by name, module and owner.
 */
#ifndef VMASCOPE_VIEW_COMMON_FUNCTION_LIST_H
#define VMASCOPE_VIEW_COMMON_FUNCTION_LIST_H

#include "symbol/namer.h"
#include "util/hash.h"

/**
 * struct listed_function - a function: the first member of the struct in which a view counts for it
 * @name: "[no stack]" if the callers are unknown; @module: NULL: none
 * @last: number of the last stack that was counted for it
 */
struct listed_function {
	char *name;
	char *module;
	size_t last;
};

/** struct function_list - the @nr functions, each of @size bytes */
struct function_list {
	struct listed_function **list;
	size_t nr;
	size_t size;
	struct hash by_key;
};

/**
 * struct function_owner - distinguishes functions of the same name and module
 * @comm: command name of its process
 * @process: any number for the process, 0: all of this name; @kind: the same, for what is counted
 */
struct function_owner {
	const char *comm;
	uint64_t process;
	uint64_t kind;
};

/** function_list__init - @size: size of the struct in which the view counts, in bytes */
void function_list__init(struct function_list *l, size_t size);

/** function_list__free - free the list; an unused one is allowed. */
void function_list__free(struct function_list *l);

/**
 * function_list__get - find or add the function of @frame; NULL: the stack is unknown
 * Return: the function, whose counts are 0 if it is new; NULL: out of memory.
 */
void *function_list__get(struct function_list *l, const struct symbol_frame *frame,
			 const struct function_owner *owner);

/**
 * function_list__first - stack number @number, from 1, was not counted for @f yet: a recursive
 * function is on a stack more than once
 */
static inline bool function_list__first(struct listed_function *f, size_t number)
{
	const bool first = f->last != number;

	f->last = number;
	return first;
}

/** function_list__frame - frame @i of @named, innermost first; NULL: there is none */
static inline const struct symbol_frame *function_list__frame(const struct named_stack *named,
							      size_t i)
{
	if (i < named->nr_kernel)
		return &named->kernel[i];
	i -= named->nr_kernel;
	return i < named->nr_user ? &named->user[i] : NULL;
}

#endif /* VMASCOPE_VIEW_COMMON_FUNCTION_LIST_H */
