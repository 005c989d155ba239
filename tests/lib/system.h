/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * system.h - facts of the machine that a test needs, and settings that are put back after it.
 */
#ifndef VT_SYSTEM_H
#define VT_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

/** vt_require_root - group set-up of every test program: root, and a binary to test */
int vt_require_root(void **state);
/** vt_group_done - group teardown: settings back, temporary files gone */
int vt_group_done(void **state);
/** vt_test_done - teardown of every test: what it changed is put back, what it left running is ended */
int vt_test_done(void **state);
/** VT_TEST - one test with that teardown */
#define VT_TEST(f) cmocka_unit_test_teardown(f, vt_test_done)
struct CMUnitTest;
/**
 * vt_run_tests - run @tests, @nr of them, or those that VMASCOPE_TEST names: patterns of fnmatch(3),
 * separated by commas
 *
 * Return: how many failed.
 */
int vt_run_tests(const struct CMUnitTest *tests, size_t nr);
/** VT_MAIN - main() of a test program that runs the array @tests */
#define VT_MAIN(tests)                                                                             \
	int main(void)                                                                             \
	{                                                                                          \
		return vt_run_tests(tests, sizeof(tests) / sizeof((tests)[0]));                    \
	}

/**
 * vt_lock_machine - be the only test that changes or needs a state of the whole machine, until
 * vt_undo() or the end of the test
 *
 * Waits for other processes that hold VT_MACHINE_LOCK: tests of another checkout, and test scripts
 * (tests/lib/lock.sh). vt_set(), vt_swap_on_zram() and vt_ftrace_start() take the lock themselves;
 * again is no error.
 */
void vt_lock_machine(void);
#define VT_MACHINE_LOCK "/run/vmascope-tests.lock"

/** vt_can_unshare - unshare(1) can make such a namespace here ("-m"); else that is noted */
bool vt_can_unshare(const char *option);

/** vt_set - write @value to the file @path, until vt_undo(); holds the machine's lock until then */
void vt_set(const char *path, const char *value);
/** vt_add - as vt_set(): @more than the number that is in the file; it must take effect */
void vt_add(const char *path, long more);
/** vt_swap_on_zram - swap on a new zram device that is used first, until vt_undo() */
void vt_swap_on_zram(const char *size);
/** vt_zram - path of that device in /sys/block, or "" */
const char *vt_zram(void);
void vt_undo(void);
/**
 * vt_compact - let the kernel make huge pages of free memory out of small ones, if there are few
 *
 * It moves pages of all processes: one that touches such a page meanwhile takes a fault that it would
 * not have taken.
 */
void vt_compact(void);
/**
 * vt_disk_dir - a directory for temporary files that are on a disk, not in memory: $TMPDIR, /tmp,
 * /var/tmp, or where the build is
 */
const char *vt_disk_dir(void);

/** vt_vmstat - a counter of /proc/vmstat */
int64_t vt_vmstat(const char *name);
/** vt_interrupts - row @name ("TLB") of /proc/interrupts for CPU @cpu, or for all CPUs (-1) */
int64_t vt_interrupts(const char *name, int cpu);
/** vt_task_faults - minor + major faults of process @pid so far, by /proc/PID/stat */
int64_t vt_task_faults(pid_t pid);
/** vt_resident_kib - resident memory of process @pid, KiB */
int64_t vt_resident_kib(pid_t pid);
/** vt_freed_is_free - a sanitizer keeps little of freed memory, which would look like a leak */
void vt_freed_is_free(void);
/** vt_cgroup2 - where the cgroup v2 hierarchy is mounted */
const char *vt_cgroup2(void);
/** vt_cpus - how many CPUs a workload may use: all that are online, and that its cpuset has */
int vt_cpus(void);
/** vt_cpu - number of the @n-th of them, from 0; where there are fewer, one of them again */
int vt_cpu(int n);
bool vt_cpu_has(const char *flag);
/** vt_kernel_has - a type, or a member of one, of this kernel is called so, by its type information */
bool vt_kernel_has(const char *name);
bool vt_exists(const char *program);

#endif /* VT_SYSTEM_H */
