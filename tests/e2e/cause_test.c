// SPDX-License-Identifier: GPL-2.0-only
/*
 * cause_test - why each fault happened: a workload for each cause, and its exact number.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

/* Σ of @cause over the rows of process @pid that overlap the range. */
static int64_t cause_count(struct json_object *stat, int64_t pid, uint64_t start, uint64_t end,
			   const char *cause)
{
	struct json_object *process, *vma, *n;
	int64_t sum = 0;

	vt_each(process, stat, "processes")
	{
		if (vt_int(process, "pid") != pid)
			continue;
		vt_each(vma, process,
			"vmas") if (vt_hex(vma, "start") < end && start < vt_hex(vma, "end") &&
				    json_object_object_get_ex(
					    vt_need(vma, "causes", json_type_object), cause, &n))
			sum += json_object_get_int64(n);
	}
	return sum;
}

/* Σ over all causes: Σ causes = faults, in each VMA and process. */
static void check_cause_sums(struct json_object *o)
{
	int64_t sum = 0;

	json_object_object_foreach(vt_need(o, "causes", json_type_object), name, n) {
		(void)name;
		sum += json_object_get_int64(n);
	}
	vt_equal(sum, vt_int(o, "faults"), "Σ causes = faults");
}

static void check_all_sums(struct json_object *stat)
{
	struct json_object *process, *vma;

	vt_check_sums(stat);
	check_cause_sums(vt_need(stat, "totals", json_type_object));
	vt_each(process, stat, "processes")
	{
		check_cause_sums(process);
		vt_each(vma, process, "vmas") check_cause_sums(vma);
	}
}

/* What the workload expects of one cause in one range: several records add up. */
static int64_t expected(struct json_object *work, struct json_object *like)
{
	struct json_object *range;
	int64_t n = 0;

	vt_each(range, work, "ranges") if (vt_int(range, "pid") == vt_int(like, "pid") &&
					   vt_hex(range, "start") == vt_hex(like, "start") &&
					   !strcmp(vt_str(range, "cause"), vt_str(like, "cause")))
		n += vt_int(range, "faults") + vt_int(range, "incomplete");
	return n;
}

static void check_causes(struct json_object *stat, struct json_object *work)
{
	struct json_object *range;

	vt_each(range, work, "ranges")
	{
		const char *cause = vt_str(range, "cause");
		uint64_t start = vt_hex(range, "start"), end = vt_hex(range, "end");
		int64_t pid = vt_int(range, "pid"), got;

		if (!strcmp(cause, "segv-maperr")) { /* no VMA: in the process's own counts */
			struct json_object *process = vt_process(stat, pid);

			/* one more page is touched before, to warm up */
			vt_equal(vt_int(process, "causes.segv-maperr"), expected(work, range) + 1,
				 "segv-maperr of %s", vt_str(work, "mode"));
			continue;
		}
		got = cause_count(stat, pid, start, end, cause);
		/*
		 * A cached page that is locked just then (written back) makes the kernel try
		 * again, and call the fault major: it counts as file-read, in getrusage too.
		 */
		if (!strcmp(cause, "file-map"))
			got += cause_count(stat, pid, start, end, "file-read");
		vt_equal(got, expected(work, range), "%s of %s", cause, vt_str(work, "mode"));
	}
}

static void run_mode(const char *mode, const char *count)
{
	struct vt_scope s;

	vt_stat(&s, NULL, VT_ARGS("causes", "--count", count, mode));
	vt_cmp(vt_len(s.work, "ranges"), >, 0, "ranges of %s", mode);
	vt_check_usage(s.json, s.work);
	check_all_sums(s.json);
	check_causes(s.json, s.work);
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
	vt_set("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	vt_set("/sys/kernel/mm/transparent_hugepage/defrag", "madvise");
	run_mode("thp", "20");
}

static void hugetlb(void **state)
{
	(void)state;
	vt_set("/proc/sys/vm/nr_hugepages", "20");
	run_mode("hugetlb", "20");
}

static void swap_in(void **state)
{
	(void)state;
	vt_swap_on_zram("64M");
	run_mode("swap-in", "1000");
}

/* A failed test puts its settings back as well: the teardown does, whatever happened. */
static void settings_are_put_back(void **state)
{
	const char *path = "/proc/sys/vm/nr_hugepages";
	char *before = vt_read_file(path, NULL), *after;

	(void)state;
	vt_set(path, "3");
	vt_undo();
	after = vt_read_file(path, NULL);
	vt_equal(strcmp(before, after), 0, "%s after undoing", path);
	vt_swap_on_zram("16M");
	vt_undo();
	free(after);
	after = vt_read_file("/sys/block/zram0/disksize", NULL);
	vt_equal(atoll(after), 0, "zram0's size after undoing");
	free(before);
	free(after);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(settings_are_put_back),
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
