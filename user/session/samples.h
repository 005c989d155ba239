/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * samples.h - --unwind dwarf: copies of stacks become stacks, and the records that follow find them.
 *
 * Unwinding reads files, which takes time: records wait in a queue meanwhile, so that the ring can
 * be read on.
 */
#ifndef VMASCOPE_SESSION_SAMPLES_H
#define VMASCOPE_SESSION_SAMPLES_H

#include "capture/live.h"
#include "symbol/namer.h"
#include "symbol/unwind.h"

/**
 * struct samples - the queue, and what was unwound
 * @first, @last: of the queue, of @bytes; @out: given out last
 * @by_ref: stacks of samples whose record has not come yet
 * @unwound: samples; @ended: by why there were no more frames
 */
struct samples {
	struct live *live;
	struct namer *namer;
	struct queued *first;
	struct queued *last;
	struct queued *out;
	size_t bytes;
	struct hash by_ref;
	uint64_t unwound;
	uint64_t ended[UNWIND_NR_ENDS];
};

void samples__init(struct samples *s, struct live *live, struct namer *namer);
void samples__free(struct samples *s);

/** samples__push - a record, at the end of the queue. Return: 0 or -ENOMEM. */
int samples__push(struct samples *s, const struct vs_event *event);

/**
 * samples__next - take the oldest record out of the queue; a sample is unwound
 *
 * Return: it, good until the next call; NULL: it was a sample, or the queue is empty.
 */
const struct vs_event *samples__next(struct samples *s);

/** samples__drop - the same, but nothing is unwound, and samples are returned, too. */
const struct vs_event *samples__drop(struct samples *s);

/** samples__stack - the stack of a record, which is asked for once. NULL: it is not known. */
const struct stack *samples__stack(struct samples *s, const struct vs_stack_ref *ref);

/** samples__forget - let go of stacks of processes that model__forget() is about to free. */
void samples__forget(struct samples *s);

#endif /* VMASCOPE_SESSION_SAMPLES_H */
