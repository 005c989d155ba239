/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gup.bpf.h - kernel-initiated faults (without a trap): get_user_pages() and similar.
 *
 * They are visible only in the kernel's counts of the task (and in fexit of handle_mm_fault()).
 * Their counters are updated atomically: the task iterator settles tasks that run on other CPUs.
 */
#ifndef VMASCOPE_GUP_BPF_H
#define VMASCOPE_GUP_BPF_H

#include "image.bpf.h"
#include "ranges.bpf.h"
#include "stack.bpf.h"

/**
 * counts_take - claim the faults that the kernel counted beyond @last, for the caller alone
 * @last: last count that was claimed; COUNTS_UNKNOWN: claim none
 * @now: the kernel's count
 */
static __always_inline u64 counts_take(u64 *last, u64 now)
{
	/* read twice: the iterator may have claimed a part meanwhile */
	for (int i = 0; i < 2; i++) {
		u64 old = *(volatile u64 *)last;

		if (now <= old)
			return 0;
		if (__sync_val_compare_and_swap(last, old, now) == old)
			return now - old;
	}
	return 0;
}

/** count_take - as counts_take(), for one fault. Return: false if it was claimed already. */
static __always_inline bool count_take(u64 *last, u64 now)
{
	u64 old = *(volatile u64 *)last;

	return old < now && __sync_val_compare_and_swap(last, old, old + 1) == old;
}

static __always_inline void gup_add(struct vs_counts *c, struct vs_stats *s, u64 n,
				    enum vs_outcome outcome)
{
	if (!n || (cfg.only && cfg.only != outcome + 1))
		return;
	if (cfg.causes && !(cfg.causes & (1u << VS_CAUSE_GUP)))
		return;
	__sync_fetch_and_add(&c->outcome[outcome & 3], n);
	__sync_fetch_and_add(&c->gup, n);
	__sync_fetch_and_add(&c->cause[VS_CAUSE_GUP], n);
	stats_add_anywhere(&s->eventless, n);
	if (cfg.fault_stacks)
		stack_add(NO_STACK, outcome, n, NO_LATENCY);
}

/** count_gup - add @minor and @major kernel-initiated faults, which have no event, to @slot. */
__weak __noinline int count_gup(u32 slot, u64 minor, u64 major)
{
	struct vs_counts *c = slot_counts(slot);
	struct vs_stats *s = this_stats();

	if (!c || !s)
		return 0;
	gup_add(c, s, minor, VS_MINOR);
	gup_add(c, s, major, VS_MAJOR);
	return 0;
}

/**
 * settle_gup - count the kernel-initiated faults of a task that may be running on another CPU
 *
 * While a fault is pending, one of the next counts is that fault's, by the same rule as in settle():
 * it is left. The pending state is read after the counts: if a fault has begun and ended in between,
 * the claim of the counts fails, as they have changed.
 */
static __always_inline void settle_gup(struct task_struct *task, struct task_state *t)
{
	u64 last_minor = *(volatile u64 *)&t->last_minor, last_major;
	u64 minor, major;

	last_major = *(volatile u64 *)&t->last_major;
	minor = *(volatile unsigned long *)&task->min_flt;
	major = *(volatile unsigned long *)&task->maj_flt;
	barrier();
	minor = minor > last_minor ? minor - last_minor : 0;
	major = major > last_major ? major - last_major : 0;
	if (*(volatile u8 *)&t->pending.active) {
		if (minor + major < 2)
			return;
		if (major)
			major--;
		else
			minor--;
	}
	if (minor && __sync_val_compare_and_swap(&t->last_minor, last_minor, last_minor + minor) !=
			     last_minor)
		minor = 0;
	if (major && __sync_val_compare_and_swap(&t->last_major, last_major, last_major + major) !=
			     last_major)
		major = 0;
	if (!minor && !major)
		return;
	if (cfg.refaults)
		refaults_unplaced(t, minor + major);
	count_gup(process_slot(task, t), minor, major);
}

#endif /* VMASCOPE_GUP_BPF_H */
