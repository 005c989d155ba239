/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.bpf.h - which tasks are traced, and when: the first check in every hook.
 *
 * Targets (-p, -t, -- CMD) are tasks that have a task_state: the task iterator marks them, and
 * fork passes the state on. Without targets, every task that existed when counting began has a
 * state; a later task gets one at its first fault that matches the filters.
 */
#ifndef VMASCOPE_FILTER_BPF_H
#define VMASCOPE_FILTER_BPF_H

#include "cgroup.bpf.h"
#include "emit.bpf.h"
#include "kread.bpf.h"

#include <bpf/bpf_core_read.h>

/* include/linux/sched.h */
#define PF_EXITING 0x00000004u
#define PF_KTHREAD 0x00200000u
#define PF_IO_WORKER 0x00000010u
#define PF_USER_WORKER 0x00004000u /* 54e6842d0775 (6.4) */

/** The global switch for all hooks and tasks: enum vs_counting; set by user/. */
__weak volatile __u32 counting = COUNTING_SOON;
/** When counting was enabled, CLOCK_MONOTONIC. */
__weak volatile __u64 counting_since = 0;

/** counts_now - faults are counted. */
static __always_inline bool counts_now(void)
{
	return counting == COUNTING_ON;
}

/** is_filtered - some tasks are not to be traced. */
static __always_inline bool is_filtered(void)
{
	return cfg.has_uid || cfg.has_comm || cfg.has_cgroup;
}

/** filter_matches_any - as filter_matches(), for a task that need not be the current one. */
static __always_inline bool filter_matches_any(struct task_struct *task)
{
	if (cfg.has_uid && task_pointer(task, cred)->uid.val != cfg.uid)
		return false;
	if (cfg.has_comm) {
		u64 comm[VS_COMM_LEN / 8];

		bpf_probe_read_kernel(comm, sizeof(comm), task_pointer(task, group_leader)->comm);
		if (comm[0] != cfg.comm[0] || comm[1] != cfg.comm[1])
			return false;
	}
	return !cfg.has_cgroup || task_under_cgroup(task);
}

/** filter_matches - the filters match the current task. */
static __always_inline bool filter_matches(struct task_struct *task)
{
	if (cfg.has_uid && task_pointer(task, cred)->uid.val != cfg.uid)
		return false;
	if (cfg.has_comm) {
		u64 comm[VS_COMM_LEN / 8];

		bpf_probe_read_kernel(comm, sizeof(comm), task_pointer(task, group_leader)->comm);
		if (comm[0] != cfg.comm[0] || comm[1] != cfg.comm[1])
			return false;
	}
	if (!cfg.has_cgroup)
		return true;
	if (cfg.cgroup_v1)
		return task_under_cgroup(task);
	return bpf_current_task_under_cgroup(&cgroup_filter, 0) == 1;
}

/** born_since - @task was created after counting began: all of its faults are to be counted. */
static __always_inline bool born_since(struct task_struct *task)
{
	return counts_now() && !is_filtered() && task->start_time >= counting_since;
}

/**
 * task_state_create - create the state of @task, starting from its present counts
 *
 * For a task created since counting began, the initial state (all zero) is correct as it
 * is: the iterator, on another CPU, may have created it first.
 * Return: the state, or NULL if out of memory (counted).
 */
static __always_inline struct task_state *task_state_create(struct task_struct *task)
{
	struct task_state *t;

	t = bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!t) {
		count_lost(VS_LOST_TASKS);
		return 0;
	}
	if (counting == COUNTING_SOON) {
		t->last_minor = t->last_major = COUNTS_UNKNOWN;
		t->flags = TASK_FRESH;
	} else if (!born_since(task)) {
		t->last_minor = task->min_flt;
		t->last_major = task->maj_flt;
	}
	/* written last: until then the iterator ignores the state (settle_running()) */
	barrier();
	if (!t->since_ns)
		t->since_ns = bpf_ktime_get_ns();
	return t;
}

/* Only TOMOYO uses this field; it is set until sched_process_exec has been reported. */
struct task_struct___exec {
	unsigned int in_execve : 1;
} __attribute__((preserve_access_index));

/**
 * is_in_exec - the current task is inside of execve(2), before or after it has its new mm
 *
 * A global function: the verifier checks it once instead of at each call.
 */
__weak __noinline int is_in_exec(void)
{
	const struct task_struct___exec *task = (const void *)bpf_get_current_task();

	return bpf_core_field_exists(task->in_execve) &&
	       BPF_CORE_READ_BITFIELD_PROBED(task, in_execve);
}

/**
 * waits_for_exec - the current task, whose state is @t and whose mm is @mm, is vmascope's child before
 *	its exec
 *
 * The tracepoint of the exec ends that; if a preemptible kernel has skipped its program, the first
 * hook with a new mm after the exec does.
 */
static __always_inline bool waits_for_exec(struct task_state *t, u64 mm)
{
	if ((t->flags & (TASK_WAITING | TASK_EXECUTED)) != TASK_WAITING)
		return false;
	if (!t->mm)
		t->mm = mm;
	return t->mm == mm || is_in_exec();
}

/**
 * is_targets_worker - the kernel created @task for a traced process, without the fork hook
 *
 * io_uring's workers (create_io_thread()) and vhost's (vhost_task_create()) are threads of the
 * process that are created by calling copy_process() directly.
 */
static __always_inline bool is_targets_worker(struct task_struct *task)
{
	struct task_state *leader;

	if (!cfg.follow_threads || !(task->flags & (PF_IO_WORKER | PF_USER_WORKER)))
		return false;
	leader = bpf_task_storage_get(&tasks, task->group_leader, 0, 0);
	return leader && !(leader->flags & TASK_WAITING);
}

/**
 * traced - the state of @task if it is traced, whether or not the filters match
 * @task: the current task
 * @create: create a state for a task that has none
 *
 * Return: the state, NULL if the task is not traced.
 */
static __always_inline struct task_state *traced(struct task_struct *task, bool create)
{
	struct task_state *t = 0;

	/* targets have a state; most other tasks have no storage: the check costs one load */
	if (task_pointer(task, bpf_storage))
		t = bpf_task_storage_get(&tasks, task, 0, 0);
	if (t)
		return t;
	if (cfg.targets ? is_targets_worker(task) : create && filter_matches(task))
		return task_state_create(task);
	return 0;
}

#endif /* VMASCOPE_FILTER_BPF_H */
