// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait.bpf.c - the waits of a fault or a memory call: for the mmap_lock, and while its thread reclaims or
 * compacts memory itself.
 *
 * All hooks run in the context of the thread that waits, and only when it does. That of locks runs for
 * all locks, whenever one is contended: it compares the address, and does nothing else for others.
 *
 * A wait is counted for the fault and the call in which it began. A wait within another one is a part
 * of that. Where the end of a wait was missed, its time is unknown; it is not counted for a reason.
 */
#include "wait.bpf.h"
#include "compat.bpf.h"
#include "kread.bpf.h"
#include "run.bpf.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* LCB_F_WRITE of include/trace/events/lock.h (ee042be16cb4, 5.19) */
#define LOCK_WRITER 4u

#define BIT(reason) (1u << (reason))
#define LOCKS (BIT(VS_WAIT_mmap_lock_read) | BIT(VS_WAIT_mmap_lock_write))

/** fault_in_flight - the task is inside of its pending fault: the kernel has not counted it yet */
static __always_inline bool fault_in_flight(struct task_struct *task, const struct task_state *t)
{
	return t->pending.active && task->min_flt == t->last_minor &&
	       task->maj_flt == t->last_major;
}

static __always_inline struct task_state *waiting_task(struct task_struct *task)
{
	return task_pointer(task, bpf_storage) ? bpf_task_storage_get(&tasks, task, 0, 0) : 0;
}

/** wait_begins - the current task waits for @reason, if it is inside of a fault or a memory call. */
static __noinline int wait_begins(u32 reason)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = waiting_task(task);
	struct wait_mark *w;

	if (!t || t->wait.begin_ns || (!t->call.begin_ns && !fault_in_flight(task, t)))
		return 0;
	w = &t->wait;
	w->reason = reason;
	if (cfg.run_times)
		run_begin(&w->run);
	w->begin_ns = bpf_ktime_get_ns();
	run_begun(task, &w->run);
	return 0;
}

static __always_inline void wait_add(struct wait_sum *sum, u64 reason, u64 ns, u64 blocked_ns)
{
	if (reason >= VS_NR_WAITS)
		return;
	sum->ns[reason] += ns;
	sum->blocked_ns += blocked_ns;
	sum->used = 1;
}

/** wait_ends - the current task no longer waits for one of @reasons. */
static __noinline int wait_ends(u32 reasons)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = waiting_task(task);
	struct wait_mark *w;
	u64 ns;

	if (!t || !t->wait.begin_ns)
		return 0;
	w = &t->wait;
	if (!(reasons & BIT(w->reason & 31)))
		return 0;
	ns = run_end(task, &w->run, w->begin_ns);
	if (fault_in_flight(task, t) && t->pending.begin_ns <= w->begin_ns)
		wait_add(&w->fault, w->reason, ns, w->run.blocked_ns);
	if (t->call.begin_ns && t->call.begin_ns <= w->begin_ns)
		wait_add(&w->call, w->reason, ns, w->run.blocked_ns);
	w->begin_ns = 0;
	return 0;
}

#define WAIT_OF_FAULT(member, ...)                                                                 \
	if (VS_WAIT_##member != VS_WAIT_other)                                                     \
		f->member = wait_part(sum->ns[VS_WAIT_##member], &left);

__noinline int waits_of_fault(struct task_state *t, u64 duration_ns)
{
	const struct wait_sum *sum;
	struct pending_fault *f;
	u64 left = duration_ns;

	if (!t)
		return 0;
	f = &t->pending;
	sum = &t->wait.fault;
	VS_EACH_WAIT(WAIT_OF_FAULT)
	f->other = wait_part(wait_other(sum, f->blocked), &left);
	f->waited = 1;
	return 0;
}

/* --- locks --------------------------------------------------------------------------------- */

/** is_mmap_lock - @lock is the mmap_lock of the current task */
static __always_inline bool is_mmap_lock(struct task_struct *task, u64 lock)
{
	const u64 mm = (u64)task_pointer(task, mm);

	return mm && lock == mm + bpf_core_field_offset(struct mm_struct___counted, mmap_lock);
}

SEC("tp_btf/contention_begin")
int BPF_PROG(lock_wait_begins, void *lock, unsigned int flags)
{
	if (is_mmap_lock(bpf_get_current_task_btf(), (u64)lock))
		wait_begins(flags & LOCK_WRITER ? VS_WAIT_mmap_lock_write : VS_WAIT_mmap_lock_read);
	return 0;
}

SEC("tp_btf/contention_end")
int BPF_PROG(lock_wait_ends, void *lock)
{
	if (is_mmap_lock(bpf_get_current_task_btf(), (u64)lock))
		wait_ends(LOCKS);
	return 0;
}

/* --- reclaim and compaction ---------------------------------------------------------------- */

SEC("tp_btf/mm_vmscan_direct_reclaim_begin")
int direct_reclaim_begins(void *ctx)
{
	return wait_begins(VS_WAIT_direct_reclaim);
}

SEC("tp_btf/mm_vmscan_direct_reclaim_end")
int direct_reclaim_ends(void *ctx)
{
	return wait_ends(BIT(VS_WAIT_direct_reclaim));
}

SEC("tp_btf/mm_vmscan_memcg_reclaim_begin")
int memcg_reclaim_begins(void *ctx)
{
	return wait_begins(VS_WAIT_memcg_reclaim);
}

SEC("tp_btf/mm_vmscan_memcg_reclaim_end")
int memcg_reclaim_ends(void *ctx)
{
	return wait_ends(BIT(VS_WAIT_memcg_reclaim));
}

SEC("tp_btf/mm_compaction_begin")
int compaction_begins(void *ctx)
{
	return wait_begins(VS_WAIT_compaction);
}

SEC("tp_btf/mm_compaction_end")
int compaction_ends(void *ctx)
{
	return wait_ends(BIT(VS_WAIT_compaction));
}
