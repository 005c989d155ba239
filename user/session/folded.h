/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * folded.h - stacks in formats of their own: --folded, --flame, and the metric set by --weight; profiles.
 */
#ifndef VMASCOPE_SESSION_FOLDED_H
#define VMASCOPE_SESSION_FOLDED_H

#include "session/session.h"

/** Weights for stacks of faults, and for those of memory calls. */
#define FAULT_WEIGHTS (1u << WEIGHT_FAULTS | 1u << WEIGHT_TIME)
#define CALL_WEIGHTS                                                                               \
	(1u << WEIGHT_STOLEN | 1u << WEIGHT_TIME | 1u << WEIGHT_SENT | 1u << WEIGHT_CALLS)

/**
 * folded__profile - for an output format that is made of stacks: group by stack
 * @by_stack: the grouping of the command is that already
 *
 * To be called before anything depends on the grouping. Return: 0, or an exit status after an error
 * message.
 */
int folded__profile(struct options *o, bool by_stack);

/**
 * folded__check - check combinations of options; sets the default weight
 * @by_stack: the rows are by stack
 * @weights: bit set of enum stack_weight that the command supports, the first one is its default
 *
 * Return: 0, or an exit status after an error message.
 */
int folded__check(struct options *o, bool by_stack, unsigned int weights);

/**
 * folded__open - open the file of --flame, if requested, so that errors are reported before the run
 * Return: 0, or an exit status after an error message.
 */
int folded__open(struct session *s);

/** folded__close - close that file, if it was not written. */
void folded__close(struct session *s);

/**
 * folded__faults - print the stacks of faults, as requested
 * Return: 0, or an exit status after an error message; s->error is set if the output could not be
 * written.
 */
int folded__faults(struct session *s);

/** folded__calls - print the stacks of memory calls and flushes. Return: same. */
int folded__calls(struct session *s);

#endif /* VMASCOPE_SESSION_FOLDED_H */
