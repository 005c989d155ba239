/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.h - keeps a model in step with a live capture: new slots, counters, and slots taken back.
 */
#ifndef VMASCOPE_CAPTURE_LIVE_H
#define VMASCOPE_CAPTURE_LIVE_H

#include "capture/capture.h"
#include "model/in_flight.h"
#include "model/model.h"
#include "model/shootdown.h"
#include "model/stacks.h"
#include "model/threads.h"

/**
 * struct live - a capture and its model
 * @capture: NULL: the model is of a recording
 * @shootdown: memory calls and flushes, where they are asked for; else empty
 * @stacks: where they are asked for; else empty
 * @threads: what each spent in faults
 * @in_flight: faults that had not ended when counting did
 * @waiting: slots that were taken and are not described yet
 * @vma_glob: VMAs whose name does not match it are muted; NULL: none
 * @hide_names: of files, and those that processes gave their memory: set it before the first slot
 *	is described
 * @intervals: set by the caller: the time of faults in flight counts in the interval in which they were
 * @read_ns: when live__refresh() was called last: what has happened until then is known
 * @adds_up: set by the caller: rows of threads and stacks are to add up to the counts of slots
 * @naming: NULL, or called before it is chosen what is forgotten: what has to be named from a process
 *	is named now, which may add rows to the model
 * @forgetting: NULL, or called with @forgetting_ctx when rows and stacks are about to be freed: what
 *	points to them has to let go of those that model__goes() tells, and of stacks of such
 *	processes
 * @nr_forgets: calls of live__forget()
 * @bound_at: processes at which live__bound() tries again
 */
struct live {
	struct capture *capture;
	struct model model;
	struct shootdown shootdown;
	struct stacks stacks;
	struct threads threads;
	struct in_flight in_flight;
	uint32_t *waiting;
	size_t nr_waiting;
	size_t cap_waiting;
	const char *vma_glob;
	bool hide_names;
	bool adds_up;
	bool intervals;
	uint64_t read_ns;
	void (*naming)(void *ctx);
	void (*forgetting)(void *ctx);
	void *forgetting_ctx;
	unsigned int nr_forgets;
	size_t bound_at;
};

/** live__init - Return: 0 or -ENOMEM. */
int live__init(struct live *l, struct capture *c, const char *vma_glob);
void live__free(struct live *l);

/**
 * live__discover_slots - learn of slots that were taken since the last call; cheap
 * Return: 0 or -ENOMEM.
 */
int live__discover_slots(struct live *l);

/** live__discover - that, and of new rows of stacks and calls. Return: as above. */
int live__discover(struct live *l);

/** live__row - what slot @slot stood for at @generation; NULL: nothing is known of it. */
const struct fault_row *live__row(struct live *l, uint32_t slot, uint32_t generation);

/** live__in_flight - a fault had not ended when counting did. Return: 0 or -ENOMEM. */
int live__in_flight(struct live *l, const struct vs_event_fault *event);

/**
 * live__refresh - live__discover(), and take over all counters, and what threads spent
 *
 * Faults that the kernel took without a trap until now are counted.
 * Return: 0 or -ENOMEM.
 */
int live__refresh(struct live *l);

/**
 * live__reclaim - when slots run low: take back those of processes that have ended, then those
 * of VMAs that are gone
 * Return: processes ended, slots still run low, and more may have ended meanwhile.
 */
bool live__reclaim(struct live *l);

/** live__reclaim_ended - take back the slots of processes that have ended. Return: 0 or -ENOMEM. */
int live__reclaim_ended(struct live *l);

/**
 * live__image_gone - a process image has ended or was replaced, as of now
 * @p: its process; @image: its number
 */
bool live__image_gone(const struct live *l, const struct process *p, uint64_t image);

/**
 * live__forget - free what nothing counts any more; sums stay (model__forget())
 * @before_ns: of processes those alone whose end was learnt of before that; UINT64_MAX: all
 * @watched: not this one, nor a row of it; may be NULL
 *
 * For a capture that goes on for days: memory is bounded by the tables of BPF. Between intervals,
 * before the marks. Return: 0 or a negative errno.
 */
int live__forget(struct live *l, uint64_t before_ns, const struct process *watched);

/**
 * live__bound - where there are more than @max processes, or far more rows than these would have,
 * keep half as many: those that slots count for, and of those that have ended the ones with most
 * faults; sums stay (model__forget())
 * @before_ns: what ended then or later is kept, too: pointers to it are still in use
 * @max: 0: no bound
 * Return: 1: some were forgotten; 0; or a negative errno.
 */
int live__bound(struct live *l, size_t max, uint64_t before_ns);

#endif /* VMASCOPE_CAPTURE_LIVE_H */
