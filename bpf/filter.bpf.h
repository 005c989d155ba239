/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.bpf.h - who is traced: the first thing that every hook asks.
 *
 * Targets (-p, -t, -- CMD) are tasks that have a task_state: the task iterator marks them, and
 * fork passes it on. Otherwise a task is given one at its first fault that the filters let by.
 */
#ifndef VMASCOPE_FILTER_BPF_H
#define VMASCOPE_FILTER_BPF_H

#include "emit.bpf.h"

#include <bpf/bpf_core_read.h>

/* include/linux/sched.h */
#define PF_KTHREAD 0x00200000u

static __always_inline bool filter_matches(struct task_struct *task)
{
	if (cfg.has_uid && task->cred->uid.val != cfg.uid)
		return false;
	if (cfg.has_comm) {
		u64 comm[VS_COMM_LEN / 8];

		bpf_probe_read_kernel(comm, sizeof(comm), task->group_leader->comm);
		if (comm[0] != cfg.comm[0] || comm[1] != cfg.comm[1])
			return false;
	}
	if (cfg.has_cgroup && bpf_current_task_under_cgroup(&cgroup_filter, 0) != 1)
		return false;
	return true;
}

/**
 * task_state_create - start keeping state for @task, from its present counts on
 *
 * Return: the state, or NULL without memory (counted).
 */
static __always_inline struct task_state *task_state_create(struct task_struct *task)
{
	struct task_state *t;

	t = bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!t) {
		count_lost(VS_LOST_TASKS);
		return 0;
	}
	t->last_minor = task->min_flt;
	t->last_major = task->maj_flt;
	t->cache_seq = -1;
	t->since_ns = bpf_ktime_get_ns();
	return t;
}

/**
 * traced - the state of @task if it is traced
 * @task: the current task
 * @create: make a state for a task that has none, where no targets were named
 *
 * Return: NULL if it is not.
 */
static __always_inline struct task_state *traced(struct task_struct *task, bool create)
{
	struct task_state *t;

	if (!cfg.targets && !filter_matches(task))
		return 0;
	/* targets have a state; most of the others have no storage at all, which costs one load */
	if (cfg.targets && !task->bpf_storage)
		return 0;
	t = bpf_task_storage_get(&tasks, task, 0, 0);
	if (!t)
		return cfg.targets || !create ? 0 : task_state_create(task);
	if (cfg.targets && !filter_matches(task))
		return 0;
	return t;
}

#endif /* VMASCOPE_FILTER_BPF_H */
