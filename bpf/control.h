/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control.h - the part of the contract (events.h) by which user/ controls the programs: the action
 * of an iterator, whether faults are counted, which tasks are targets, and the free lists.
 */
#ifndef VMASCOPE_CONTROL_H
#define VMASCOPE_CONTROL_H

/** enum vs_iter_task - action of the task iterator; set by user/ before it reads the iterator */
enum vs_iter_task {
	ITER_MARK,    /* mark the tasks in map targets, or all; children inherit the mark */
	ITER_START,   /* counting is enabled: count from now on for tasks that have not faulted */
	ITER_SETTLE,  /* the hooks are detached: account for pending faults; then as ITER_THREADS */
	ITER_THREADS, /* count faults without a trap; yield a struct vs_thread for each task */
};

/** enum vs_counting - whether faults are counted, for all tasks */
enum vs_counting {
	COUNTING_SOON, /* not all hooks are attached yet */
	COUNTING_ON,
	COUNTING_OVER, /* faults that have begun may still end */
};

/* Bits of a task's flags, which are initialized from its entry in map targets. */
#define TASK_WAITING 1u	 /* vmascope's own child, before its exec (tracepoint sched_process_exec) */
#define TASK_FRESH 2u	 /* existed before counting began, and has had no fault since */
#define TASK_AWAY 4u	 /* the filters do not match it at present */
#define TASK_EXECUTED 8u /* with TASK_WAITING: the exec has succeeded */

/** enum free_kind - kind of a free list (struct vs_slot_ring) */
enum free_kind {
	FREE_SLOTS,
	FREE_HISTS,
	FREE_CALL_ROWS,
	FREE_STACKS,
	NR_FREE,
};

/** Number of file names that are kept. */
#define VS_FILES 8192u

#endif /* VMASCOPE_CONTROL_H */
