// SPDX-License-Identifier: GPL-2.0-only
/*
 * cause_test - why each fault happened: a workload for each cause, and its exact number.
 */
#include "cause_check.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HUGEPAGES "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"

static void run_mode(const char *mode, const char *count)
{
	struct vt_scope s;

	vt_stat(&s, NULL, VT_ARGS("causes", "--count", count, mode));
	vt_cmp(vt_len(s.work, "ranges"), >, 0, "ranges of %s", mode);
	vt_check_usage(s.json, s.work);
	vt_check_sums(s.json);
	vt_check_cause_sums(s.json);
	vt_check_causes(s.json, s.work);
	vt_scope_free(&s);
}

#define MODE(name, mode)                                                                           \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		run_mode(mode, "1000");                                                            \
	}

MODE(anon_zero, "anon-zero")
MODE(zero_page, "zero-page")
MODE(file_read, "file-read")
MODE(file_write, "file-write")
MODE(file_cow, "file-cow")
MODE(file_exec, "file-exec")
MODE(file_cold, "file-cold")
MODE(write_notify, "write-notify")
MODE(shmem, "shmem")
MODE(cow_child, "cow-child")
MODE(cow_parent, "cow-parent")
MODE(cow_reuse, "cow-reuse")
MODE(segv_none, "segv-none")
MODE(segv_readonly, "segv-readonly")
MODE(segv_unmapped, "segv-unmapped")
MODE(sigbus, "sigbus")
MODE(uffd, "uffd")

static void pkey(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	if (vt_cpu_has("ospke")) {
		run_mode("pkey", "1000");
		return;
	}
	/* Without the CPU's support the workload must say so, and nothing else. */
	vt_run(&cmd, NULL, VT_ARGS(vt_workload("causes"), "pkey"));
	vt_equal(cmd.exit, 77, "exit status where the CPU has no protection keys");
	vt_free(&cmd);
}

static void thp(void **state)
{
	(void)state;
	if (access("/sys/kernel/mm/transparent_hugepage", F_OK))
		skip(); /* PREEMPT_RT: tests/vm/skips; natively a skip is a failure */
	vt_set("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	vt_set("/sys/kernel/mm/transparent_hugepage/defrag", "madvise");
	vt_compact();
	run_mode("thp", "20");
}

static void hugetlb(void **state)
{
	(void)state;
	vt_compact();
	vt_add(HUGEPAGES, 20);
	run_mode("hugetlb", "20");
}

static void swap_in(void **state)
{
	(void)state;
	vt_swap_on_zram("64M");
	run_mode("swap-in", "1000");
}

/* A failed test puts its settings back as well: the teardown does, whatever happened. */
static void settings_are_restored(void **state)
{
	char *before, *after, zram[64];

	(void)state;
	vt_lock_machine();
	before = vt_read_file(HUGEPAGES, NULL);
	vt_add(HUGEPAGES, 3);
	vt_undo();
	vt_lock_machine();
	after = vt_read_file(HUGEPAGES, NULL);
	vt_equal(strcmp(before, after), 0, "%s after undoing", HUGEPAGES);
	vt_swap_on_zram("16M");
	snprintf(zram, sizeof(zram), "%s", vt_zram());
	vt_true(!access(zram, F_OK));
	vt_undo();
	vt_true(access(zram, F_OK) && errno == ENOENT);
	free(before);
	free(after);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(settings_are_restored),
	VT_TEST(anon_zero),
	VT_TEST(zero_page),
	VT_TEST(file_read),
	VT_TEST(file_write),
	VT_TEST(file_cow),
	VT_TEST(file_exec),
	VT_TEST(file_cold),
	VT_TEST(write_notify),
	VT_TEST(shmem),
	VT_TEST(cow_child),
	VT_TEST(cow_parent),
	VT_TEST(cow_reuse),
	VT_TEST(segv_none),
	VT_TEST(segv_readonly),
	VT_TEST(segv_unmapped),
	VT_TEST(sigbus),
	VT_TEST(uffd),
	VT_TEST(pkey),
	VT_TEST(thp),
	VT_TEST(hugetlb),
	VT_TEST(swap_in),
};

VT_MAIN(tests)
