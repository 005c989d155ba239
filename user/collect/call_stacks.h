/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_stacks.h - --unwind dwarf: memory calls by stacks that are unwound in user space, from
 * events.
 *
 * BPF counts all calls without their stacks. The counts of an event are moved from the row that BPF
 * counts to the row of the stack, so that lost events remain in the former and sums are exact.
 * Faults that followed a call, and flushes outside of calls, have no stack.
 */
#ifndef VMASCOPE_COLLECT_CALL_STACKS_H
#define VMASCOPE_COLLECT_CALL_STACKS_H

#include "options/options.h"
#include "session/session.h"

/** Flags that a session needs, besides SESSION_SHOOTDOWNS and a way to find the stacks. */
#define CALL_STACKS_WANTS (SESSION_CALL_STACKS | SESSION_CALL_EVENTS | SESSION_IPI_EVENTS)

/**
 * struct call_stacks - the joining
 * @options: what distinguishes rows, as of session__open()
 * @interrupts: by the call that sent them, which has not ended; struct vs_call_counts
 */
struct call_stacks {
	struct live *live;
	const struct options *options;
	struct hash interrupts;
};

void call_stacks__init(struct call_stacks *c, struct live *live, const struct options *o);
void call_stacks__free(struct call_stacks *c);

/** call_stacks__call - a memory call, as BPF emitted it; @stack: NULL: not known. Return: 0 or -ENOMEM. */
int call_stacks__call(struct call_stacks *c, const struct vs_event_call *e,
		      const struct stack *stack);

/** call_stacks__ipi - an interrupt. Return: 0 or -ENOMEM. */
int call_stacks__ipi(struct call_stacks *c, const struct vs_event_ipi *e);

#endif /* VMASCOPE_COLLECT_CALL_STACKS_H */
