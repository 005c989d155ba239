/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vma_stacks.h - of a recording, the stacks of faults in some VMAs: its counts are of all VMAs, so
 * the events are counted.
 */
#ifndef VMASCOPE_COLLECT_VMA_STACKS_H
#define VMASCOPE_COLLECT_VMA_STACKS_H

#include "record/load/load_stacks.h"
#include "session/session.h"
#include "util/hash.h"

/**
 * struct vma_stacks - counts of events
 * @session: session with the stacks to show; NULL: the recorded counts are used
 * @loaded: the recorded stacks, whose counts are ignored
 * @waiting: struct vs_stack_counts by number, of stacks that the recording describes after the event
 */
struct vma_stacks {
	struct session *session;
	struct loaded_stacks *loaded;
	struct hash waiting;
};

/**
 * vma_stacks__init - @s is of a recording, and stacks of its faults are going to be shown
 * @loaded: of the recording, of which nothing has been read
 *
 * To be freed in any case.
 */
void vma_stacks__init(struct vma_stacks *v, struct session *s, struct loaded_stacks *loaded);
void vma_stacks__free(struct vma_stacks *v);

/** vma_stacks__count - a fault. Return: 0 or -ENOMEM. */
int vma_stacks__count(struct vma_stacks *v, const struct vs_event_fault *e);

/** vma_stacks__settle - what waits for a stack that is known by now is counted. */
void vma_stacks__settle(struct vma_stacks *v);

/** vma_stacks__end - all has been read: what still waits has no stack that is known. */
void vma_stacks__end(struct vma_stacks *v);

#endif /* VMASCOPE_COLLECT_VMA_STACKS_H */
