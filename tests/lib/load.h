/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - any program, its faults, memory calls and TLB flushes counted by the kernel beside, and
 * compared with what vmascope says of it.
 */
#ifndef VT_LOAD_H
#define VT_LOAD_H

#include "run.h"

#include <stdint.h>

#define VT_LOAD_CALLS 8

/** What vt_load_check() is told of a program: it leaves children that nobody waits for. */
#define VT_LOAD_UNWAITED 1u

/**
 * struct vt_load - a program that waits at its gate, or has run
 * @minor, @major: faults of it and of its descendants that were waited for (getrusage)
 * @calls: returns from each system call that changes mappings (syscalls:sys_exit_*)
 * @sends: flushes of other CPUs (tlb:tlb_flush)
 * @traps: page faults that were traps and completed (the software events PAGE_FAULTS_MIN and _MAJ), also
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

/** vt_load_start - @argv (by PATH) will run once the gate opens; all counters are at 0 */
void vt_load_start(struct vt_load *load, const char *const *argv);
/** vt_load_run - open the gate, wait for the end, and read the counters. Return: exit status. */
int vt_load_run(struct vt_load *load);
void vt_load_free(struct vt_load *load);

/**
 * vt_load_check - run @argv three times, under `stat`, `shootdown` and `record`, and compare
 *
 * minor and major faults = getrusage; sums = total; calls = sys_exit_*; sends = tlb_flush; a report
 * of the recording has the same. @status: what the program ends with.
 * @flags: VT_LOAD_UNWAITED: then getrusage lacks some, and traps = the kernel's software events instead
 */
void vt_load_check(const char *const *argv, int status, unsigned int flags);

#endif /* VT_LOAD_H */
