/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * samples.h - --unwind dwarf: unwind copies of stacks, and find the stack of each following record.
 *
 * Unwinding reads files, which takes time: meanwhile records are queued, so that reading the ring
 * can continue.
 */
#ifndef VMASCOPE_SESSION_SAMPLES_H
#define VMASCOPE_SESSION_SAMPLES_H

#include "capture/live.h"
#include "symbol/namer.h"
#include "symbol/unwind.h"

/**
 * struct samples - the queue, and the unwound stacks
 * @first, @last: of the queue, of @bytes; @out: the record returned last
 * @by_ref: stacks of samples whose record has not arrived yet
 * @unwound: number of samples; @ended: by the reason why unwinding stopped
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

/** samples__push - append a record to the queue. Return: 0 or -ENOMEM. */
int samples__push(struct samples *s, const struct vs_event *event);

/**
 * samples__next - remove the oldest record from the queue; a sample is unwound
 *
 * Return: the record, valid until the next call; NULL: it was a sample, or the queue is empty.
 */
const struct vs_event *samples__next(struct samples *s);

/** samples__drop - as samples__next(), but nothing is unwound, and samples are returned, too. */
const struct vs_event *samples__drop(struct samples *s);

/** samples__stack - the stack of a record, to be called once for each. NULL: unknown. */
const struct stack *samples__stack(struct samples *s, const struct vs_stack_ref *ref);

/** samples__forget - drop stacks of processes that model__forget() is about to free. */
void samples__forget(struct samples *s);

#endif /* VMASCOPE_SESSION_SAMPLES_H */
