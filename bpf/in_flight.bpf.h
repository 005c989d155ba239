/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * in_flight.bpf.h - faults in flight when counting ends: neither completed nor failed.
 *
 * A pending fault may also have ended in EFAULT, or have been abandoned for a signal: then the task
 * is executing elsewhere, as its saved registers show.
 */
#ifndef VMASCOPE_IN_FLIGHT_BPF_H
#define VMASCOPE_IN_FLIGHT_BPF_H

#include "account.bpf.h"

/* include/linux/sched.h: TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE; __TASK_STOPPED, __TASK_TRACED */
#define STATE_SLEEPS 0x3u
#define STATE_STOPPED 0xcu
/* PF_EXITING, PF_POSTCOREDUMP, PF_DUMPCORE, PF_SIGNALED */
#define PF_ENDING 0x60cu

#if defined(__TARGET_ARCH_x86)
/** sleeps - the task sleeps in the kernel, so its saved stack pointer is valid */
static __always_inline bool sleeps(struct task_struct *task)
{
	u32 state = task->__state;

	return state & STATE_SLEEPS && !(state & STATE_STOPPED);
}

/** is_trap_of - the registers at @regs are those of a trap at @ip, below the current calls. */
static __always_inline bool is_trap_of(struct task_struct *task, u64 regs, u64 ip)
{
	struct pt_regs *at = (void *)regs;

	return BPF_CORE_READ(task, thread.sp) < regs && BPF_CORE_READ(at, ip) == ip &&
	       BPF_CORE_READ(at, orig_ax) == ~0UL;
}

/** began_before - a task without a pending fault sleeps in a fault that it took in user mode. */
static __always_inline bool began_before(struct task_struct *task)
{
	struct pt_regs *regs;

	if (!sleeps(task) || task->flags & (PF_ENDING | PF_KTHREAD))
		return false;
	regs = (void *)bpf_task_pt_regs(task);
	return regs && regs->orig_ax == ~0UL && regs->cs & 3;
}
/** Minimum time in a fault to detect it in a running task: longer than a timer tick. */
#define TICKS_NS 20000000ULL

/**
 * is_inside - the task is inside of fault @f, which it took before @at_ns and whose end no hook has
 *	shown
 *
 * While it runs in user mode, timer ticks overwrite the registers of the trap with their own.
 */
static __always_inline bool is_inside(struct task_struct *task, const struct pending_fault *f,
				      u64 at_ns)
{
	struct pt_regs *top = (void *)bpf_task_pt_regs(task);

	if (sleeps(task))
		return is_trap_of(task, f->regs, f->ip);
	return f->origin == VS_ORIGIN_USER && at_ns - f->begin_ns > TICKS_NS && top &&
	       (u64)top == f->regs && top->ip == f->ip && top->orig_ax == ~0UL;
}
#else
static __always_inline bool is_inside(struct task_struct *task, const struct pending_fault *f,
				      u64 at_ns)
{
	(void)task;
	(void)f;
	(void)at_ns;
	return false;
}

static __always_inline bool sleeps(struct task_struct *task)
{
	(void)task;
	return false;
}

static __always_inline bool is_trap_of(struct task_struct *task, u64 regs, u64 ip)
{
	(void)task;
	(void)regs;
	(void)ip;
	return true;
}

static __always_inline bool began_before(struct task_struct *task)
{
	(void)task;
	return false;
}
#endif

/** is_counted - the kernel has counted a fault since the pending one began: that one has ended. */
static __always_inline bool is_counted(struct task_struct *task, const struct task_state *t)
{
	return task->min_flt > t->last_minor || task->maj_flt > t->last_major;
}

/** is_in_flight - the pending fault has not ended. */
static __always_inline bool is_in_flight(struct task_struct *task, struct task_state *t)
{
	const struct pending_fault *f = &t->pending;

	if (task->flags & PF_ENDING || is_counted(task, t) || is_resolved(task, t))
		return false;
	if (f->regs && sleeps(task))
		return is_trap_of(task, f->regs, f->ip);
	/* running in user mode: a failed fault has raised a signal, which settled it */
	return f->origin == VS_ORIGIN_USER || !is_refused(f->cause);
}

/**
 * count_so_far - an interval ends at @at_ns: count the time until then of a fault in flight
 *
 * The task may be running: part of a fault that ends meanwhile may count in the next interval.
 * If latencies are sampled, this remains for most faults, as that of failed ones does.
 */
static __noinline int count_so_far(struct task_struct *task, struct task_state *t, u64 at_ns)
{
	struct pending_fault *f = &t->pending;
	u64 begin_ns = *(volatile u64 *)&f->begin_ns, ns;
	u32 slot = f->vma.slot, generation = f->vma.generation;

	if (!cfg.latency_period || !*(volatile u8 *)&f->active || !f->regs || !begin_ns ||
	    begin_ns >= at_ns || task->flags & PF_ENDING || is_counted(task, t) ||
	    !is_inside(task, f, at_ns))
		return 0;
	if (cfg.only || (cfg.causes && !(cfg.causes & (1u << (f->cause & 31)))))
		return 0;
	if (slot == VS_SLOT_OVERFLOW) {
		slot = t->proc;
		generation = t->proc_generation;
	}
	if (!slot_holds(slot, generation))
		slot = VS_SLOT_OVERFLOW;
	ns = at_ns - begin_ns;
	if (ns <= f->so_far_ns)
		return 0;
	ns -= f->so_far_ns;
	if (!*(volatile u8 *)&f->active || *(volatile u64 *)&f->begin_ns != begin_ns)
		return 0;
	__sync_fetch_and_add(&f->so_far_ns, ns);
	return so_far_add(t, slot, f->cause, ns);
}

/** in_flight_emit - emit a record; @since_ns: begin of the fault, 0: unknown */
static __noinline int in_flight_emit(struct task_struct *task, struct task_state *t,
				     const struct pending_fault *f, u64 since_ns)
{
	u64 now = bpf_ktime_get_ns();
	const struct task_id id = { task->tgid, task->pid, task->comm };
	struct vs_event_fault *e;

	if (cfg.only || (cfg.causes && !(cfg.causes & (1u << (f->cause & 31)))))
		return 0;
	e = emit_reserve(sizeof(*e), VS_EVENT_IN_FLIGHT, since_ns ? since_ns : now);
	if (!e)
		return 0;
	fault_describe(&id, t, f, VS_INCOMPLETE, since_ns ? now - since_ns : 0, e);
	emit_submit(e);
	return 0;
}

/** take_in_flight - end the pending state of a task's fault in flight, if there is one. */
static __noinline int take_in_flight(struct task_struct *task, struct task_state *t)
{
	struct pending_fault *f = &t->pending;

	if (f->active) {
		if (!is_in_flight(task, t))
			return 0;
		f->active = 0;
		return in_flight_emit(task, t, f, f->begin_ns);
	}
	if (!began_before(task))
		return 0;
	f = &t->unpaired;
	__builtin_memset(f, 0, sizeof(*f));
	f->origin = VS_ORIGIN_USER;
	f->access = VS_ACCESS_UNKNOWN;
	return in_flight_emit(task, t, f, 0);
}

#endif /* VMASCOPE_IN_FLIGHT_BPF_H */
