/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * account.bpf.h - a task's faults: begun, ended, and held against the kernel's own counts.
 *
 * The kernel adds each completed fault to task->min_flt or maj_flt (mm_account_fault() in
 * mm/memory.c). What these run ahead of the faults that hooks showed is told apart from them:
 * either the fault that is pending ended without its hook, or it was taken without a trap.
 */
#ifndef VMASCOPE_ACCOUNT_BPF_H
#define VMASCOPE_ACCOUNT_BPF_H

#include "cause.bpf.h"
#include "crash.bpf.h"
#include "filter.bpf.h"
#include "heat.bpf.h"
#include "hist.bpf.h"
#include "ranges.bpf.h"
#include "stack.bpf.h"
#include "vma.bpf.h"

/* --- counting ----------------------------------------------------------------------------- */

/** count_faults - add @n faults to @slot */
static __always_inline void count_faults(u32 slot, u64 n, enum vs_outcome outcome,
					 const struct pending_fault *f, u64 duration_ns)
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
	if (f->mapped) {
		stats_add(&c->mapped, f->mapped);
		stats_add(&c->size[f->size & 3], 1);
	}
	if (!duration_ns)
		return;
	stats_add(&c->latency_count, n);
	stats_add(&c->latency_sum_ns, duration_ns);
	if (duration_ns > c->latency_max_ns)
		c->latency_max_ns = duration_ns;
}

/** fault_emit - a ring record of one fault. */
static __always_inline void fault_emit(struct task_struct *task, const struct task_state *t,
				       const struct pending_fault *f, enum vs_outcome outcome,
				       u64 duration_ns)
{
	struct vs_slot *s = slot_at(f->vma.slot);
	struct vs_event_fault *e;

	if (s && s->muted)
		return;
	e = emit_reserve(sizeof(*e), VS_EVENT_FAULT,
			 f->begin_ns ? f->begin_ns : bpf_ktime_get_ns());
	if (!e) {
		/* the sample has nothing to be counted by */
		if (is_sample(f->stack))
			stack_add((struct vs_stack_ref){}, outcome, 1, duration_ns);
		return;
	}
	e->duration_ns = duration_ns;
	e->address = f->address;
	e->ip = f->ip;
	e->pid = task->tgid;
	e->tid = task->pid;
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
	e->mapped = f->mapped;
	e->stack = f->stack;
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), task->comm);
	emit_submit(e);
}

/** count_outside - a fault without a VMA slot goes to its process, with the reason. */
static __always_inline void count_outside(const struct task_state *t, struct pending_fault *f)
{
	struct vs_slot *s = slot_at(t->proc);

	f->vma.slot = t->proc;
	f->vma.generation = t->proc_generation;
	if (f->found == VMA_MISSED)
		count_lost(VS_LOST_LOOKUPS);
	if (s && t->proc)
		__sync_fetch_and_add(f->found == VMA_FOUND  ? &s->proc.no_slot
				     : f->found == VMA_NONE ? &s->proc.no_address
							    : &s->proc.lookup_missed,
				     1);
}

/** fault_ended - count, and emit if asked, a fault whose outcome is known. */
static __always_inline void fault_ended(struct task_struct *task, struct task_state *t,
					struct pending_fault *f, enum vs_outcome outcome,
					u64 duration_ns)
{
	if (cfg.only && cfg.only != outcome + 1)
		return;
	if (cfg.causes && !(cfg.causes & (1u << (f->cause & 31))))
		return;
	if (f->origin != VS_ORIGIN_GUP)
		t->faults++;
	t->fault_ns += duration_ns;
	if (f->vma.slot == VS_SLOT_OVERFLOW)
		count_outside(t, f);
	if (!slot_holds(f->vma.slot, f->vma.generation)) {
		count_lost(VS_LOST_IDENTITY);
		f->vma.slot = VS_SLOT_OVERFLOW;
	}
	count_faults(f->vma.slot, 1, outcome, f, duration_ns);
	if (cfg.fault_stacks && !is_sample(f->stack))
		stack_add(f->stack, outcome, 1, duration_ns);
	if (duration_ns)
		hist_add(t, f, duration_ns);
	heat_add(task->tgid, f->vma.slot, f->address);
	if (cfg.refaults)
		refault_count(t->mm, f->address,
			      t->proc | (f->cause == VS_CAUSE_COW ? REFAULT_COW : 0), f->begin_ns,
			      duration_ns);
	if (cfg.emit_faults)
		fault_emit(task, t, f, outcome, duration_ns);
}

/** count_gup - faults of the task that came with no trap: get_user_pages() and its kin. */
static __always_inline void count_gup(const struct task_state *t, u64 n, enum vs_outcome outcome)
{
	struct pending_fault f = { .origin = VS_ORIGIN_GUP,
				   .access = VS_ACCESS_UNKNOWN,
				   .cause = VS_CAUSE_GUP };
	u32 slot = t->proc;

	if (!n || (cfg.only && cfg.only != outcome + 1))
		return;
	if (cfg.causes && !(cfg.causes & (1u << VS_CAUSE_GUP)))
		return;
	count_faults(slot_holds(slot, t->proc_generation) ? slot : VS_SLOT_OVERFLOW, n, outcome, &f,
		     0);
	if (cfg.fault_stacks)
		stack_add(NO_STACK, outcome, n, 0);
}

/**
 * settle - hold what was counted of a task against the kernel's own counts
 *
 * Called where a new fault begins and where a task ends: a fault that is still pending then has
 * ended in some way that no hook told.
 */
static __noinline void settle(struct task_struct *task, struct task_state *t)
{
	u64 minor = task->min_flt > t->last_minor ? task->min_flt - t->last_minor : 0;
	u64 major = task->maj_flt > t->last_major ? task->maj_flt - t->last_major : 0;

	t->last_minor = task->min_flt;
	t->last_major = task->maj_flt;
	if (t->pending.active) {
		enum vs_outcome outcome = VS_INCOMPLETE;

		t->pending.active = 0;
		if (major) {
			outcome = VS_MAJOR;
			major--;
		} else if (minor) {
			outcome = VS_MINOR;
			minor--;
		}
		if (outcome != VS_INCOMPLETE)
			count_lost(VS_LOST_LATENCY);
		fault_ended(task, t, &t->pending, outcome, 0);
	}
	if (minor)
		count_gup(t, minor, VS_MINOR);
	if (major)
		count_gup(t, major, VS_MAJOR);
}

/* --- process images ------------------------------------------------------------------------ */

/** proc_new - describe the process image of @task, whose mm is @mm. Return: its slot, or 0. */
static __noinline u32 proc_new(struct task_struct *task, u64 mm)
{
	struct task_struct *leader = task->group_leader;
	u32 tgid = task->tgid, slot = slot_take(0);
	struct vs_slot *s = slot_at(slot);
	struct proc_entry entry = { .mm = mm, .slot = slot }, *other;

	if (!slot || !s)
		return VS_SLOT_OVERFLOW;
	s->muted = 0;
	s->proc.mm = mm;
	s->proc.start_ns = leader->start_boottime;
	s->proc.cgroup = bpf_get_current_cgroup_id();
	s->proc.base_minor = 0;
	s->proc.base_major = 0;
	s->proc.pid = tgid;
	s->proc.ppid = task->real_parent->tgid;
	s->proc.uid = task->cred->uid.val;
	s->proc.state = 0;
	s->proc.exit_code = 0;
	s->proc.no_address = 0;
	s->proc.lookup_missed = 0;
	s->proc.no_slot = 0;
	__builtin_memset(s->proc.hist, 0, sizeof(s->proc.hist));
	bpf_probe_read_kernel(s->proc.comm, sizeof(s->proc.comm), leader->comm);

	other = bpf_map_lookup_elem(&procs, &tgid);
	if (other && other->mm == mm) {
		/* another thread was first */
		slot_untake(slot);
		return other->slot;
	}
	if (other) {
		struct vs_slot *old = slot_at(other->slot);

		if (old)
			old->proc.state |= VS_PROC_REPLACED;
	}
	if (bpf_map_update_elem(&procs, &tgid, &entry, other ? BPF_ANY : BPF_NOEXIST)) {
		slot_untake(slot);
		other = bpf_map_lookup_elem(&procs, &tgid);
		return other && other->mm == mm ? other->slot : VS_SLOT_OVERFLOW;
	}
	slot_publish(s, VS_SLOT_PROC);
	return slot;
}

/** switch_image - the task has another mm than the state is about: exec, or its first fault. */
static __noinline void switch_image(struct task_struct *task, struct task_state *t, u64 mm)
{
	u32 tgid = task->tgid;
	struct proc_entry *p;
	struct vs_slot *s;

	if (t->flags & TASK_WAITING) {
		t->last_minor = task->min_flt;
		t->last_major = task->maj_flt;
	} else if (t->mm) {
		settle(task, t);
	}
	p = bpf_map_lookup_elem(&procs, &tgid);
	t->proc = p && p->mm == mm ? p->slot : proc_new(task, mm);
	t->mm = mm;
	t->cache_seq = -1;
	s = slot_at(t->proc);
	if (!s)
		return;
	t->proc_generation = s->generation;
	if (t->flags & TASK_WAITING && t->proc) {
		s->proc.base_minor = t->last_minor;
		s->proc.base_major = t->last_major;
	}
	t->flags &= ~TASK_WAITING;
}

/**
 * traced_image - traced(), with the state brought up to the task's present mm
 *
 * Return: NULL also for kernel threads, and for vmascope's own child until its exec.
 */
static __always_inline struct task_state *traced_image(struct task_struct *task, bool create)
{
	struct task_state *t = traced(task, create);
	u64 mm = (u64)task->mm;

	if (!t || !mm || t->flags & TASK_FRESH)
		return 0;
	if (t->mm != mm) {
		if (t->flags & TASK_WAITING && !t->mm) {
			t->mm = mm;
			return 0;
		}
		switch_image(task, t, mm);
	} else if (t->flags & TASK_WAITING) {
		return 0;
	}
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

/** fault_begin - a fault of the current task begins. */
static __always_inline void fault_begin(struct task_struct *task, u64 address, u64 ip, u64 sp,
					enum vs_access access, enum vs_origin origin,
					u32 error_code)
{
	struct task_state *t = traced_image(task, true);
	struct pending_fault *f;
	s64 seq;

	if (!t)
		return;
	f = &t->pending;
	if (f->active || task->min_flt != t->last_minor || task->maj_flt != t->last_major)
		settle(task, t);
	f->address = address;
	f->ip = ip;
	f->access = access;
	f->origin = origin;
	f->error_code = error_code;
	f->mapped = 0;
	f->size = VS_SIZE_PAGE;
	seq = mm_sequence(task);
	identify(task, t, seq, f);
	page_read(task, t, seq, address, &f->page);
	f->cause = cause_at_begin(f);
	if (cfg.fault_stacks)
		stack_take(t, &f->stack);
	f->active = 1;
	f->begin_ns = bpf_ktime_get_ns();
	if (cfg.crash && is_crash(f))
		crash_emit(task, t, f, sp);
}

/** same_page - the hooks of one fault may differ in the offset within the page. */
static __always_inline bool same_page(u64 a, u64 b)
{
	return !((a ^ b) >> 12);
}

/** count_stateless - a fault of a task that should be traced, but of which nothing is known. */
static __always_inline void count_stateless(struct task_struct *task, enum vs_outcome outcome,
					    enum vs_origin origin)
{
	struct pending_fault f = { .origin = origin, .access = VS_ACCESS_UNKNOWN };

	if (cfg.targets || !task->mm || !filter_matches(task))
		return;
	if ((cfg.only && cfg.only != outcome + 1) || cfg.causes)
		return;
	count_faults(VS_SLOT_OVERFLOW, 1, outcome, &f, 0);
	if (cfg.fault_stacks)
		stack_add(NO_STACK, outcome, 1, 0);
}

/**
 * fault_end - a fault of the current task was accounted by the kernel
 * @task: the current task
 * @address: of the fault
 * @outcome: VS_MINOR or VS_MAJOR
 * @origin: used where no begin was seen
 * @trapless: why it was taken, if @origin is VS_ORIGIN_GUP
 */
static __always_inline void fault_end(struct task_struct *task, u64 address,
				      enum vs_outcome outcome, enum vs_origin origin,
				      enum vs_cause trapless)
{
	struct task_state *t = traced_image(task, false);
	struct pending_fault *f, *own;
	u64 now;

	if (!t) {
		count_stateless(task, outcome, origin);
		return;
	}
	now = bpf_ktime_get_ns();
	f = &t->pending;
	/* accounted by the kernel before we began to count */
	if (outcome == VS_MAJOR ? t->last_major >= task->maj_flt : t->last_minor >= task->min_flt)
		return;
	if (outcome == VS_MAJOR)
		t->last_major++;
	else
		t->last_minor++;
	if (f->active && origin != VS_ORIGIN_GUP && same_page(f->address, address)) {
		f->active = 0;
		/* a stack that had to grow first: now the address is in it; a tree in change: no more */
		if (f->found != VMA_FOUND)
			identify(task, t, mm_sequence(task), f);
		page_mapped(task, f);
		f->cause = cause_at_end(f, outcome);
		fault_ended(task, t, f, outcome, now - f->begin_ns);
		return;
	}
	/* It began before we were here, inside another fault, or without a trap. */
	own = &t->unpaired;
	__builtin_memset(own, 0, sizeof(*own));
	own->address = address;
	own->origin = origin;
	own->access = VS_ACCESS_UNKNOWN;
	if (origin == VS_ORIGIN_GUP)
		own->cause = trapless;
	else
		count_lost(VS_LOST_LATENCY);
	if (cfg.fault_stacks)
		stack_take(t, &own->stack);
	identify(task, t, mm_sequence(task), own);
	fault_ended(task, t, own, outcome, 0);
}

#endif /* VMASCOPE_ACCOUNT_BPF_H */
