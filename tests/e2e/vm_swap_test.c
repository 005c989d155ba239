// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_swap_test - faults that read a page from a disk: swap there, not in memory.
 */
#include "cause_check.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES 2000
/** Pages that the workload may have left in the swap cache, where no disk is read. */
#define SLACK (PAGES / 50)

static char group[300];

static void join(const char *path)
{
	char procs[320];

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	vt_write_file(procs, "0");
}

/* Swap on the disk alone, and a cgroup of our own, whose memory can be reclaimed. */
static void prepare(void)
{
	char *swaps = vt_read_file("/proc/swaps", NULL);

	vt_contains(swaps, "/dev/nvme");
	vt_true(!strstr(swaps, "zram"));
	free(swaps);
	snprintf(group, sizeof(group), "%.255s/vmascope-swap", vt_cgroup2());
	vt_sys(mkdir(group, 0755));
	join(group);
}

static int done(void **state)
{
	int err = vt_test_done(state);

	join(vt_cgroup2());
	return rmdir(group) || err;
}

/* Each fault is told as swap-in. Return: how many of them were major. */
static int64_t swapped_in(void)
{
	int64_t before = vt_vmstat("pswpin"), read, major;
	struct vt_scope s;

	vt_stat(&s, NULL, VT_ARGS("swap", "--pages", "2000", "--cgroup", group));
	read = vt_vmstat("pswpin") - before;
	vt_check_sums(s.json);
	vt_check_cause_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_check_causes(s.json, s.work);
	vt_cmp(read, >=, PAGES - SLACK, "pages read from swap, by the kernel");
	major = vt_int(vt_at(s.work, "ranges", 0), "major");
	vt_cmp(vt_sum_pid(s.json, vt_int(s.work, "pid"), "major"), >=, major, "major faults");
	vt_scope_free(&s);
	return major;
}

/* Reading ahead brings neighbours into the swap cache, and their faults are minor. */
static void swap_readahead_faults_are_minor(void **state)
{
	int64_t major;

	(void)state;
	prepare();
	major = swapped_in();
	vt_cmp(major, >, 0, "major faults");
	vt_cmp(major, <, PAGES, "major faults");
}

/* Without reading ahead each one waits for the disk. */
static void swap_faults_without_readahead_are_major(void **state)
{
	(void)state;
	prepare();
	vt_set("/proc/sys/vm/page-cluster", "0");
	vt_cmp(swapped_in(), >=, PAGES - SLACK, "major faults");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_teardown(swap_readahead_faults_are_minor, done),
	cmocka_unit_test_teardown(swap_faults_without_readahead_are_major, done),
};

VT_MAIN(tests)
