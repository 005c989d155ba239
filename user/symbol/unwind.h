/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unwind.h - who called, of registers and a copy of the stack: by DWARF CFI, without frame pointers.
 *
 * Each place's row of the CFI is read once, by elfutils in the reader's process (reader.h), and
 * kept as a rule (rule.h) that is followed here: a sample costs about a microsecond, and hostile
 * CFI can mislead, but neither crash nor stall.
 */
#ifndef VMASCOPE_SYMBOL_UNWIND_H
#define VMASCOPE_SYMBOL_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbol/symbolizer.h"

/** Registers by DWARF number: rax rdx rcx rbx rsi rdi rbp rsp r8-r15 rip. */
#define UNWIND_NR_REGS 17

/**
 * struct unwind_input - the state of a thread
 * @regs: registers
 * @stack: @stack_len bytes of the stack, from rsp up
 */
struct unwind_input {
	uint64_t regs[UNWIND_NR_REGS];
	const void *stack;
	size_t stack_len;
};

/**
 * struct unwind_frame - a place where it was
 * @is_return_address: the call is before @ip
 * @guessed: by frame pointer: a function without one may be missing before it
 */
struct unwind_frame {
	uint64_t ip;
	bool is_return_address;
	bool guessed;
};

/** enum unwind_end - why there are no more frames */
enum unwind_end {
	UNWIND_COMPLETE,  /* the outermost function was reached */
	UNWIND_FULL,	  /* there was no room for more */
	UNWIND_TRUNCATED, /* the copy of the stack ends here */
	UNWIND_NO_RULE,	  /* no rule is known for this code */
	UNWIND_LOST,	  /* the return address is not in code, or there is no rule for it */
	UNWIND_NR_ENDS,
};

/** unwind_end_name - "complete", "truncated", … */
const char *unwind_end_name(enum unwind_end end);

/**
 * unwind__x86_64 - find a thread's callers, innermost first
 * @process: its mappings are the ones that the symbolizer knows
 * @frames: room for @max, at least 1; the first one is where the thread was
 *
 * Where there is no CFI (a JIT's code, assembly), frame pointers are followed, if they look like it.
 * Return: the number of frames, 1 or more.
 */
size_t unwind__x86_64(struct symbolizer *s, const struct symbol_process *process,
		      const struct unwind_input *input, struct unwind_frame *frames, size_t max,
		      enum unwind_end *end);

/**
 * unwind__returns_to_top - a function has its return address on top of its stack while it is at @ip
 *
 * This is what its CFI says; false without CFI.
 */
bool unwind__returns_to_top(struct symbolizer *s, const struct symbol_process *process,
			    uint64_t ip);

#endif /* VMASCOPE_SYMBOL_UNWIND_H */
