/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.h - keep a model up to date with a live capture: new slots, counters, and reclaimed slots.
 */
#ifndef VMASCOPE_CAPTURE_LIVE_H
#define VMASCOPE_CAPTURE_LIVE_H

#include "capture/capture.h"
#include "model/run_model.h"

/**
 * struct live - a capture and its model
 * @capture: NULL: the model is from a recording; @run: the model
 * @waiting: slots that were taken and are not described yet
 * @vma_glob: VMAs whose name does not match it are muted; NULL: none are
 * @hide_names: hide names of files, and names that processes gave to their memory: to be set before
 *	the first slot is described
 * @names_owners: set by the caller before the first slot is described: owners of VMAs are looked for
 * @intervals: set by the caller: the time of faults in flight is counted in each interval
 * @read_ns: time of the last live__refresh(): everything before it is known
 * @adds_up: set by the caller: rows of threads and stacks have to add up to the counts of slots
 * @naming: NULL, or called before rows to be forgotten are chosen: names that have to be read from
 *	a process are read now, which may add rows to the model
 * @forgetting: NULL, or called with @forgetting_ctx before rows and stacks are freed: pointers to
 *	rows for which model__goes() returns true, and to stacks of such processes, have to be
 *	dropped
 * @nr_forgets: number of calls of live__forget()
 * @bound_at: number of processes at which live__bound() tries again
 */
struct live {
	struct capture *capture;
	struct run_model run;
	uint32_t *waiting;
	size_t nr_waiting;
	size_t cap_waiting;
	const char *vma_glob;
	bool hide_names;
	bool names_owners;
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
 * live__discover_slots - read slots that were taken since the last call; cheap
 * Return: 0 or -ENOMEM.
 */
int live__discover_slots(struct live *l);

/** live__named - the owner of @row was found, or is not looked for any more: --vma may match it. */
void live__named(struct live *l, const struct fault_row *row);

/** live__discover - live__discover_slots(), and new rows of stacks and calls. Return: as above. */
int live__discover(struct live *l);

/** live__row - the row of slot @slot at @generation; NULL if unknown. */
const struct fault_row *live__row(struct live *l, uint32_t slot, uint32_t generation);

/** live__in_flight - add a fault that was in flight when counting ended. Return: 0 or -ENOMEM. */
int live__in_flight(struct live *l, const struct vs_event_fault *event);

/**
 * live__refresh - live__discover(), and read all counters and the times of threads
 *
 * Kernel-initiated faults until now are included.
 * Return: 0 or -ENOMEM.
 */
int live__refresh(struct live *l);

/**
 * live__reclaim - if slots run low: reclaim those of processes that have ended, then those
 * of VMAs that are gone
 * Return: processes have ended, slots still run low, and more may have ended meanwhile.
 */
bool live__reclaim(struct live *l);

/** live__gone_with_slots - number of processes that have exited and still have slots. */
size_t live__gone_with_slots(const struct live *l);

/** live__reclaim_ended - reclaim the slots of processes that have ended. Return: 0 or -ENOMEM. */
int live__reclaim_ended(struct live *l);

/**
 * live__image_gone - a process image has ended or was replaced, now
 * @p: its process; @image: its number
 */
bool live__image_gone(const struct live *l, const struct process *p, uint64_t image);

/**
 * live__forget - free rows that nothing counts in any more; sums stay (model__forget())
 * @before_ns: only processes whose end was detected before that time; UINT64_MAX: all
 * @watched: a process that is kept with all its rows; may be NULL
 *
 * For a capture that runs for days: memory is bounded by the tables of BPF. To be called between
 * intervals, before the marks. Return: 0 or a negative errno.
 */
int live__forget(struct live *l, uint64_t before_ns, const struct process *watched);

/**
 * live__bound - if there are more than @max processes, or far more rows than these would have,
 * keep half as many: those that slots count for, and of those that have ended those with most
 * faults; sums stay (model__forget())
 * @before_ns: processes that ended at that time or later are kept, too: pointers to them are in use
 * @max: 0: no bound
 * Return: 1: some were forgotten; 0; or a negative errno.
 */
int live__bound(struct live *l, size_t max, uint64_t before_ns);

#endif /* VMASCOPE_CAPTURE_LIVE_H */
