// SPDX-License-Identifier: GPL-2.0-only
/*
 * stalls_test - calls and faults that programs wait in: how many, how large, how long at most, against
 * what the program measured itself.
 */
#include "check.h"
#include "scope.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>

/* A munmap of 64 MiB: its size and place in the list of the longest, its time within the program's. */
static void a_large_munmap(void **state)
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

/* Each call is counted, and takes no longer than the program saw it take, waits for the lock included. */
static void madvise_against_mincore(void **state)
{
	struct json_object *json, *work, *row;
	int64_t ns = 0, max = 0, nr = 0;
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "shootdown", VT_ARGS("--vma", "*vt_locks*"),
		     VT_ARGS("stalls", "--calls", "1000", "--mib", "16", "locks"));
	json = s.json;
	work = s.work;
	vt_each(row, json, "vmas")
	{
		if (strcmp(vt_str(row, "call"), "madvise"))
			continue;
		nr += vt_int(row, "count");
		ns += vt_int(row, "latency_ns.sum");
		if (vt_int(row, "latency_ns.max") > max)
			max = vt_int(row, "latency_ns.max");
	}
	vt_equal(nr, vt_int(work, "calls"), "madvises on the mapping");
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

static void with_readahead(void **state)
{
	(void)state;
	a_cold_file("cold");
}

static void without_readahead(void **state)
{
	(void)state;
	a_cold_file("random");
}

static const struct CMUnitTest tests[] = {
	VT_TEST(a_large_munmap),
	VT_TEST(madvise_against_mincore),
	VT_TEST(with_readahead),
	VT_TEST(without_readahead),
};

VT_MAIN(tests)
