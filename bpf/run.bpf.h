/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.bpf.h - the time of a fault or a memory call: on a CPU, waiting for one, or blocked; see
 * run.bpf.c
 */
#ifndef VMASCOPE_RUN_BPF_H
#define VMASCOPE_RUN_BPF_H

#include "maps.bpf.h"

/** SWITCHES - involuntary switches of @task, read anew */
#define SWITCHES(task) (*(volatile unsigned long *)&(task)->nivcsw)

/** run_begin - a fault or a memory call of the current task begins: set the counts of @m. */
int run_begin(struct run_mark *m);

/**
 * run_split - it ends, after @duration_ns: set @m->runqueue_ns and @m->blocked_ns, or @m->unsplit_ns
 * @involuntary: switches of the task when the duration was measured
 *
 * Only called if the task was switched out in between.
 */
int run_split(struct run_mark *m, u64 duration_ns, u64 involuntary);

/**
 * run_begun - the time of the begin has been measured since run_begin()
 *
 * From 7.0 on, a program at a tracepoint can be preempted: then the counts are from before that.
 */
static __always_inline void run_begun(struct task_struct *task, struct run_mark *m)
{
	if (cfg.run_times && SWITCHES(task) != m->involuntary)
		m->doubtful = 1;
}

/**
 * run_end - as run_split(), cheaply if the task was on its CPU all the time
 * @begin_ns: when it began
 *
 * Return: its duration, ns.
 */
static __always_inline u64 run_end(struct task_struct *task, struct run_mark *m, u64 begin_ns)
{
	u64 involuntary = SWITCHES(task), duration_ns = bpf_ktime_get_ns() - begin_ns;

	m->runqueue_ns = m->blocked_ns = 0;
	m->unsplit_ns = cfg.run_times ? 0 : duration_ns;
	if (cfg.run_times && (task->nvcsw != m->voluntary || involuntary != m->involuntary))
		run_split(m, duration_ns, involuntary);
	return duration_ns;
}

#endif /* VMASCOPE_RUN_BPF_H */
