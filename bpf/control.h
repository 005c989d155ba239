/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control.h - the part of the contract (events.h) by which user/ steers the programs: what an
 * iterator is to do, whether faults are counted, which tasks are targets, what is handed out.
 */
#ifndef VMASCOPE_CONTROL_H
#define VMASCOPE_CONTROL_H

/** enum vs_iter_task - what the task iterator is to do; set by user/ before it reads the iterator */
enum vs_iter_task {
	ITER_MARK,   /* mark the tasks in map targets, or all; so are their children from now on */
	ITER_START,  /* counting is on: what tasks have that do not fault counts from now on */
	ITER_SETTLE, /* the hooks are gone: account for what is pending; then as ITER_THREADS */
	ITER_THREADS, /* count faults without a trap; yield a struct vs_thread for each traced task */
};

/** enum vs_counting - whether faults are counted, of all tasks at once */
enum vs_counting {
	COUNTING_SOON, /* not all hooks are attached yet */
	COUNTING_ON,
	COUNTING_OVER, /* those that have begun may still end */
};

/* Bits of a task's flags, which are first those of its entry in map targets. */
#define TASK_WAITING 1u /* vmascope's own child, before its exec */
#define TASK_FRESH 2u	/* was there before counting began, and has shown no fault since */
#define TASK_AWAY 4u	/* the filters do not let it by at present */

/** enum free_kind - what is handed out, by ring (struct vs_slot_ring) */
enum free_kind {
	FREE_SLOTS,
	FREE_HISTS,
	FREE_CALL_ROWS,
	FREE_STACKS,
	NR_FREE,
};

/** Names of mapped files that are kept. */
#define VS_FILES 8192u

#endif /* VMASCOPE_CONTROL_H */
