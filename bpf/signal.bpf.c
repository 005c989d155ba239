// SPDX-License-Identifier: GPL-2.0-only
/*
 * signal.bpf.c - faults that end in a signal: the kernel generates it in the context of the task
 * that faulted, before a handler runs or a core is dumped.
 */
#include "account.bpf.h"

#include <bpf/bpf_tracing.h>

/** SEND_SIG_PRIV of include/linux/sched/signal.h: values up to it are not pointers to siginfo */
#define LAST_SPECIAL_SIGINFO 1

/** raised_by_fault - si_code is one that arch/x86/mm/fault.c uses. */
static __always_inline bool raised_by_fault(int sig, int code)
{
	if (sig == VS_SIGBUS)
		return code == VS_BUS_ADRERR || code == VS_BUS_MCEERR_AR;
	return code == VS_SEGV_MAPERR || code == VS_SEGV_ACCERR || code == VS_SEGV_PKUERR;
}

/**
 * has_handler - the task has a handler for the signal, which will run
 *
 * A blocked or ignored signal has been reset to the default action by now
 * (force_sig_info_to_task()).
 */
static __always_inline bool has_handler(struct task_struct *task, int sig)
{
	struct sighand_struct *sighand = BPF_CORE_READ(task, sighand);
	u64 handler;

	if (sig == VS_SIGBUS)
		handler = (u64)BPF_CORE_READ(sighand, action[VS_SIGBUS - 1].sa.sa_handler);
	else
		handler = (u64)BPF_CORE_READ(sighand, action[VS_SIGSEGV - 1].sa.sa_handler);
	return handler > 1; /* SIG_DFL is 0, SIG_IGN 1 */
}

SEC("tp_btf/signal_generate")
int BPF_PROG(task_signal, int sig, struct kernel_siginfo *info, struct task_struct *target)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t;
	u64 address;
	int code;

	if ((sig != VS_SIGSEGV && sig != VS_SIGBUS) || (u64)target != (u64)task ||
	    (u64)info <= LAST_SPECIAL_SIGINFO)
		return 0;
	t = bpf_task_storage_get(&tasks, task, 0, 0);
	if (!t || !t->pending.active || t->pending.origin != VS_ORIGIN_USER)
		return 0;
	/* by helper: the verifier does not treat the argument as a pointer */
	code = BPF_CORE_READ(info, si_code);
	address = (u64)BPF_CORE_READ(info, _sifields._sigfault._addr);
	if (raised_by_fault(sig, code) && !((t->pending.address ^ address) >> 12))
		fault_signalled(task, t, sig, code, has_handler(task, sig));
	return 0;
}
