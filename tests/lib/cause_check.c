// SPDX-License-Identifier: GPL-2.0-only
/*
 * cause_check.c - compare the causes that vmascope reports with those that a workload expects.
 */
#include "cause_check.h"
#include "check.h"
#include "scope.h"

#include <stdio.h>

/* Sum of @cause over the rows of process @pid that overlap the range. */
int64_t vt_cause_count(struct json_object *stat, int64_t pid, uint64_t start, uint64_t end,
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

/* Check that the causes of each VMA and process add up to its faults. */
static void check_cause_sums(struct json_object *o)
{
	int64_t sum = 0;

	json_object_object_foreach(vt_need(o, "causes", json_type_object), name, n) {
		(void)name;
		sum += json_object_get_int64(n);
	}
	vt_equal(sum, vt_int(o, "faults"), "Σ causes = faults");
}

void vt_check_cause_sums(struct json_object *stat)
{
	struct json_object *process, *vma;

	check_cause_sums(vt_need(stat, "totals", json_type_object));
	vt_each(process, stat, "processes")
	{
		check_cause_sums(process);
		vt_each(vma, process, "vmas") check_cause_sums(vma);
	}
}

/* The number that the workload expects for one cause in one range: several records add up. */
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

void vt_check_causes(struct json_object *stat, struct json_object *work)
{
	struct json_object *range;

	vt_each(range, work, "ranges")
	{
		const char *cause = vt_str(range, "cause");
		uint64_t start = vt_hex(range, "start"), end = vt_hex(range, "end");
		int64_t pid = vt_int(range, "pid"), got;

		if (!strcmp(cause, "segv-maperr")) { /* no VMA: in the counts of the process */
			struct json_object *process = vt_process(stat, pid);

			/* one more page is accessed before, to warm up */
			vt_equal(vt_int(process, "causes.segv-maperr"), expected(work, range) + 1,
				 "segv-maperr of %s", vt_str(work, "mode"));
			continue;
		}
		got = vt_cause_count(stat, pid, start, end, cause);
		/*
		 * A cached page that is locked just then (written back) makes the kernel try
		 * again, and call the fault major: it counts as file-read, in getrusage too.
		 */
		if (!strcmp(cause, "file-map"))
			got += vt_cause_count(stat, pid, start, end, "file-read");
		vt_equal(got, expected(work, range), "%s of %s", cause, vt_str(work, "mode"));
	}
}
