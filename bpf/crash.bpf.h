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
	u64 at[VS_NR_NEAR];

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
	at[VS_NEAR_BELOW] = span.min - 1;
	at[VS_NEAR_ABOVE] = span.max + 1;
	at[VS_NEAR_IP] = f->ip;
	for (u32 i = 0; i < VS_NR_NEAR; i++) {
		struct vma_ref ref = {};
		enum vma_found found;

		found = vma_lookup(task, t, mm_sequence(task), at[i], &ref);
		if (found != VMA_FOUND)
			ref.start = ref.end = ref.pgoff = ref.slot = ref.generation = 0;
		e->near[i].start = ref.start;
		e->near[i].end = ref.end;
		e->near[i].pgoff = ref.pgoff;
		e->near[i].slot = ref.slot;
		e->near[i].generation = ref.generation;
	}
	emit_submit(e);
	return 0;
}

#endif /* VMASCOPE_CRASH_BPF_H */
