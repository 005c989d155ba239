/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash.bpf.h - the context of a fault that raised a signal, recorded while the process still has
 * it: the nearest VMAs, the VMA of the instruction, and the mapped file.
 */
#ifndef VMASCOPE_CRASH_BPF_H
#define VMASCOPE_CRASH_BPF_H

#include "cause.bpf.h"
#include "vma.bpf.h"

/** crash_near - describe the VMAs near the fault. */
static __always_inline void crash_near(struct task_struct *task, struct task_state *t,
				       const struct pending_fault *f, struct vs_event_crash *e)
{
	struct maple_span span = { .min = f->vma.start, .max = f->vma.end - 1 };

	if (f->found != VMA_FOUND)
		maple_walk((u64)BPF_CORE_READ(task, mm, mm_mt.ma_root), f->address, &span);
	/*
	 * Before 6.13 the combined stack of all functions is limited to 512 bytes: addresses to
	 * look up are kept in the record, results are kept in the task's state, and the cache is
	 * not used.
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
}

/** crash_file - describe the file that is mapped at the faulting address. */
static __always_inline void crash_file(const struct pending_fault *f, struct vs_event_crash *e)
{
	struct inode *inode = (void *)f->vma.inode;
	struct super_block *sb;

	e->file_size = e->fs_limit = e->fs_magic = e->file_mode = 0;
	if (f->found != VMA_FOUND || !inode)
		return;
	sb = BPF_CORE_READ(inode, i_sb);
	e->file_size = BPF_CORE_READ(inode, i_size);
	e->file_mode = BPF_CORE_READ(inode, i_mode);
	e->fs_magic = BPF_CORE_READ(sb, s_magic);
	if (e->fs_magic == VS_TMPFS_MAGIC && bpf_core_type_exists(struct shmem_sb_info)) {
		struct shmem_sb_info *info = BPF_CORE_READ(sb, s_fs_info);

		e->fs_limit = BPF_CORE_READ(info, max_blocks) << 12;
	}
}

/** crash_emit - emit a record of the context of @f, which raised signal @sig. */
static __noinline int crash_emit(struct task_struct *task, struct task_state *t,
				 const struct pending_fault *f, int sig, int code)
{
	struct vs_event_crash *e = emit_reserve(sizeof(*e), VS_EVENT_CRASH, f->begin_ns);

	if (!e)
		return 0;
	e->pid = task->tgid;
	e->tid = task->pid;
	e->address = f->address;
	e->ip = f->ip;
	e->sp = f->sp;
	e->entry = f->page.readable ? f->page.entry : 0;
	e->signal = sig;
	e->code = code;
	e->handled = f->handled;
	crash_file(f, e);
	crash_near(task, t, f, e);
	emit_submit(e);
	return 0;
}

#endif /* VMASCOPE_CRASH_BPF_H */
