/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.h - keeps a model in step with a live capture: new slots, counters, and slots taken back.
 */
#ifndef VMASCOPE_CAPTURE_LIVE_H
#define VMASCOPE_CAPTURE_LIVE_H

#include "capture/capture.h"
#include "model/model.h"
#include "model/shootdown.h"
#include "model/threads.h"

/**
 * struct live - a capture and its model
 * @shootdown: memory calls and flushes, where they are asked for; else empty
 * @threads: what each spent in faults
 * @waiting: slots that were taken and are not described yet
 * @vma_glob: VMAs whose name does not match it are muted; NULL: none
 * @hide_names: of files, and those that processes gave their memory: set it before the first slot
 *	is described
 * @nr_forgets: calls of live__forget()
 */
struct live {
	struct capture *capture;
	struct model model;
	struct shootdown shootdown;
	struct threads threads;
	uint32_t *waiting;
	size_t nr_waiting;
	size_t cap_waiting;
	const char *vma_glob;
	bool hide_names;
	unsigned int nr_forgets;
};

/** live__init - Return: 0 or -ENOMEM. */
int live__init(struct live *l, struct capture *c, const char *vma_glob);
void live__free(struct live *l);

/**
 * live__discover - learn of slots that were taken since the last call; cheap
 * Return: 0 or -ENOMEM.
 */
int live__discover(struct live *l);

/**
 * live__refresh - live__discover(), and take over all counters
 * Return: 0 or -ENOMEM.
 */
int live__refresh(struct live *l);

/**
 * live__reclaim - when slots run low: take back those of processes that have ended, then those
 * of VMAs that are gone
 */
void live__reclaim(struct live *l);

/**
 * live__forget - free what nothing counts any more; sums stay (model__forget())
 *
 * For a capture that never ends: memory is bounded by the tables of BPF.
 * Return: 0 or -ENOMEM.
 */
int live__forget(struct live *l);

#endif /* VMASCOPE_CAPTURE_LIVE_H */
