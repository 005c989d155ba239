/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * settle.bpf.h - count a task's completed faults, and compare with the kernel's own counts.
 *
 * The kernel adds each completed fault to task->min_flt or maj_flt (mm_account_fault() in
 * mm/memory.c). An excess of these counts over the faults that hooks saw means that
 * either the pending fault ended without its hook, or a fault was kernel-initiated (without a
 * trap).
 */
#ifndef VMASCOPE_SETTLE_BPF_H
#define VMASCOPE_SETTLE_BPF_H

#include "cause.bpf.h"
#include "crash.bpf.h"
#include "filter.bpf.h"
#include "folio.bpf.h"
#include "gup.bpf.h"
#include "heat.bpf.h"
#include "hist.bpf.h"
#include "image.bpf.h"
#include "refaults.bpf.h"
#include "stack.bpf.h"
#include "vma.bpf.h"

/* --- counting ----------------------------------------------------------------------------- */

/* For each figure: what a fault adds to the counters, and the value in its ring record. */
#define FIGURE_SUM(member, weight)                                                                 \
	if (f->member)                                                                             \
		stats_add(&c->member, f->member *(weight));
#define FIGURE_MAX(member, weight)                                                                 \
	if (f->member > c->member)                                                                 \
		c->member = f->member;
/* a time is a part of the latency, which may stand for those of several faults */
#define FIGURE_WEIGHT_COUNT 1
#define FIGURE_WEIGHT_BYTES 1
#define FIGURE_WEIGHT_NS latency.weight
#define FIGURE_COUNT_COUNT(how, member) FIGURE_##how(member, FIGURE_WEIGHT_COUNT)
#define FIGURE_COUNT_BYTES(how, member) FIGURE_##how(member, FIGURE_WEIGHT_BYTES)
#define FIGURE_COUNT_NS(how, member) FIGURE_##how(member, FIGURE_WEIGHT_NS)
/* most faults have none: WAIT_COUNT() */
#define FIGURE_COUNT_WAIT(how, member)
#define FIGURE_COUNT(member, bits, how, key, head, unit, ...) FIGURE_COUNT_##unit(how, member)
#define WAIT_COUNT(member, ...) stats_add(&c->member, f->member *latency.weight);
#define FIGURE_DESCRIBE(member, ...) e->member = f->member;

/** count_faults - add @n faults to @slot; their latency is known only if @n is 1 */
static __always_inline void count_faults(u32 slot, u64 n, enum vs_outcome outcome,
					 const struct pending_fault *f, struct weighted_ns latency)
{
	struct vs_counts *c = slot_counts(slot);

	if (!c)
		return;
	stats_add(&c->outcome[outcome & 3], n);
	if (f->origin == VS_ORIGIN_GUP)
		stats_add(&c->gup, n);
	else
		stats_add(&c->access[f->origin & 1][f->access & 3], n);
	stats_add(&c->cause[f->cause < VS_NR_CAUSES ? f->cause : 0], n);
	if (f->handled)
		stats_add(&c->handled, n);
	VS_EACH_FIGURE(FIGURE_COUNT)
	if (f->waited) {
		VS_EACH_WAIT(WAIT_COUNT)
	}
	if (f->mapped)
		stats_add(&c->size[f->size & 3], 1);
	if (!latency.ns)
		return;
	stats_add(&c->latency_count, latency.weight);
	stats_add(&c->latency_sum_ns, latency.ns * latency.weight);
	if (latency.ns > c->latency_max_ns)
		c->latency_max_ns = latency.ns;
}

/** struct task_id - the task of a fault; @comm: address of its command name */
struct task_id {
	u32 tgid;
	u32 pid;
	const char *comm;
};

/** fault_describe - fill the ring record of a fault. */
static __always_inline void fault_describe(const struct task_id *id, const struct task_state *t,
					   const struct pending_fault *f, enum vs_outcome outcome,
					   u64 duration_ns, struct vs_event_fault *e)
{
	e->duration_ns = duration_ns;
	e->address = f->address;
	e->ip = f->ip;
	e->pid = id->tgid;
	e->tid = id->pid;
	e->slot = f->vma.slot;
	e->generation = f->vma.generation;
	e->proc = t->proc;
	e->error_code = f->error_code;
	e->vma_start = f->vma.start;
	e->vma_end = f->vma.end;
	e->vma_pgoff = f->vma.pgoff;
	e->access = f->access;
	e->origin = f->origin;
	e->outcome = outcome;
	e->cause = f->cause;
	e->size = f->size;
	VS_EACH_FIGURE(FIGURE_DESCRIBE)
	e->stack = f->stack;
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), id->comm);
}

/** count_filtered - a fault was shorter than those that were requested. */
static __always_inline void count_filtered(void)
{
	struct vs_stats *s = this_stats();

	if (s)
		stats_add(&s->filtered, 1);
}

/** fault_emit - emit a ring record of one fault, unless it was too short. */
static __always_inline void fault_emit(const struct task_id *id, const struct task_state *t,
				       const struct pending_fault *f, enum vs_outcome outcome,
				       u64 duration_ns)
{
	struct vs_slot *s = slot_at(f->vma.slot);
	struct vs_event_fault *e = 0;

	if (s && s->choice == VS_SLOT_MUTED)
		return;
	if (duration_ns < cfg.slower_than_ns)
		count_filtered();
	else
		e = emit_reserve(sizeof(*e), VS_EVENT_FAULT,
				 f->begin_ns ? f->begin_ns : bpf_ktime_get_ns());
	if (!e) {
		/* the sample has no row to be counted by */
		if (is_sample(f->stack))
			stack_add((struct vs_stack_ref){}, outcome, 1,
				  latency_of(outcome, duration_ns));
		return;
	}
	fault_describe(id, t, f, outcome, duration_ns, e);
	emit_submit(e);
}

/** count_outside - count a fault without a VMA slot for its process, by reason. */
static __always_inline void count_outside(const struct task_state *t, struct pending_fault *f)
{
	struct vs_slot *s = slot_at(t->proc);

	f->vma.slot = t->proc;
	f->vma.generation = t->proc_generation;
	if (f->found == VMA_MISSED)
		count_lost(VS_LOST_LOOKUPS);
	if (f->found == VMA_FOUND)
		count_lost(VS_LOST_SLOTS);
	if (s && t->proc)
		__sync_fetch_and_add(f->found == VMA_FOUND  ? &s->proc.no_slot
				     : f->found == VMA_NONE ? &s->proc.no_address
							    : &s->proc.lookup_missed,
				     1);
}

/** wanted - the filters match a fault with this outcome. */
static __always_inline bool wanted(enum vs_outcome outcome, enum vs_cause cause)
{
	return (!cfg.only || cfg.only == outcome + 1) &&
	       (!cfg.causes || cfg.causes & (1u << (cause & 31)));
}

/* Causes of faults that usually end in a signal: no hook sees their end in the task's context. */
#define CAUSES_OF_SIGNALS                                                                          \
	(1u << VS_CAUSE_SEGV_MAPERR | 1u << VS_CAUSE_SEGV_ACCERR | 1u << VS_CAUSE_PKEY |           \
	 1u << VS_CAUSE_PROT | 1u << VS_CAUSE_SIGBUS)

/** stack_wanted - false if the VMA of a fault is known not to match --vma. */
static __always_inline bool stack_wanted(const struct pending_fault *f)
{
	struct vs_slot *s = cfg.stack_vma ? slot_at(f->vma.slot) : 0;

	return !s || s->choice != VS_SLOT_MUTED;
}

/**
 * stack_at_begin - whether the stack of a fault is taken when it begins
 *
 * With a filter on outcomes, most faults do not match: their stack is taken at the end, if they
 * match, except for faults whose end no hook shows; unless latencies are sampled, that is few.
 */
static __always_inline bool stack_at_begin(const struct pending_fault *f)
{
	if (!stack_wanted(f))
		return false;
	if ((!cfg.only && !cfg.causes) || !every_latency())
		return true;
	return CAUSES_OF_SIGNALS & (1u << (f->cause & 31)) && wanted(VS_INCOMPLETE, f->cause);
}

/** stack_is_of - row @r belongs to the VMA of fault @f, if rows are distinguished by VMA. */
static __always_inline bool stack_is_of(const struct vs_stack_row *r, const struct pending_fault *f)
{
	return !cfg.stack_vma ||
	       (r->key.vma == f->vma.slot && r->key.vma_generation == f->vma.generation);
}

/**
 * stack_at_end - take the stack of a matching fault if it was not taken, if its row was reclaimed,
 *	or if the VMA of the fault has turned out to be another one
 */
static __always_inline void stack_at_end(const struct task_state *t, struct pending_fault *f,
					 enum vs_outcome outcome)
{
	struct vs_stack_row *r;

	if (!cfg.fault_stacks || !wanted(outcome, f->cause) || is_sample(f->stack) ||
	    !stack_wanted(f))
		return;
	r = f->stack.row < VS_STACK_FIRST ? 0 : stack_row_at(f->stack.row);
	if (f->stack.row == VS_STACK_NONE ||
	    (r && (r->generation != f->stack.generation || !stack_is_of(r, f))))
		stack_take_at(t, f->vma.slot, f->vma.generation, &f->stack);
}

/**
 * so_far_add - add @ns, which may be negative, to the time of faults in flight
 * @slot: slot that counts the fault
 *
 * A global function: the verifier checks it once; it is called for few faults.
 */
__weak __noinline int so_far_add(struct task_state *t, u32 slot, u32 cause, u64 ns)
{
	struct vs_counts *c = slot_counts(slot);

	if (!t || !c || cause >= VS_NR_CAUSES)
		return 0;
	__sync_fetch_and_add(&t->so_far_ns, ns);
	__sync_fetch_and_add(&c->so_far_ns, ns);
	hists_so_far(t, slot, cause, ns);
	return 0;
}

/**
 * so_far_over - a fault has ended: subtract the time that has been counted for it at the ends of
 *	intervals, as its whole time is counted now
 *
 * The duration of a failed fault is unknown: what has been counted for it remains.
 */
static __always_inline void so_far_over(struct task_state *t, struct pending_fault *f,
					u64 duration_ns)
{
	u64 ns = __sync_lock_test_and_set(&f->so_far_ns, 0);

	if (duration_ns)
		so_far_add(t, f->vma.slot, f->cause, -ns);
}

/** fault_ended - count a fault whose outcome is known, and emit it if requested. */
static __always_inline void fault_ended(const struct task_id *id, struct task_state *t,
					struct pending_fault *f, enum vs_outcome outcome,
					u64 duration_ns)
{
	const struct weighted_ns latency = latency_of(outcome, duration_ns);

	if (!wanted(outcome, f->cause)) {
		f->so_far_ns = 0;
		return;
	}
	if (f->vma.slot == VS_SLOT_OVERFLOW)
		count_outside(t, f);
	else if (f->vma.traits & VMA_SHARES_SLOT)
		count_lost(VS_LOST_SLOTS);
	if (!slot_holds(f->vma.slot, f->vma.generation)) {
		count_lost(VS_LOST_IDENTITY);
		f->vma.slot = VS_SLOT_OVERFLOW;
	}
	count_faults(f->vma.slot, 1, outcome, f, latency);
	/* after the slot: user/ relies on this order to make the sums agree */
	barrier();
	if (f->origin != VS_ORIGIN_GUP)
		t->faults++;
	t->fault_ns += latency.ns * latency.weight;
	if (f->so_far_ns)
		so_far_over(t, f, duration_ns);
	if (cfg.fault_stacks && !is_sample(f->stack))
		stack_add(f->stack, outcome, 1, latency);
	if (duration_ns)
		hist_add(t, f, latency);
	if (duration_ns && !every_latency())
		count_latency();
	heat_add(id->tgid, f->vma.slot, f->address);
	if (cfg.refaults)
		refault_look(t, f, latency.ns * latency.weight);
	if (cfg.emit_faults)
		fault_emit(id, t, f, outcome, duration_ns);
}

/**
 * fault_over - fault_ended() for the task at @t->task, which need not be the current one; the
 * duration of the fault is unknown
 *
 * A global function: the verifier checks it once instead of at each call.
 */
__weak __noinline int fault_over(struct task_state *t, struct pending_fault *f, u32 outcome)
{
	struct task_struct *task;
	struct task_id id = {};

	if (!t || !f)
		return 0;
	if (cfg.emit_faults || cfg.heat) {
		task = (void *)t->task;
		id.tgid = BPF_CORE_READ(task, tgid);
		id.pid = BPF_CORE_READ(task, pid);
		id.comm = task->comm;
	}
	fault_ended(&id, t, f, outcome, 0);
	return 0;
}

/** is_refused - a fault that begins with this cause usually ends in a signal or EFAULT. */
static __always_inline bool is_refused(enum vs_cause cause)
{
	return cause == VS_CAUSE_SEGV_MAPERR || cause == VS_CAUSE_SEGV_ACCERR ||
	       cause == VS_CAUSE_PKEY || cause == VS_CAUSE_SIGBUS || cause == VS_CAUSE_PROT ||
	       cause == VS_CAUSE_EFAULT || cause == VS_CAUSE_VSYSCALL;
}

/**
 * is_resolved_of - the page of the pending fault of the task at @t->task permits the access now
 *
 * If page tables can't be read, or have been freed, the cause decides.
 * A global function: the verifier checks it once instead of at each call.
 */
__weak __noinline int is_resolved_of(struct task_state *t)
{
	const struct pending_fault *f;
	struct task_struct *task;
	struct mm_struct *mm;
	u64 entry;

	if (!t)
		return 0;
	f = &t->pending;
	task = (void *)t->task;
	mm = BPF_CORE_READ(task, mm);
	if (!f->page.readable || !mm || (u64)mm != t->mm || f->cause == VS_CAUSE_PKEY)
		return !is_refused(f->cause);
	page_walk((u64)BPF_CORE_READ(mm, pgd), f->address, &t->now);
	entry = t->now.entry;
	if (t->now.pmd && (bpf_probe_read_kernel(&entry, sizeof(entry), (void *)t->now.pmd) ||
			   (is_table(entry) && !table_entry(direct_map + (entry & PTE_ADDRESS),
							    f->address, 12, &entry))))
		return 0;
	return entry & PTE_PRESENT && (f->access != VS_ACCESS_WRITE || entry & PTE_RW) &&
	       (f->access != VS_ACCESS_EXEC || !(entry & PTE_NX));
}

/** is_resolved - is_resolved_of() for @task, whose state is @t */
static __always_inline bool is_resolved(struct task_struct *task, struct task_state *t)
{
	t->task = (u64)task;
	return is_resolved_of(t);
}

/**
 * has_completed - the pending fault of @task, whose state is @t, has completed: the kernel has
 *	counted faults since it began
 *
 * These may also be kernel-initiated ones, after a fault that failed. If no hook shows the end of
 * most faults, the page may have been unmapped again by now: then the fault is taken as completed
 * where a failed one is known otherwise. In user mode, it would have raised a signal, which is seen.
 */
static __always_inline bool has_completed(struct task_struct *task, struct task_state *t)
{
	const struct pending_fault *f = &t->pending;

	if (every_latency())
		return is_resolved(task, t);
	if (f->origin == VS_ORIGIN_USER)
		return f->cause != VS_CAUSE_VSYSCALL;
	return !is_refused(f->cause) || is_resolved(task, t);
}

/**
 * completed_unseen - the pending fault of the task at @t->task has completed, and no hook has shown
 *	its end: find what the end would have shown, which is the pages that it mapped, and the
 *	final cause
 *
 * A global function: the verifier checks it once. Defined in fault.bpf.c, as it uses plain loads.
 */
int completed_unseen(struct task_state *t, u32 outcome);

/**
 * settle - compare the counts of a task with the kernel's own counts
 *
 * Called when a new fault begins and when a task ends: a fault that is still pending then has
 * either ended without its hook, or failed: with EFAULT, or to be retried after a signal. The
 * kernel's counts alone do not decide, as kernel-initiated faults raise them, too. When
 * counting is over, what the kernel counted since is ignored.
 */
static __always_inline void settle(struct task_struct *task, struct task_state *t)
{
	u64 minor = counts_take(&t->last_minor, task->min_flt);
	u64 major = counts_take(&t->last_major, task->maj_flt);

	if (t->pending.active) {
		enum vs_outcome outcome = VS_INCOMPLETE;

		t->pending.active = 0;
		if ((major || minor) && has_completed(task, t)) {
			outcome = major ? VS_MAJOR : VS_MINOR;
			major -= major ? 1 : 0;
			minor -= outcome == VS_MINOR ? 1 : 0;
		}
		t->task = (u64)task;
		if (outcome != VS_INCOMPLETE && every_latency())
			count_lost(VS_LOST_LATENCY);
		else if (outcome != VS_INCOMPLETE)
			completed_unseen(t, outcome);
		fault_over(t, &t->pending, outcome);
	}
	if (counts_now() && (minor || major)) {
		if (cfg.refaults)
			refaults_unplaced(t, minor + major);
		count_gup(process_slot(task, t), minor, major);
	}
}

/**
 * settle_current - settle() for the current task, whose state is @t
 *
 * A global function: the verifier checks it once instead of at each call.
 */
__weak __noinline int settle_current(struct task_state *t)
{
	if (t)
		settle(bpf_get_current_task_btf(), t);
	return 0;
}

#endif /* VMASCOPE_SETTLE_BPF_H */
