/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - run any program, count its faults, memory calls and TLB flushes with the kernel's
 * counters, and compare these with vmascope's counts.
 */
#ifndef VT_LOAD_H
#define VT_LOAD_H

#include "run.h"

#include <stdint.h>

#define VT_LOAD_CALLS 13

/** Flag for vt_load_check(): the program leaves children that nobody waits for. */
#define VT_LOAD_UNWAITED 1u

/**
 * struct vt_load - a program that waits at its gate, or has exited
 * @minor, @major: its faults, and those of descendants that were waited for (getrusage)
 * @calls: returns from each system call that changes mappings (syscalls:sys_exit_*)
 * @sends: flushes sent to other CPUs (tlb:tlb_flush)
 * @traps: page faults that trapped and completed (software events PAGE_FAULTS_MIN and _MAJ), also
 *	of descendants that nobody waited for
 */
struct vt_load {
	struct vt_cmd cmd;
	int64_t minor, major;
	int64_t calls[VT_LOAD_CALLS];
	int64_t sends;
	int64_t traps;
	int fd[VT_LOAD_CALLS + 3];
};

/**
 * vt_count_event - open a counter of a tracepoint in @pid and all that it will fork
 * @event: "SYSTEM/NAME"; @filter: of its fields, or NULL
 * Return: its descriptor.
 */
int vt_count_event(pid_t pid, const char *event, const char *filter);
/** vt_counted - the value of such a counter */
int64_t vt_counted(int fd);

/**
 * vt_load_start - prepare to run @argv (found in PATH) once the gate opens; all counters are at 0
 */
void vt_load_start(struct vt_load *load, const char *const *argv);
/** vt_load_run - open the gate, wait for the exit, and read the counters. Return: exit status. */
int vt_load_run(struct vt_load *load);
void vt_load_free(struct vt_load *load);

/**
 * vt_load_check - run @argv three times, under `stat`, `shootdown` and `record`, and compare
 *
 * Checks that minor and major faults = getrusage; sums = total; calls = sys_exit_*; sends =
 * tlb_flush; and that a report of the recording has the same. @status: expected status of the
 * program.
 * @flags: VT_LOAD_UNWAITED: getrusage is incomplete, so traps = the kernel's software events is
 *	checked
 */
void vt_load_check(const char *const *argv, int status, unsigned int flags);

#endif /* VT_LOAD_H */
