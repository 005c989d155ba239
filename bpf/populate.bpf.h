/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * populate.bpf.h - kernel-initiated faults (without a trap) inside a call on a range:
 * MADV_POPULATE_*, MAP_POPULATE, mlock and growth of locked memory. They belong to its VMA.
 */
#ifndef VMASCOPE_POPULATE_BPF_H
#define VMASCOPE_POPULATE_BPF_H

#include "account.bpf.h"
#include "kread.bpf.h"

/** populate_begin - kernel-initiated faults of the current task until now belong to no call. */
static __always_inline void populate_begin(struct task_struct *task, struct task_state *t)
{
	if (task->min_flt != t->last_minor || task->maj_flt != t->last_major)
		settle_current(t);
}

/** maps_anew - a call is mapping memory: faults in its range follow from no other call. */
static __always_inline bool maps_anew(const struct open_call *o)
{
	return o->begin_ns &&
	       (o->call == VS_CALL_MMAP || o->call == VS_CALL_BRK || o->call == VS_CALL_MREMAP);
}

/**
 * populate_end - faults since populate_begin() belong to the VMA of [@start, @end), if there is
 * only one
 *
 * @t: state of the current task; its call.ref is used for the lookup of the VMA
 *
 * A global function: the verifier checks it once, without the state of its callers.
 */
__weak __noinline int populate_end(struct task_state *t, u64 start, u64 end)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct vma_ref *ref;
	u64 minor, major;
	u32 slot;

	if (!t)
		return 0;
	ref = &t->call.ref;
	if (!counts_now() || t->pending.active || t->mm != (u64)task_pointer(task, mm))
		return 0;
	minor = counts_take(&t->last_minor, task->min_flt);
	major = counts_take(&t->last_major, task->maj_flt);
	if (!minor && !major)
		return 0;
	if (cfg.refaults && !maps_anew(&t->call))
		refaults_unplaced(t, minor + major);
	slot = process_slot(task, t);
	if (start < end && vma_lookup(task, t, mm_sequence(task), start, ref) == VMA_FOUND &&
	    end <= ref->end && ref->slot)
		slot = ref->slot;
	count_gup(slot, minor, major);
	return 0;
}

#endif /* VMASCOPE_POPULATE_BPF_H */
