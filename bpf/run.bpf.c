// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.bpf.c - how long the current task was not on a CPU, by the scheduler's own counts of it.
 *
 * Time on a CPU is sum_exec_runtime, up to exec_start (update_curr() in kernel/sched/fair.c, and
 * the same in all classes). Both advance by the same amount while the task runs; when it is
 * switched in, exec_start alone is set. So the difference grows by the time that the task was off
 * its CPU. In that time, sched_info.run_delay counts the wait for a CPU, and the rest is sleep.
 *
 * exec_start is in the clock_task of a CPU's run queue, which stands still during interrupts and
 * while the hypervisor runs something else, so it lags behind its clock by another amount on each
 * CPU. The lag is added, so that times of two CPUs can be compared. It can't be read at the moment
 * of a switch, only as of the latest update of the clock: interrupts between the update before the
 * begin and the first switch out, and between the last switch in and the end, count as time off
 * the CPU, which is never more than the whole. This is only relevant for a task that slept: in one
 * that was only preempted, run_delay is less, and that of a task that was not switched out is all
 * on its CPU.
 *
 * All this needs a clock that CPUs have in common, to the nanosecond: user/ sets cfg.run_times only
 * if there is one (kernel__clock_is_stable()). Otherwise the kernel derives one for each CPU from
 * its timer ticks, and run_delay itself is wrong by several ms after a wake-up from another CPU.
 *
 * What contradicts itself is not used: run_delay is a part of the time off the CPU. And a task that
 * runs is not queued, so last_queued is 0 (sched_info_arrive() in kernel/sched/stats.h); if it is
 * not, the next run_delay includes time in which it ran. From 6.12 on, a task that sleeps may be in
 * its run queue for a while (152e11f6df29); if it is moved to that of another CPU meanwhile, the
 * kernel takes it as queued from then on, and the next run_delay includes time in which it slept.
 */
#include "run.bpf.h"
#include "kread.bpf.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define NOW(value) (*(volatile typeof(value) *)&(value))
/** run_delay - time that @task has waited for a CPU; always 0 without CONFIG_SCHED_INFO */
static __always_inline u64 run_delay(struct task_struct *task)
{
	return bpf_core_field_exists(task->sched_info.run_delay) ? task->sched_info.run_delay : 0;
}

/** is_queued - the kernel takes @task, which runs, as waiting for a CPU */
static __always_inline bool is_queued(struct task_struct *task)
{
	return bpf_core_field_exists(task->sched_info.last_queued) && task->sched_info.last_queued;
}

/**
 * run_queue - the run queue of the CPU of @task, the current task; NULL: not available
 *
 * It is found by that of the task's group (set_task_rq() in kernel/sched/sched.h), which tasks of
 * all classes have: BPF can't refer to the variable runqueues without CONFIG_KALLSYMS_ALL.
 */
static __always_inline const struct rq *run_queue(struct task_struct *task)
{
	if (!bpf_core_field_exists(task->se.cfs_rq) ||
	    !bpf_core_field_exists(((struct cfs_rq *)0)->rq))
		return 0;
	return task_pointer(task, se.cfs_rq)->rq;
}

static __always_inline u64 clock_lag_once(const struct rq *rq)
{
	return NOW(rq->clock) - NOW(rq->clock_task);
}

/**
 * clock_lag - how much the clock_task of @rq lags behind its clock, when last updated
 *
 * Another CPU or an interrupt may update the clocks while they are read; the next time is far away.
 */
static __always_inline u64 clock_lag(const struct rq *rq)
{
	u64 lag = clock_lag_once(rq);

	if (clock_lag_once(rq) != lag)
		lag = clock_lag_once(rq);
	return lag;
}

static __always_inline u64 off_cpu_once(struct task_struct *task)
{
	return NOW(task->se.exec_start) - NOW(task->se.sum_exec_runtime);
}

/** off_cpu - time that @task was not on a CPU, plus a constant, in the clock_task of its run queue */
static __always_inline u64 off_cpu(struct task_struct *task)
{
	u64 off = off_cpu_once(task);

	/* a timer tick has advanced both */
	if (off_cpu_once(task) != off)
		off = off_cpu_once(task);
	return off;
}

/* Only attached where sleeping tasks can be moved. */
SEC("tp_btf/sched_migrate_task")
int BPF_PROG(task_moved, struct task_struct *task)
{
	struct task_state *t;

	if (!bpf_core_field_exists(task->se.sched_delayed) || !task->se.sched_delayed)
		return 0;
	t = bpf_task_storage_get(&tasks, task, 0, 0);
	if (t)
		t->run.doubtful = t->call.run.doubtful = 1;
	return 0;
}

__noinline int run_begin(struct run_mark *m)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct rq *rq = run_queue(task);

	if (!m || !rq)
		return 0;
	m->voluntary = task->nvcsw;
	m->involuntary = SWITCHES(task);
	m->off_ns = off_cpu(task);
	m->lag_ns = clock_lag(rq);
	m->delay_ns = run_delay(task);
	m->doubtful = is_queued(task);
	return 0;
}

__noinline int run_split(struct run_mark *m, u64 duration_ns, u64 involuntary)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct rq *rq = run_queue(task);
	u64 lag, off, delay;

	if (!m || !rq)
		return 0;
	lag = clock_lag(rq) - m->lag_ns;
	off = off_cpu(task) - m->off_ns + lag;
	delay = run_delay(task) - m->delay_ns;
	if (m->doubtful || (s64)off < 0 || delay > off || SWITCHES(task) != involuntary) {
		m->unsplit_ns = duration_ns;
		return 0;
	}
	/* the duration is in another clock, which NTP adjusts */
	if (off > duration_ns)
		off = duration_ns;
	if (delay > off)
		delay = off;
	/* one that was preempted while it was about to sleep is not queued: it waits for a CPU, too */
	if (task->nvcsw == m->voluntary && !lag)
		delay = off;
	m->runqueue_ns = delay;
	m->blocked_ns = task->nvcsw == m->voluntary ? 0 : off - delay;
	return 0;
}
