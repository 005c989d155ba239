/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switches.h - when the threads of a program were switched out and in, and woken, by the kernel's
 * tracer: bounds for the time that each of their page faults was blocked and waited for a CPU.
 *
 * It uses a private tracefs instance. A lost event fails the test.
 */
#ifndef VT_SWITCHES_H
#define VT_SWITCHES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct vt_waits - bounds for a fault, us
 *
 * The scheduler reads its clock between two events that the tracer shows: that of a switch out
 * after the previous event of the thread, and at the latest when the switch is traced; that of a
 * wake-up between sched_waking and sched_wakeup.
 *
 * @address: of the fault
 * @blocked_least: time asleep
 * @queued_most: time between the end of sleep and the switch in, and all time that the thread was
 *	preempted, up to its next fault
 * @preempted_most: part of @queued_most that may have been between the faults
 * @events: on which these depend: the tracer's text has whole microseconds
 */
struct vt_waits {
	uint64_t address;
	int64_t blocked_least;
	int64_t queued_most;
	int64_t preempted_most;
	int64_t events;
};

/** vt_switches_start - trace threads named @comm; only one at a time, and the test's teardown ends it */
void vt_switches_start(const char *comm);
/** vt_switches_stop - stop. Return: faults of thread @tid in order, to be freed; @n: their number */
struct vt_waits *vt_switches_stop(pid_t tid, size_t *n);

#endif /* VT_SWITCHES_H */
