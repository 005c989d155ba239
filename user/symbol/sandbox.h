/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sandbox.h - give up what a process could do harm with: user, capabilities, memory, system calls.
 */
#ifndef VMASCOPE_SYMBOL_SANDBOX_H
#define VMASCOPE_SYMBOL_SANDBOX_H

/**
 * sandbox_enter - for good
 *
 * Files that are open stay usable; none can be opened any more, and no process started. Built
 * with a sanitizer, which needs more, only the user and the capabilities are given up.
 * Return: 0 or a negative errno.
 */
int sandbox_enter(void);

#endif /* VMASCOPE_SYMBOL_SANDBOX_H */
