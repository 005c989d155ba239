/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flusher.bpf.h - who flushes, and why: the memory call that the task is inside of, or what else is
 * known of it.
 */
#ifndef VMASCOPE_FLUSHER_BPF_H
#define VMASCOPE_FLUSHER_BPF_H

#include "memcall.bpf.h"

/** NAME8 - the first eight bytes of a command name, as a little-endian number reads them */
#define NAME8(a, b, c, d, e, f, g, h)                                                              \
	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 | (u64)(e) << 32 |             \
	 (u64)(f) << 40 | (u64)(g) << 48 | (u64)(h) << 56)

/** kthread_call - what a thread of the kernel flushes for, by its name. */
static __always_inline u32 kthread_call(struct task_struct *task)
{
	u64 name = 0;

	bpf_probe_read_kernel(&name, sizeof(name), task->comm);
	if ((name & 0xffffffffffffULL) == NAME8('k', 's', 'w', 'a', 'p', 'd', 0, 0))
		return VS_CALL_RECLAIM;
	if (name == NAME8('k', 'c', 'o', 'm', 'p', 'a', 'c', 't'))
		return VS_CALL_COMPACTION;
	if (name == NAME8('k', 'h', 'u', 'g', 'e', 'p', 'a', 'g'))
		return VS_CALL_KHUGEPAGED;
	if ((name & 0xffffffffffULL) == NAME8('k', 's', 'm', 'd', 0, 0, 0, 0))
		return VS_CALL_KSM;
	return VS_CALL_KTHREAD;
}

/** fault_call - what a fault of this cause flushes for. */
static __always_inline u32 fault_call(u32 cause)
{
	return cause == VS_CAUSE_COW	     ? VS_CALL_COW
	       : cause == VS_CAUSE_NUMA_HINT ? VS_CALL_NUMA
	       : cause == VS_CAUSE_UFFD	     ? VS_CALL_UFFD
					     : VS_CALL_FAULT;
}

#if defined(__TARGET_ARCH_x86)
/** other_syscall_call - what a system call that is not followed flushes for. */
static __always_inline u32 other_syscall_call(u64 nr)
{
	switch (nr) {
	case 16: /* ioctl: userfaultfd's is the only one that is known to flush a task's own mm */
		return VS_CALL_UFFD;
	case 26:  /* msync */
	case 74:  /* fsync */
	case 75:  /* fdatasync */
	case 162: /* sync */
	case 277: /* sync_file_range */
	case 306: /* syncfs */
		return VS_CALL_WRITEBACK;
	case 76:  /* truncate */
	case 77:  /* ftruncate */
	case 285: /* fallocate */
		return VS_CALL_TRUNCATE;
	case 237: /* mbind */
	case 256: /* migrate_pages */
	case 279: /* move_pages */
		return VS_CALL_MIGRATE;
	default:
		return VS_CALL_SYSCALL;
	}
}
#endif

/** syscall_nr - the system call that a task is inside of; -1: none, or it can't be known */
static __always_inline s64 syscall_nr(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	/* an exception leaves no system call's number there */
	return (s64)((struct pt_regs *)bpf_task_pt_regs(task))->orig_ax;
#else
	return -1;
#endif
}

/**
 * inside_call - @o is what the task is inside of
 * @nr: of the system call, -1: none
 *
 * One whose end was missed (the kernel skips programs that are at work on the CPU already) stays
 * open: it owns neither the faults behind it nor other system calls.
 */
static __always_inline bool inside_call(const struct open_call *o, s64 nr)
{
	return o->begin_ns && nr >= 0 && nr == o->nr;
}

/**
 * flusher_call - enum vs_call of a flush that no open call owns
 * @nr: of the system call, -1: none
 * @detail: set to the number of the system call, where it is VS_CALL_SYSCALL
 */
static __noinline u32 flusher_call(struct task_struct *task, const struct task_state *t, s64 nr,
				   u16 *detail)
{
	if (task->flags & PF_KTHREAD)
		return kthread_call(task);
	if (task->reclaim_state)
		return VS_CALL_RECLAIM;
	if (t && t->pending.active && (nr < 0 || t->pending.origin == VS_ORIGIN_KERNEL))
		return fault_call(t->pending.cause);
#if defined(__TARGET_ARCH_x86)
	if (nr >= 0) {
		int call = syscall_call(nr);
		u32 other = call >= 0 ? (u32)call : other_syscall_call(nr);

		if (other == VS_CALL_SYSCALL)
			*detail = nr;
		return other;
	}
#endif
	return VS_CALL_OTHER;
}

/** in_scope - the filters let the current task by, whether or not it has memory of its own. */
static __always_inline bool in_scope(struct task_struct *task, const struct task_state *t)
{
	if (!counts_now() || (cfg.targets && (!t || t->flags & TASK_WAITING)))
		return false;
	return filter_matches(task);
}

/** flusher_stack - where the flush comes from: the fault's stack where it is one's, else its own. */
static __always_inline void flusher_stack(struct task_struct *task, const struct task_state *t,
					  struct flusher *f)
{
	if (cfg.fault_stacks && t && t->pending.active && f->call >= VS_CALL_COW &&
	    f->call <= VS_CALL_FAULT && t->pending.stack.row != VS_STACK_NONE)
		f->stack = t->pending.stack;
	else
		stack_take(t && t->mm ? t : 0, &f->stack);
}

/**
 * flusher_describe - who flushes now: the current task
 *
 * Return: its state, if it is inside a memory call; else NULL.
 */
static __noinline struct task_state *flusher_describe(struct flusher *f, u32 call)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);
	struct vs_call_key key = {};
	s64 nr = syscall_nr(task);
	bool open;

	f->traced = in_scope(task, t);
	f->pid = task->tgid;
	f->tid = task->pid;
	f->cpu = bpf_get_smp_processor_id();
	bpf_probe_read_kernel(f->comm, sizeof(f->comm), task->group_leader->comm);
	open = call == VS_NR_CALLS && f->traced && t && inside_call(&t->call, nr);
	if (open) {
		f->id = t->call.id;
		f->row = t->call.row;
		f->row_generation = t->call.row_generation;
		f->call = t->call.call;
		f->detail = t->call.detail;
		f->stack = (struct vs_stack_ref){};
		return t;
	}
	f->id = 0;
	f->detail = 0;
	f->stack = (struct vs_stack_ref){};
	f->call = call == VS_NR_CALLS ? flusher_call(task, t, nr, &f->detail) : call;
	f->row = CALL_ROW_NONE;
	f->row_generation = 0;
	if (!f->traced)
		return 0;
	key.call = f->call;
	key.detail = f->detail;
	if (t && t->mm) {
		key.proc = t->proc;
		key.proc_generation = t->proc_generation;
		if (cfg.call_vma && f->call >= VS_CALL_COW && f->call <= VS_CALL_FAULT &&
		    f->call != VS_CALL_UFFD && t->pending.active) {
			key.vma = t->pending.vma.slot;
			key.vma_generation = t->pending.vma.generation;
		}
	}
	if (cfg.call_stacks)
		flusher_stack(task, t, f);
	if (cfg.call_stack)
		key.stack = f->stack;
	if (cfg.call_tid)
		key.tid = task->pid;
	f->row = call_row_find(&key, &f->row_generation);
	return 0;
}

#endif /* VMASCOPE_FLUSHER_BPF_H */
