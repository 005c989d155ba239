/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * long_calls.h - records of memory calls to the list of the longest, with what they name.
 */
#ifndef VMASCOPE_CMD_LONG_CALLS_H
#define VMASCOPE_CMD_LONG_CALLS_H

#include "cmd/session.h"
#include "model/longest_calls.h"

/** long_calls__add - @call, if it is one of the longest so far. Return: 0 or -ENOMEM. */
int long_calls__add(struct longest_calls *l, struct session *s, const struct vs_event_call *call);

/** long_calls__name - their call sites, now: at the end, and before stacks are freed. */
void long_calls__name(struct longest_calls *l, struct session *s);

#endif /* VMASCOPE_CMD_LONG_CALLS_H */
