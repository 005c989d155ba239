/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * image.bpf.h - process images: one mm in one process, each with a slot.
 */
#ifndef VMASCOPE_IMAGE_BPF_H
#define VMASCOPE_IMAGE_BPF_H

#include "cgroup.bpf.h"
#include "slots.bpf.h"

/*
 * Global functions: the verifier checks each once instead of at each call. They take
 * the task's address and read it by helper: Linux 6.1 does not accept a task as an argument, and
 * later verifiers search all type information for each pointer that is loaded from a trusted task.
 */

/**
 * proc_new - describe the process image with mm @mm of the task at @at, which need not be the
 * current task
 *
 * Return: its slot, or 0.
 */
__weak __noinline u32 proc_new(u64 at, u64 mm)
{
	struct task_struct *task = (void *)at, *leader = BPF_CORE_READ(task, group_leader);
	u32 tgid = BPF_CORE_READ(task, tgid), slot = slot_take(0);
	struct vs_slot *s = slot_at(slot);
	struct proc_entry entry = { .mm = mm, .slot = slot }, *other;

	if (!slot || !s)
		return VS_SLOT_OVERFLOW;
	s->choice = VS_SLOT_UNDECIDED;
	s->proc.mm = mm;
	s->proc.start_ns = BPF_CORE_READ(leader, start_boottime);
	s->proc.cgroup = cgroup_id(task_cgroup(task));
	s->proc.base_minor = 0;
	s->proc.base_major = 0;
	s->proc.pid = tgid;
	s->proc.ppid = BPF_CORE_READ(task, real_parent, tgid);
	s->proc.uid = BPF_CORE_READ(task, cred, uid.val);
	s->proc.state = 0;
	s->proc.exit_code = 0;
	s->proc.no_address = 0;
	s->proc.lookup_missed = 0;
	s->proc.no_slot = 0;
	__builtin_memset(s->proc.hist, 0, sizeof(s->proc.hist));
	bpf_probe_read_kernel(s->proc.comm, sizeof(s->proc.comm), leader->comm);

	other = bpf_map_lookup_elem(&procs, &tgid);
	if (other && other->mm == mm) {
		/* another thread added it first */
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

/** process_slot_of - process_slot() for the task at @t->task */
__weak __noinline u32 process_slot_of(struct task_state *t)
{
	struct task_struct *task;
	struct proc_entry *p;
	u32 tgid;
	u64 mm;

	if (!t)
		return VS_SLOT_OVERFLOW;
	if (t->proc && slot_holds(t->proc, t->proc_generation))
		return t->proc;
	task = (void *)t->task;
	tgid = BPF_CORE_READ(task, tgid);
	p = bpf_map_lookup_elem(&procs, &tgid);
	if (p)
		return p->slot;
	/* before 6.16, an exiting thread has no mm any more */
	mm = (u64)BPF_CORE_READ(task, mm);
	if (!mm)
		mm = (u64)BPF_CORE_READ(task, group_leader, mm);
	return mm ? proc_new(t->task, mm) : VS_SLOT_OVERFLOW;
}

/**
 * process_slot - the slot of the present image of @task's process
 *
 * @task need not be the current one, and need not have faulted.
 * Return: the slot, VS_SLOT_OVERFLOW if there is none.
 */
static __always_inline u32 process_slot(struct task_struct *task, struct task_state *t)
{
	t->task = (u64)task;
	return process_slot_of(t);
}

#endif /* VMASCOPE_IMAGE_BPF_H */
