// SPDX-License-Identifier: GPL-2.0-only
/*
 * memcall.bpf.c - memory calls of traced tasks, at their end: what was unmapped or protected.
 *
 * Attached only where somebody asks for them: the tracepoint slows every system call of every
 * task (SYSCALL_WORK_SYSCALL_TRACEPOINT).
 */
#include "emit.bpf.h"
#include "filter.bpf.h"

#include <bpf/bpf_tracing.h>

#if defined(__TARGET_ARCH_x86)
/* arch/x86/entry/syscalls/syscall_64.tbl */
static __always_inline int call_of(u64 nr)
{
	switch (nr) {
	case 9:
		return VS_CALL_MMAP;
	case 10:
		return VS_CALL_MPROTECT;
	case 11:
		return VS_CALL_MUNMAP;
	case 12:
		return VS_CALL_BRK;
	case 25:
		return VS_CALL_MREMAP;
	case 28:
		return VS_CALL_MADVISE;
	case 329:
		return VS_CALL_PKEY_MPROTECT;
	default:
		return -1;
	}
}

/* the arguments are still in their registers, as the kernel keeps them for a restart */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_done, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	int call = call_of(regs->orig_ax);
	struct vs_event_call *e;

	if (call < 0 || (ret < 0 && ret >= -4095) || !traced(task, false))
		return 0;
	e = emit_reserve(sizeof(*e), VS_EVENT_CALL, bpf_ktime_get_ns());
	if (!e)
		return 0;
	e->pid = task->tgid;
	e->tid = task->pid;
	e->call = call;
	e->pad = 0;
	e->start = regs->di;
	e->length = regs->si;
	e->argument = regs->dx;
	e->result = ret;
	emit_submit(e);
	return 0;
}
#endif
