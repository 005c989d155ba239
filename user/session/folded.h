/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * folded.h - stacks with one number each: --folded, --flame, and what --weight makes the number.
 */
#ifndef VMASCOPE_SESSION_FOLDED_H
#define VMASCOPE_SESSION_FOLDED_H

#include "session/session.h"

/** Weights that stacks of faults have, and those of memory calls. */
#define FAULT_WEIGHTS (1u << WEIGHT_FAULTS | 1u << WEIGHT_TIME)
#define CALL_WEIGHTS                                                                               \
	(1u << WEIGHT_STOLEN | 1u << WEIGHT_TIME | 1u << WEIGHT_SENT | 1u << WEIGHT_CALLS)

/**
 * folded__check - what goes together; fills in the default weight
 * @by_stack: the rows are by stack
 * @weights: bit set of enum stack_weight that the command knows, the first one is its default
 *
 * Return: 0, or an exit status after an error message.
 */
int folded__check(struct options *o, bool by_stack, unsigned int weights);

/**
 * folded__open - the file of --flame, if it is asked for: what can't be written is told before the run
 * Return: 0, or an exit status after an error message.
 */
int folded__open(struct session *s);

/** folded__close - that file, where it was not written. */
void folded__close(struct session *s);

/**
 * folded__faults - the stacks of faults, as asked for
 * Return: 0, or an exit status after an error message; s->error is set where the output could not be
 * written.
 */
int folded__faults(struct session *s);

/** folded__calls - the stacks of memory calls and flushes. Return: same. */
int folded__calls(struct session *s);

#endif /* VMASCOPE_SESSION_FOLDED_H */
