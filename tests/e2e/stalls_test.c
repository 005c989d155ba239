// SPDX-License-Identifier: GPL-2.0-only
/*
 * stalls_test - calls and faults that programs wait in: how many, how large, how long at most, against
 * what the program measured itself.
 */
#include "check.h"
#include "memcg.h"
#include "scope.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <unistd.h>

/* A munmap of 64 MiB: its size and place in the list of the longest, its time within the program's. */
static void large_munmap(void **state)
{
	struct json_object *call, *row, *large = NULL;
	struct vt_scope s;
	int64_t max = 0;

	(void)state;
	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("stalls", "--mib", "64", "munmap"));
	vt_each(call, s.json, "longest") if (!strcmp(vt_str(call, "call"), "munmap") &&
					     vt_int(call, "pid") == vt_int(s.work, "pid") &&
					     vt_get(call, "bytes") &&
					     vt_int(call, "bytes") == vt_int(s.work, "bytes"))
	{
		vt_true(!large);
		large = call;
	}
	vt_true(large);
	vt_cmp(vt_int(large, "duration_ns"), <=, vt_int(s.work, "at_most_ns"),
	       "time of the munmap");
	vt_each(row, s.json, "vmas") if (!strcmp(vt_str(row, "call"), "munmap") &&
					 vt_int(row, "latency_ns.max") > max)
		max = vt_int(row, "latency_ns.max");
	vt_cmp(max, >=, vt_int(large, "duration_ns"), "the longest munmap");
	vt_scope_free(&s);
}

/*
 * Each call is counted, and takes no longer than the program saw it take, waits for the lock included. Its
 * VMA is unknown if each lookup came upon one that another thread was splitting at that moment.
 */
static void madvise_contends_with_mincore(void **state)
{
	struct json_object *json, *work, *row;
	int64_t ns = 0, max = 0, nr = 0, named = 0;
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "shootdown", NULL,
		     VT_ARGS("stalls", "--calls", "1000", "--mib", "16", "locks"));
	json = s.json;
	work = s.work;
	vt_each(row, json, "vmas")
	{
		const char *vma = vt_get(row, "vma") ? vt_str(row, "vma") : NULL;

		/* glibc advises stacks of threads */
		if (strcmp(vt_str(row, "call"), "madvise") ||
		    !strcmp(vt_str(row, "advice"), "MADV_DONTNEED"))
			continue;
		if (vma)
			vt_contains(vma, "vt_locks");
		named += vma ? vt_int(row, "count") : 0;
		nr += vt_int(row, "count");
		ns += vt_int(row, "latency_ns.sum");
		if (vt_int(row, "latency_ns.max") > max)
			max = vt_int(row, "latency_ns.max");
	}
	vt_equal(nr, vt_int(work, "calls"), "madvises on the mapping");
	vt_cmp(named, >, 0, "of these, whose VMA is known");
	vt_equal(vt_rows_sum(json, "vmas", "madvise", "MADV_NORMAL", -1, "count"), nr / 2,
		 "of these, NORMAL");
	vt_cmp(ns, <=, vt_int(work, "ns"), "time in them");
	vt_cmp(max, <=, vt_int(work, "max_ns"), "the longest");
	vt_scope_free(&s);
}

static void a_cold_file(const char *mode)
{
	struct vt_scope s;

	vt_stat(&s, NULL, VT_ARGS("stalls", "--mib", "32", "--touches", "500", mode));
	vt_check_ranges(s.json, s.work);
	vt_check_usage(s.json, s.work);
	vt_scope_free(&s);
}

static void major_faults_with_readahead(void **state)
{
	(void)state;
	a_cold_file("cold");
}

static void major_faults_without_readahead(void **state)
{
	(void)state;
	a_cold_file("random");
}

static int64_t optional(struct json_object *o, const char *path)
{
	return vt_get(o, path) ? vt_int(o, path) : 0;
}

static char cgroup[256];

static int cgroup_done(void **state)
{
	if (cgroup[0])
		vt_memcg_remove(cgroup);
	cgroup[0] = 0;
	return vt_test_done(state);
}

/*
 * A file that does not fit into its reader's cgroup is read again and again: faults, minor and major, and
 * which of them read, are the kernel's count; each read by the program is one with a cause of files.
 */
static void memory_cgroup_thrashing(void **state)
{
	struct json_object *vma, *range, *found = NULL;
	char file[512];
	const char *limit;
	struct vt_scope s;
	int64_t file_causes;

	(void)state;
	limit = vt_memcg_make(cgroup, sizeof(cgroup));
	if (!limit) {
		print_message("# no memory controller here\n");
		cgroup[0] = 0;
		return;
	}
	snprintf(file, sizeof(file), "%s/%s", cgroup, limit);
	vt_write_file(file, "8M");
	vt_stat(&s, NULL,
		VT_ARGS("stalls", "--mib", "24", "--dir", vt_disk_dir(), "--cgroup", cgroup,
			"thrash"));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_check_ranges(s.json, s.work);
	range = vt_at(s.work, "ranges", 0);
	print_message("# %ld minor, %ld major; %ld after the first round\n",
		      (long)vt_int(range, "minor"), (long)vt_int(range, "major"),
		      (long)vt_int(s.work, "again"));
	vt_cmp(vt_int(s.work, "again"), >, 0, "faults on pages that had been there");
	vt_each(vma, vt_process(s.json, vt_int(s.work, "pid")),
		"vmas") if (vt_get(vma, "start") && vt_hex(vma, "start") == vt_hex(range, "start"))
		found = vma;
	vt_true(found);
	file_causes = optional(found, "causes.file-map") + optional(found, "causes.file-read") +
		      optional(found, "causes.file-wait");
	vt_equal(file_causes, vt_int(range, "faults"), "faults with a cause of files");
	vt_cmp(optional(found, "causes.file-read"), >=, 1, "of these, with a read");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(large_munmap),
	VT_TEST(madvise_contends_with_mincore),
	VT_TEST(major_faults_with_readahead),
	VT_TEST(major_faults_without_readahead),
	cmocka_unit_test_teardown(memory_cgroup_thrashing, cgroup_done),
};

VT_MAIN(tests)
