/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wait.bpf.h - what a fault or a memory call waits for, by reason (waits.h); see wait.bpf.c
 */
#ifndef VMASCOPE_WAIT_BPF_H
#define VMASCOPE_WAIT_BPF_H

#include "maps.bpf.h"

/** wait_none - a fault or a memory call begins: it has not waited, and does not wait. */
static __always_inline void wait_none(struct wait_mark *w, struct wait_sum *sum)
{
	/* the end of the previous wait was missed */
	w->begin_ns = 0;
	if (sum->used)
		__builtin_memset(sum, 0, sizeof(*sum));
}

#define WAIT_RESET(member, ...) f->member = 0;

/** waits_none - clear what a fault waited for. */
static __always_inline void waits_none(struct pending_fault *f)
{
	VS_EACH_WAIT(WAIT_RESET)
	f->waited = 0;
}

/** waits_of_fault - the pending fault of @t ends after @duration_ns: set its figures of VS_EACH_WAIT. */
int waits_of_fault(struct task_state *t, u64 duration_ns);

/** wait_part - subtract from @left what @ns has of it. Return: this part. */
static __always_inline u64 wait_part(u64 ns, u64 *left)
{
	if (ns > *left)
		ns = *left;
	*left -= ns;
	return ns;
}

/** wait_other - the part of @blocked_ns that is not in the waits of @sum */
static __always_inline u64 wait_other(const struct wait_sum *sum, u64 blocked_ns)
{
	return blocked_ns > sum->blocked_ns ? blocked_ns - sum->blocked_ns : 0;
}

#endif /* VMASCOPE_WAIT_BPF_H */
