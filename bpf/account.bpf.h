/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * account.bpf.h - begin and end of a task's faults, and the process image that each belongs to.
 */
#ifndef VMASCOPE_ACCOUNT_BPF_H
#define VMASCOPE_ACCOUNT_BPF_H

#include "kread.bpf.h"
#include "run.bpf.h"
#include "settle.bpf.h"
#include "wait.bpf.h"

/* those of reasons are only set if there are any */
#define FIGURE_RESET_COUNT(member) f->member = 0;
#define FIGURE_RESET_BYTES(member) f->member = 0;
#define FIGURE_RESET_NS(member) f->member = 0;
#define FIGURE_RESET_WAIT(member)
#define FIGURE_RESET(member, bits, how, key, head, unit, ...) FIGURE_RESET_##unit(member)

/* --- process images ------------------------------------------------------------------------ */

/** image_slot - the slot of the process image of the current task, whose mm is @t->mm */
static __always_inline u32 image_slot(struct task_struct *task, const struct task_state *t)
{
	/* read back as a plain number: the verifier does not treat the task's field as one */
	u64 mm = *(volatile u64 *)&t->mm;
	u32 tgid = task->tgid;
	struct proc_entry *p = bpf_map_lookup_elem(&procs, &tgid);

	return p && p->mm == mm ? p->slot : proc_new(bpf_get_current_task(), mm);
}

/**
 * switch_image - the task's mm is not the one in its state: after an exec, or at its first fault.
 */
static __always_inline void switch_image(struct task_struct *task, struct task_state *t, u64 mm)
{
	struct vs_slot *s;

	if (t->flags & TASK_WAITING) {
		t->last_minor = task->min_flt;
		t->last_major = task->maj_flt;
	} else if (t->mm) {
		settle_current(t);
	}
	t->mm = mm;
	t->proc = image_slot(task, t);
	t->cache_seq = -1;
	s = slot_at(t->proc);
	if (!s)
		return;
	t->proc_generation = s->generation;
	if (cfg.refaults && t->fork.time_ns)
		range_fork_inherit(t);
	if (t->flags & TASK_WAITING && t->proc) {
		s->proc.base_minor = t->last_minor;
		s->proc.base_major = t->last_major;
	}
	t->flags &= ~(TASK_WAITING | TASK_EXECUTED);
}

/** counting_begins - the first hook for a task that existed before counting was enabled. */
static __noinline int counting_begins(struct task_struct *task, struct task_state *t)
{
	/* or the iterator did: faults counted since then were kernel-initiated (GUP) */
	__sync_val_compare_and_swap(&t->last_minor, COUNTS_UNKNOWN, task->min_flt);
	__sync_val_compare_and_swap(&t->last_major, COUNTS_UNKNOWN, task->maj_flt);
	__sync_fetch_and_and(&t->flags, ~TASK_FRESH);
	return 0;
}

/**
 * within_filter - the filters match the current task, which has a state
 *
 * Faults that a task takes while the filters do not match it are not counted if they match again.
 */
static __noinline int within_filter(struct task_struct *task, struct task_state *t)
{
	bool within = filter_matches(task);

	if (t->flags & TASK_WAITING && !within) {
		/* the command's program is not wanted, but a program that it executes may be */
		t->mm = (u64)task_pointer(task, mm);
		t->last_minor = task->min_flt;
		t->last_major = task->maj_flt;
		t->flags = TASK_AWAY;
	}
	if (t->flags & (TASK_WAITING | TASK_FRESH))
		return within;
	if (within && t->flags & TASK_AWAY) {
		t->last_minor = task->min_flt;
		t->last_major = task->maj_flt;
		__sync_fetch_and_and(&t->flags, ~TASK_AWAY);
	} else if (!within && !(t->flags & TASK_AWAY)) {
		settle_current(t);
		__sync_fetch_and_or(&t->flags, TASK_AWAY);
	}
	return within;
}

/** retry_image - no slot was free for the process image; try again, as one may have been freed. */
static __always_inline void retry_image(struct task_struct *task, struct task_state *t)
{
	struct vs_slot *s;

	t->proc = image_slot(task, t);
	s = slot_at(t->proc);
	if (!s)
		return;
	t->proc_generation = s->generation;
	t->cache_seq = -1;
}

/**
 * update_image - bring state @t of the current task up to its present mm
 *
 * A global function: the verifier checks it once instead of at each call.
 */
__weak __noinline int update_image(struct task_state *t)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 mm = (u64)task_pointer(task, mm);

	if (!t)
		return 0;
	if (t->mm != mm)
		switch_image(task, t, mm);
	else
		retry_image(task, t);
	return 0;
}

/**
 * traced_image - traced(), with the filters, and the state brought up to the task's present mm
 * @begins: an operation begins; this matters only while faults are counted
 *
 * Return: the state; NULL if not traced, for kernel threads, and for vmascope's child before its
 * exec.
 */
static __always_inline struct task_state *traced_image(struct task_struct *task, bool begins)
{
	struct task_state *t;
	u64 mm;

	if (begins && !counts_now())
		return 0;
	t = traced(task, begins);
	mm = (u64)task_pointer(task, mm);
	if (!t || !mm)
		return 0;
	if (waits_for_exec(t, mm))
		return 0;
	if (is_filtered() && !within_filter(task, t))
		return 0;
	if (t->flags & TASK_FRESH) {
		if (!begins)
			return 0;
		counting_begins(task, t);
	}
	if (t->mm != mm || !t->proc)
		update_image(t);
	return t;
}

/* --- begin and end ------------------------------------------------------------------------- */

/** identify - find the VMA of a fault. */
static __always_inline void identify(struct task_struct *task, struct task_state *t, s64 seq,
				     struct pending_fault *f)
{
	f->found = vma_lookup(task, t, seq, f->address, &f->vma);
	if (f->found == VMA_FOUND)
		return;
	f->vma.start = f->vma.end = f->vma.pgoff = 0;
	f->vma.slot = VS_SLOT_OVERFLOW;
}

/** identify_again - the pending fault of the current task; a global function of fault.bpf.c */
int identify_again(struct task_state *t);

/**
 * settle_own - settle_current(); the VMA of a pending fault that has completed may be found now, if a
 *	stack had to grow first, or the VMA was being changed
 *
 * Not in settle_current(): the call stack would be too deep.
 */
static __always_inline void settle_own(struct task_struct *task, struct task_state *t)
{
	if (!every_latency() && t->pending.active && t->pending.found != VMA_FOUND &&
	    (task->min_flt > t->last_minor || task->maj_flt > t->last_major) &&
	    (u64)task_pointer(task, mm) == t->mm)
		identify_again(t);
	settle_current(t);
}

/** last_fault_over - a fault begins after counting has ended, so the previous fault has ended. */
static __noinline int last_fault_over(struct task_struct *task)
{
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);

	if (t && t->pending.active)
		settle_current(t);
	return 0;
}

/** struct trap_regs - needed part of the registers saved by a trap; @at: address, 0: unknown */
struct trap_regs {
	u64 at;
	u64 ip;
	u64 sp;
};

/** fault_begin - a fault of the current task begins. */
static __always_inline void fault_begin(struct task_struct *task, u64 address,
					const struct trap_regs *regs, enum vs_access access,
					enum vs_origin origin, u32 error_code)
{
	struct task_state *t = traced_image(task, true);
	struct pending_fault *f;
	s64 seq;

	if (!t) {
		if (counting == COUNTING_OVER)
			last_fault_over(task);
		return;
	}
	f = &t->pending;
	if (f->active || task->min_flt != t->last_minor || task->maj_flt != t->last_major)
		settle_own(task, t);
	f->address = address;
	f->ip = regs->ip;
	f->sp = regs->sp;
	f->regs = regs->at;
	f->handled = 0;
	f->frame = FRAME_UNKNOWN;
	f->access = access;
	f->origin = origin;
	f->error_code = error_code;
	VS_EACH_FIGURE(FIGURE_RESET)
	if (f->waited)
		waits_none(f);
	f->size = VS_SIZE_PAGE;
	seq = mm_sequence(task);
	f->seq = seq;
	identify(task, t, seq, f);
	page_read(task, t, seq, address, &f->page);
	f->cached = may_be_cached(f) ? page_cached(f) : CACHED_UNKNOWN;
	f->page.probes = 0;
	if (maps_folios(f))
		folio_probe(f);
	f->cause = cause_at_begin(f);
	f->stack = NO_STACK;
	if (cfg.fault_stacks && stack_at_begin(f))
		stack_take_at(t, f->vma.slot, f->vma.generation, &f->stack);
	if (cfg.run_times && cfg.latency_period)
		run_begin(&t->run);
	wait_none(&t->wait, &t->wait.fault);
	f->begin_ns = bpf_ktime_get_ns();
	run_begun(task, &t->run);
	/* the iterator must not use the previous fault's begin for this one */
	barrier();
	f->active = 1;
}

/**
 * fault_signalled - the pending fault of the current task, which raised a signal
 * @sig, @code: number and si_code of the signal
 * @handled: the process has a handler, which will run
 */
static __always_inline void fault_signalled(struct task_struct *task, struct task_state *t, int sig,
					    int code, bool handled)
{
	struct pending_fault *f = &t->pending;

	f->active = 0;
	f->handled = handled;
	if (f->found == VMA_MISSED)
		identify(task, t, MM_SEQ_NONE, f);
	f->cause = cause_of_signal(f, sig, code);
	if (cfg.crash)
		crash_emit(task, t, f, sig, code);
	stack_at_end(t, f, VS_INCOMPLETE);
	t->task = (u64)task;
	fault_over(t, f, VS_INCOMPLETE);
}

/** same_page - the hooks of one fault may report different offsets within the page. */
static __always_inline bool same_page(u64 a, u64 b)
{
	return !((a ^ b) >> 12);
}

/**
 * begun_before - a fault ended whose task is not counted yet, or has no state
 *
 * A fault that was in flight when counting began is not counted; a fault of a task whose state
 * could not be allocated is counted, without its process.
 */
static __always_inline void begun_before(struct task_struct *task, enum vs_outcome outcome,
					 enum vs_origin origin)
{
	struct pending_fault f = { .origin = origin, .access = VS_ACCESS_UNKNOWN };
	struct task_state *t = 0;

	if (task_pointer(task, bpf_storage))
		t = bpf_task_storage_get(&tasks, task, 0, 0);
	if (t) {
		if (t->flags & TASK_FRESH && origin != VS_ORIGIN_GUP)
			count_take(outcome == VS_MAJOR ? &t->last_major : &t->last_minor,
				   outcome == VS_MAJOR ? task->maj_flt : task->min_flt);
		return;
	}
	if (cfg.targets || !task_pointer(task, mm) || !filter_matches(task))
		return;
	if ((cfg.only && cfg.only != outcome + 1) || cfg.causes)
		return;
	count_faults(VS_SLOT_OVERFLOW, 1, outcome, &f, NO_LATENCY);
	if (cfg.fault_stacks)
		stack_add(NO_STACK, outcome, 1, NO_LATENCY);
}

/** pending_of - the pending fault of the current task in the page of @address, or NULL. */
static __always_inline struct task_state *pending_of(struct task_struct *task, u64 address)
{
	struct task_state *t = 0;

	if (task_pointer(task, bpf_storage))
		t = bpf_task_storage_get(&tasks, task, 0, 0);
	return t && t->pending.active && same_page(t->pending.address, address) ? t : 0;
}

/**
 * still_identified - the VMA that was found when the fault began is still valid
 *
 * A stack may have had to grow first, and a VMA that was being changed may have been read in an
 * inconsistent state. While the fault was handled, the VMA's lock was held, and it still is.
 * Without a sequence (before 6.4), only a lookup that takes the lock itself is sure to be consistent.
 */
static __always_inline bool still_identified(const struct pending_fault *f, s64 seq)
{
	if (f->found != VMA_FOUND)
		return false;
	if (cfg.vma_cache)
		return seq == f->seq && seq != MM_SEQ_NONE;
	return cfg.vma_lookup != VS_LOOKUP_MAPLE;
}

/** fault_end_pending - the fault whose begin was seen by a hook has ended. */
static __always_inline void fault_end_pending(struct task_struct *task, struct task_state *t,
					      enum vs_outcome outcome)
{
	const struct task_id id = { task->tgid, task->pid, task->comm };
	struct pending_fault *f = &t->pending;
	const u64 duration_ns = run_end(task, &t->run, f->begin_ns);

	/* accounted by the kernel before counting began */
	if (outcome == VS_MAJOR ? t->last_major >= task->maj_flt : t->last_minor >= task->min_flt)
		return;
	/* the iterator settles no task with a pending fault: the count comes before the end */
	if (outcome == VS_MAJOR)
		t->last_major++;
	else
		t->last_minor++;
	barrier();
	f->active = 0;
	f->runqueue = t->run.runqueue_ns;
	f->blocked = t->run.blocked_ns;
	f->unsplit = t->run.unsplit_ns;
	if (t->wait.fault.used || f->blocked)
		waits_of_fault(t, duration_ns);
	if (!still_identified(f, mm_sequence(task)))
		identify_again(t);
	page_mapped(t->mm, f);
	f->cause = cause_at_end(f, outcome);
	stack_at_end(t, f, outcome);
	fault_ended(&id, t, f, outcome, duration_ns);
}

/**
 * fault_end_unpaired - a fault ended whose begin was not seen: a nested or a kernel-initiated fault
 * @origin, @trapless: as for fault_end()
 *
 * A global function: the verifier checks it separately from the path of all other faults.
 */
__weak __noinline int fault_end_unpaired(u64 address, u32 outcome, u32 origin, u32 trapless)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = traced_image(task, false);
	struct pending_fault *own;

	if (!t) {
		begun_before(task, outcome, origin);
		return 0;
	}
	/* the iterator may have counted it already */
	if (!count_take(outcome == VS_MAJOR ? &t->last_major : &t->last_minor,
			outcome == VS_MAJOR ? task->maj_flt : task->min_flt))
		return 0;
	own = &t->unpaired;
	__builtin_memset(own, 0, sizeof(*own));
	own->address = address;
	own->origin = origin;
	own->access = VS_ACCESS_UNKNOWN;
	if (origin == VS_ORIGIN_GUP)
		own->cause = trapless;
	else if (every_latency())
		count_lost(VS_LOST_LATENCY);
	own->stack = NO_STACK;
	identify(task, t, mm_sequence(task), own);
	stack_at_end(t, own, outcome);
	t->task = (u64)task;
	fault_over(t, own, outcome);
	return 0;
}

/**
 * fault_end - a fault of the current task was accounted by the kernel
 * @task: the current task
 * @address: faulting address
 * @outcome: VS_MINOR or VS_MAJOR
 * @origin: used if no begin was seen
 * @trapless: cause of a kernel-initiated fault, if @origin is VS_ORIGIN_GUP
 *
 * A fault that began while faults were counted is counted, even if counting has ended since.
 */
static __always_inline void fault_end(struct task_struct *task, u64 address,
				      enum vs_outcome outcome, enum vs_origin origin,
				      enum vs_cause trapless)
{
	struct task_state *t;

	if (counting == COUNTING_SOON)
		return;
	t = origin == VS_ORIGIN_GUP ? 0 : pending_of(task, address);
	if (t && t->mm == (u64)task_pointer(task, mm)) {
		fault_end_pending(task, t, outcome);
		return;
	}
	if (counts_now())
		fault_end_unpaired(address, outcome, origin, trapless);
}

#endif /* VMASCOPE_ACCOUNT_BPF_H */
