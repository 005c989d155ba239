/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash.bpf.h - the surroundings of a fault that will end in a signal, taken down while the
 * process still has them: the nearest VMAs, and the one of the instruction.
 */
#ifndef VMASCOPE_CRASH_BPF_H
#define VMASCOPE_CRASH_BPF_H

#include "cause.bpf.h"
#include "vma.bpf.h"

/** is_crash - the fault asks for a signal; a stack that can grow looks the same until it has. */
static __always_inline bool is_crash(const struct pending_fault *f)
{
	return f->origin == VS_ORIGIN_USER &&
	       (f->cause == VS_CAUSE_SEGV_MAPERR || f->cause == VS_CAUSE_SEGV_ACCERR ||
		f->cause == VS_CAUSE_PKEY || f->cause == VS_CAUSE_SIGBUS);
}

/** crash_emit - a ring record of the surroundings. */
static __noinline int crash_emit(struct task_struct *task, struct task_state *t,
				 const struct pending_fault *f, u64 sp)
{
	struct maple_span span = { .min = f->vma.start, .max = f->vma.end - 1 };
	struct vs_event_crash *e;

	if (f->found != VMA_FOUND)
		maple_walk((u64)BPF_CORE_READ(task, mm, mm_mt.ma_root), f->address, &span);
	e = emit_reserve(sizeof(*e), VS_EVENT_CRASH, f->begin_ns);
	if (!e)
		return 0;
	e->pid = task->tgid;
	e->tid = task->pid;
	e->address = f->address;
	e->ip = f->ip;
	e->sp = sp;
	/*
	 * Before 6.13 the stack of all functions together has 512 bytes: what is to be looked up waits
	 * in the record, what is found in the task's state, and no cache is asked.
	 */
	e->near[VS_NEAR_BELOW].start = span.min - 1;
	e->near[VS_NEAR_ABOVE].start = span.max + 1;
	e->near[VS_NEAR_IP].start = f->ip;
	for (u32 i = 0; i < VS_NR_NEAR; i++) {
		struct vma_ref *ref = &t->near;

		if (vma_search(e->near[i].start, ref) != VMA_FOUND)
			ref->start = ref->end = ref->pgoff = ref->slot = ref->generation = 0;
		e->near[i].start = ref->start;
		e->near[i].end = ref->end;
		e->near[i].pgoff = ref->pgoff;
		e->near[i].slot = ref->slot;
		e->near[i].generation = ref->generation;
	}
	emit_submit(e);
	return 0;
}

#endif /* VMASCOPE_CRASH_BPF_H */
