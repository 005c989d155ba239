/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * system.h - properties of the machine that a test needs, and settings that are restored after it.
 */
#ifndef VT_SYSTEM_H
#define VT_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

/**
 * vt_require_root - group set-up of every test program: checks for root, and for a binary to test
 */
int vt_require_root(void **state);
/** vt_group_done - group teardown: restores settings, removes temporary files */
int vt_group_done(void **state);
/** vt_test_done - teardown of every test: restores what it changed, ends what it left running */
int vt_test_done(void **state);
/** VT_TEST - a test with that teardown */
#define VT_TEST(f) cmocka_unit_test_teardown(f, vt_test_done)
struct CMUnitTest;
/**
 * vt_run_tests - run the @nr @tests, or those that VMASCOPE_TEST selects: comma-separated patterns
 * of fnmatch(3)
 *
 * Return: number of failed tests.
 */
int vt_run_tests(const struct CMUnitTest *tests, size_t nr);
/** VT_MAIN - main() of a test program that runs the array @tests */
#define VT_MAIN(tests)                                                                             \
	int main(void)                                                                             \
	{                                                                                          \
		return vt_run_tests(tests, sizeof(tests) / sizeof((tests)[0]));                    \
	}

/**
 * vt_lock_machine - be the only test that changes or depends on global state of the machine, until
 * vt_undo() or the end of the test
 *
 * Waits for other processes that hold VT_MACHINE_LOCK: tests of another checkout, and test scripts
 * (tests/lib/lock.sh). vt_set(), vt_swap_on_zram() and vt_ftrace_start() take the lock themselves;
 * it may be taken more than once.
 */
void vt_lock_machine(void);
#define VT_MACHINE_LOCK "/run/vmascope-tests.lock"

/** vt_can_unshare - unshare(1) can create such a namespace ("-m"); otherwise that is logged */
bool vt_can_unshare(const char *option);

/** vt_set - write @value to the file @path, until vt_undo(); holds the machine lock until then */
void vt_set(const char *path, const char *value);
/** vt_add - as vt_set(): add @more to the number in the file; this must take effect */
void vt_add(const char *path, long more);
/** vt_swap_on_zram - add swap on a new zram device with the highest priority, until vt_undo() */
void vt_swap_on_zram(const char *size);
/** vt_zram - path of that device in /sys/block, or "" */
const char *vt_zram(void);
void vt_undo(void);
/**
 * vt_compact - compact free memory into huge pages, if there are few
 *
 * This migrates pages of all processes: an access to such a page meanwhile takes an additional
 * fault.
 */
void vt_compact(void);
/**
 * vt_disk_dir - a directory for temporary files on a disk, not in memory: $TMPDIR, /tmp, /var/tmp,
 * or the build directory
 */
const char *vt_disk_dir(void);

/** vt_vmstat - a counter of /proc/vmstat */
int64_t vt_vmstat(const char *name);
/** vt_interrupts - row @name ("TLB") of /proc/interrupts for CPU @cpu, or for all CPUs (-1) */
int64_t vt_interrupts(const char *name, int cpu);
/** vt_task_faults - minor + major faults of process @pid so far, from /proc/PID/stat */
int64_t vt_task_faults(pid_t pid);
/** vt_resident_kib - resident memory of process @pid, KiB */
int64_t vt_resident_kib(pid_t pid);
/** vt_freed_is_free - make a sanitizer keep little freed memory, which would look like a leak */
void vt_freed_is_free(void);
/** vt_cgroup2 - mount point of the cgroup v2 hierarchy */
const char *vt_cgroup2(void);
/** vt_cpus - number of CPUs that a workload may use: those that are online and in its cpuset */
int vt_cpus(void);
/** vt_cpu - number of the @n-th of them, from 0; wraps around if there are fewer */
int vt_cpu(int n);
bool vt_cpu_has(const char *flag);
/** vt_kernel_has - this kernel's type information has a type or a member of this name */
bool vt_kernel_has(const char *name);
bool vt_exists(const char *program);

#endif /* VT_SYSTEM_H */
