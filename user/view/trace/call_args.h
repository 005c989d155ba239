/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_args.h - what the arguments and the result of a memory call mean, and the words for them.
 */
#ifndef VMASCOPE_VIEW_TRACE_CALL_ARGS_H
#define VMASCOPE_VIEW_TRACE_CALL_ARGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <stdbool.h>
#include <stdint.h>

#include "events.h"

/** enum call_arg - what an argument can be */
enum call_arg {
	CALL_ARG_START,	 /* address of the first byte */
	CALL_ARG_LENGTH, /* bytes from there on */
	CALL_ARG_OTHER,	 /* protection, advice, new length, break before */
	CALL_ARG_FLAGS,	 /* or the protection key */
	NR_CALL_ARGS,
};

/**
 * call_arg - an argument of @e
 * @value: the result
 * Return: false: this call has none.
 */
bool call_arg(const struct vs_event_call *e, enum call_arg which, uint64_t *value);

/** call_returns - it comes back, and so has a result: not so exit. */
bool call_returns(const struct vs_event_call *e);

/** call_errno - the errno that it failed with, 0 if it did not, or if none is told (brk). */
int call_errno(const struct vs_event_call *e);

/** call_failed - also a brk that did not move the break. */
bool call_failed(const struct vs_event_call *e);

/** call_sets_prot - it gives memory a protection, CALL_ARG_OTHER. */
bool call_sets_prot(const struct vs_event_call *e);

/** prot_text - "rw-"; @buf holds 4 bytes. */
void prot_text(uint64_t prot, char *buf);

/**
 * call_print - the call with its arguments and result: "mprotect(7f3a12345000+4K, rw->r--)"; if it
 * failed, "mprotect = ENOMEM: 7f3a12345000+4K, r--"
 *
 * Where the protection changes, the old one stands before the new one; "!" tells that memory
 * becomes writable and executable, be it at once or one after the other. A result of 0 is left out.
 */
void call_print(FILE *f, const struct vs_event_call *e);

#endif /* VMASCOPE_VIEW_TRACE_CALL_ARGS_H */
