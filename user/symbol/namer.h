/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * namer.h - names for the stacks of a model, also of processes that have exited.
 *
 * The mappings of a running process are read from /proc. Those of an image that has ended, or was
 * replaced by an exec, are the ones in which it faulted, as BPF reports each fault. If two of them
 * include an address, it is unknown which file was there, and the address has no name.
 */
#ifndef VMASCOPE_SYMBOL_NAMER_H
#define VMASCOPE_SYMBOL_NAMER_H

#include "model/stacks.h"
#include "symbol/symbolizer.h"

struct namer;

/**
 * struct namer_options - all zero is fine, but for @gone
 * @symbols: of the symbolizer
 * @gone: the process image of a stack has ended or was replaced, as of now; @ctx: its first argument
 * @recorded: frames of stacks are numbers, of which it knows the names (NULL: they are unknown); nothing
 *	else is asked, and stacks are true; NULL: they are addresses
 * @max_bytes: of names that are kept, 0: 32 MiB
 */
struct namer_options {
	struct symbolizer_options symbols;
	bool (*gone)(void *ctx, const struct stack *stack);
	void *ctx;
	const struct symbol_frame *(*recorded)(void *ctx, uint64_t number);
	size_t max_bytes;
};

/**
 * struct named_stack - a stack's functions, innermost first; inlined ones are frames, too
 * @user, @kernel: @nr_user and @nr_kernel of them
 */
struct named_stack {
	const struct symbol_frame *user;
	size_t nr_user;
	const struct symbol_frame *kernel;
	size_t nr_kernel;
};

/** namer__new - Return: 0 or a negative errno. Before BPF programs and threads: see symbolizer.h. */
int namer__new(struct namer **n, const struct namer_options *options);

/** namer__free - NULL is fine. */
void namer__free(struct namer *n);

/** namer__unnamed - addresses that have no name since there was no time for it any more. */
size_t namer__unnamed(const struct namer *n);

/** namer__symbolizer - the symbolizer that it uses */
struct symbolizer *namer__symbolizer(struct namer *n);

/**
 * namer__note - save the mappings of a running process, as it may exit before they are needed
 * @stack: a stack of the process. Cheap if they were saved recently.
 */
void namer__note(struct namer *n, const struct stack *stack);

/**
 * namer__stack - name the functions of @stack
 * @named: valid until the next call; has no frames if out of memory
 *
 * Kernel frames of the tracing itself are omitted.
 * Return: 0 or -ENOMEM.
 */
int namer__stack(struct namer *n, const struct stack *stack, struct named_stack *named);

/**
 * namer__true_stack - the stack that the kernel meant, according to the files: with the caller of a
 *	function that has pushed nothing, without what a wrong frame pointer led to
 * @all: it is put there, if it is another one; without counts
 *
 * Return: it, or @stack itself; NULL without memory.
 */
const struct stack *namer__true_stack(struct namer *n, struct stacks *all,
				      const struct stack *stack);

/**
 * namer__process - the process of @stack, for the symbolizer, whose mappings are set to those of
 *	this image
 */
struct symbol_process namer__process(struct namer *n, const struct stack *stack);

#endif /* VMASCOPE_SYMBOL_NAMER_H */
