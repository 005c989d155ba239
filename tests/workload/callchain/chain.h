/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.h - what callchain and its shared library have in common.
 */
#ifndef VT_CALLCHAIN_CHAIN_H
#define VT_CALLCHAIN_CHAIN_H

#include <stdbool.h>

#if defined(__has_attribute) && __has_attribute(noipa)
#define OWN __attribute__((noipa)) /* a function of its own, called as it is written */
#else
#define OWN __attribute__((noinline))
#endif

/** Nothing moves over this, so a call before it is no tail call. */
#define AFTER_CALL() __asm__ volatile("" : : : "memory")

/** struct chain_hooks - what the library needs of the program */
struct chain_hooks {
	void (*push)(const char *name, int line, bool inlined);
	void (*next)(void);
};

/** chain_library - call @hooks->next by way of a function that the library does not export. */
void chain_library(const struct chain_hooks *hooks);

#endif /* VT_CALLCHAIN_CHAIN_H */
