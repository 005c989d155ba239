/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flusher.bpf.h - the initiator and reason of a TLB flush: the memory call that the task is inside
 * of, or another reason.
 */
#ifndef VMASCOPE_FLUSHER_BPF_H
#define VMASCOPE_FLUSHER_BPF_H

#include "compat_syscalls.bpf.h"
#include "kread.bpf.h"
#include "memcall.bpf.h"

/** NAME8 - the first eight bytes of a command name, as a little-endian number reads them */
#define NAME8(a, b, c, d, e, f, g, h)                                                              \
	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 | (u64)(e) << 32 |             \
	 (u64)(f) << 40 | (u64)(g) << 48 | (u64)(h) << 56)

/** kthread_call - the reason of a flush by a kernel thread, from its name. */
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

/** fault_call - the reason of a flush inside a fault of this cause. */
static __always_inline u32 fault_call(u32 cause)
{
	return cause == VS_CAUSE_COW	     ? VS_CALL_COW
	       : cause == VS_CAUSE_NUMA_HINT ? VS_CALL_NUMA
	       : cause == VS_CAUSE_UFFD	     ? VS_CALL_UFFD
					     : VS_CALL_FAULT;
}

#if defined(__TARGET_ARCH_x86)
/* The result register of a task until its system call has ended (entry_SYSCALL_64). */
#define NO_RESULT_YET (-38) /* -ENOSYS */

/** other_syscall_call - the reason of a flush in a system call that is not followed. */
static __always_inline u32 other_syscall_call(u64 nr, const struct pt_regs *regs)
{
	switch (nr) {
	case __NR_ioctl:
		return ioctl_call(regs->si);
#define SYSCALL_CASE(name, id)                                                                     \
	case __NR_##name:                                                                          \
		return VS_CALL_##id;
		VS_EACH_FLUSHING_SYSCALL(SYSCALL_CASE)
#undef SYSCALL_CASE
	default:
		return VS_CALL_SYSCALL;
	}
}

/** compat_detail - vs_call_key.detail for 32-bit system call @nr, whose flush has reason @kind */
static __always_inline u16 compat_detail(u32 kind, bool is_mmap2, u64 nr,
					 const struct pt_regs *regs)
{
	if (kind == VS_CALL_SYSCALL)
		return nr | VS_SYSCALL_COMPAT;
	if (kind == VS_CALL_MADVISE)
		return regs->dx;
	if (kind == VS_CALL_PROCESS_MADVISE)
		return regs->si;
	return kind == VS_CALL_MMAP && is_mmap2 && regs->si & VS_MAP_FIXED ? VS_MMAP_FIXED : 0;
}

/** syscall_kind - enum vs_call for a flush inside system call @nr; @detail: see vs_call_key */
static __always_inline u32 syscall_kind(struct task_struct *task, u64 nr, u16 *detail)
{
	const struct pt_regs *regs = (void *)bpf_task_pt_regs(task);
	u32 kind;
	int call;

	if (task->thread_info.status & TS_COMPAT) {
		kind = compat_syscall_call(nr, regs->cx);
		*detail = compat_detail(kind & ~COMPAT_MMAP2, kind & COMPAT_MMAP2, nr, regs);
		return kind & ~COMPAT_MMAP2;
	}
	call = syscall_call(nr);
	kind = call >= 0 ? (u32)call : other_syscall_call(nr, regs);
	if (kind == VS_CALL_SYSCALL)
		*detail = nr;
	return kind;
}
#endif

/**
 * syscall_nr - the system call that a task is inside of; -1: none, or unknown
 *
 * Work done on the way back to user mode (signals, task_work) is not inside the call.
 */
static __always_inline s64 syscall_nr(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	const struct pt_regs *regs = (void *)bpf_task_pt_regs(task);

	/* for an exception, this is not a system call number */
	return (s64)regs->ax == NO_RESULT_YET ? (s64)regs->orig_ax : -1;
#else
	return -1;
#endif
}

/* The field exists only with CONFIG_NUMA_BALANCING, which is optional. */
struct task_struct___numa {
	u64 node_stamp;
} __attribute__((preserve_access_index));

/**
 * scans_for_numa - task_numa_work() has been scheduled for this task at least once
 *
 * task_tick_numa() in kernel/sched/fair.c sets the stamp, only while NUMA balancing is enabled.
 */
static __always_inline bool scans_for_numa(struct task_struct *task)
{
	const struct task_struct___numa *t = (const void *)task;

	return bpf_core_field_exists(t->node_stamp) && BPF_CORE_READ(t, node_stamp);
}

/**
 * inside_call - the task is inside of @o
 * @nr: number of the current system call, -1: none
 *
 * If the end of a call was missed (the kernel skips programs that are already running on the CPU),
 * the call stays open: it owns neither later faults nor other system calls. A call whose task was
 * killed by a signal does not own the flushes of the task's exit.
 */
static __always_inline bool inside_call(const struct open_call *o, s64 nr)
{
	return o->begin_ns && nr >= 0 && nr == o->nr;
}

/** flusher_call() for a flush that is not inside a fault */
#define NO_FAULT (~0u)

/**
 * flusher_call - the reason of a flush of the current task that no open call owns
 * @nr: number of the current system call, -1: none
 * @cause: cause of the fault that contains the flush, or NO_FAULT
 *
 * A global function: the verifier checks it once, without the state of its callers.
 * Return: enum vs_call, and vs_call_key.detail << 16
 */
__weak __noinline u32 flusher_call(s64 nr, u32 cause)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (task->flags & PF_KTHREAD)
		return kthread_call(task);
	if (task_pointer(task, reclaim_state))
		return VS_CALL_RECLAIM;
	if (task->flags & PF_EXITING)
		return VS_CALL_EXIT;
	if (cause != NO_FAULT)
		return fault_call(cause);
#if defined(__TARGET_ARCH_x86)
	if (nr >= 0) {
		u16 detail = 0;
		u32 call = syscall_kind(task, nr, &detail);

		return call | (u32)detail << 16;
	}
#endif
	/* on the way back to user mode, only a NUMA scan flushes a task's memory */
	return scans_for_numa(task) ? VS_CALL_NUMA : VS_CALL_OTHER;
}

/** in_scope - the filters match the current task, whether or not it has an mm. */
static __always_inline bool in_scope(struct task_struct *task, const struct task_state *t)
{
	if (!counts_now() || (cfg.targets && (!t || t->flags & TASK_WAITING)))
		return false;
	return filter_matches(task);
}

/** flusher_stack - the stack of the flush: that of the fault if it is inside one, else its own. */
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
 * flusher_describe - describe the current task as the initiator of a flush
 *
 * Return: its state if it is inside a memory call, else NULL.
 */
static __noinline struct task_state *flusher_describe(struct flusher *f, u32 call)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);
	struct vs_call_key key = {};
	s64 nr = syscall_nr(task);
	u32 cause = NO_FAULT;
	bool open;

	f->traced = in_scope(task, t);
	f->pid = task->tgid;
	f->tid = task->pid;
	f->cpu = bpf_get_smp_processor_id();
	bpf_probe_read_kernel(f->comm, sizeof(f->comm), task_pointer(task, group_leader)->comm);
	open = call == VS_NR_CALLS && f->traced && t && inside_call(&t->call, nr) &&
	       (!(task->flags & PF_EXITING) || t->call.call == VS_CALL_EXIT);
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
	f->stack = (struct vs_stack_ref){};
	if (call == VS_NR_CALLS) {
		if (t && t->pending.active && (nr < 0 || t->pending.origin == VS_ORIGIN_KERNEL))
			cause = t->pending.cause;
		call = flusher_call(nr, cause);
	}
	f->call = call;
	f->detail = call >> 16;
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
	if (cfg.flush_stacks)
		flusher_stack(task, t, f);
	if (cfg.call_stack)
		key.stack = f->stack;
	if (cfg.call_tid)
		key.tid = task->pid;
	f->row = call_row_find(&key, &f->row_generation);
	return 0;
}

#endif /* VMASCOPE_FLUSHER_BPF_H */
