/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_args.h - decode and print the arguments and the result of a memory call.
 */
#ifndef VMASCOPE_VIEW_TRACE_CALL_ARGS_H
#define VMASCOPE_VIEW_TRACE_CALL_ARGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <stdbool.h>
#include <stdint.h>

#include "events.h"

/** enum call_arg - kinds of arguments */
enum call_arg {
	CALL_ARG_START,	 /* address of the first byte */
	CALL_ARG_LENGTH, /* length in bytes */
	CALL_ARG_OTHER,	 /* protection, advice, new length, old break */
	CALL_ARG_FLAGS,	 /* flags, or the protection key */
	NR_CALL_ARGS,
};

/**
 * call_arg - get an argument of @e
 * @value: set to its value
 * Return: false: this call has no such argument.
 */
bool call_arg(const struct vs_event_call *e, enum call_arg which, uint64_t *value);

/** call_returns - the call returns and has a result, unlike exit. */
bool call_returns(const struct vs_event_call *e);

/** call_errno - the errno of a failed call; 0 if it succeeded, or has no errno (brk). */
int call_errno(const struct vs_event_call *e);

/** call_failed - the call failed; a brk fails if it does not move the break. */
bool call_failed(const struct vs_event_call *e);

/** call_sets_prot - the call sets a protection, CALL_ARG_OTHER. */
bool call_sets_prot(const struct vs_event_call *e);

/** prot_text - format "rw-"; @buf has 4 bytes. */
void prot_text(uint64_t prot, char *buf);

/**
 * call_print - print the call with its arguments and result: "mprotect(7f3a12345000+4K, rw->r--)";
 * if it failed, "mprotect = ENOMEM: 7f3a12345000+4K, r--"
 *
 * If the protection changes, the old one precedes the new one; "!" marks memory that becomes
 * writable and executable, at the same time or one after the other. A result of 0 is omitted.
 */
void call_print(FILE *f, const struct vs_event_call *e);

#endif /* VMASCOPE_VIEW_TRACE_CALL_ARGS_H */
