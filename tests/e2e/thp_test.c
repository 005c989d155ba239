// SPDX-License-Identifier: GPL-2.0-only
/*
 * thp_test - faults that map huge pages, and calls that make and split them: counts, sizes and the
 * longest, against what the program saw of each touch, and its own clock.
 */
#include "check.h"
#include "scope.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <unistd.h>

#define THP "/sys/kernel/mm/transparent_hugepage/"
#define PAGES_OF_HUGE 512

/* Huge pages only where they are asked for. Return: false: the kernel has none (PREEMPT_RT). */
static bool huge_pages_on_request(void)
{
	if (access(THP, F_OK))
		return false;
	vt_set(THP "enabled", "madvise");
	vt_set(THP "defrag", "madvise");
	return true;
}

/* Without them the workload must say so, and nothing else. */
static void check_impossible(const char *mode)
{
	struct vt_cmd cmd;

	vt_run(&cmd, NULL, VT_ARGS(vt_workload("thp"), mode));
	vt_equal(cmd.exit, VT_IMPOSSIBLE, "exit status where there are no huge pages");
	vt_free(&cmd);
}

/* The VMA that the workload knows: its one range. */
static struct json_object *vma_of(struct vt_scope *s)
{
	struct json_object *vma, *found = NULL, *range = vt_at(s->work, "ranges", 0);

	vt_each(vma, vt_process(s->json, vt_int(s->work, "pid")),
		"vmas") if (vt_get(vma, "start") && vt_hex(vma, "start") == vt_hex(range, "start"))
		found = vma;
	vt_true(found);
	return found;
}

/* What each touch has mapped, and that none took longer than the program saw. */
static void touches_map_huge_pages(void **state)
{
	struct json_object *vma;
	struct vt_scope s;
	int64_t huge, n;

	(void)state;
	if (!huge_pages_on_request()) {
		check_impossible("touch");
		return;
	}
	vt_stat(&s, VT_ARGS("--quantiles"), VT_ARGS("thp", "--regions", "24", "touch"));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_check_ranges(s.json, s.work);
	vma = vma_of(&s);
	huge = vt_int(s.work, "huge");
	n = vt_int(vma, "faults");
	print_message("# %ld of %ld touches got a huge page\n", (long)huge, (long)n);
	vt_equal(n, 24, "faults");
	vt_equal(vt_int(vma, "sizes.pmd"), huge, "faults that mapped 2 MiB");
	vt_equal(vt_int(vma, "sizes.page") + vt_int(vma, "sizes.large"), n - huge,
		 "faults that mapped less");
	vt_cmp(vt_int(vma, "mapped_pages"), >=, huge * PAGES_OF_HUGE + n - huge, "pages mapped");
	if (huge == n)
		vt_equal(vt_int(vma, "mapped_pages"), n * PAGES_OF_HUGE, "pages mapped");
	if (vt_every_latency())
		vt_cmp(vt_int(vma, "latency_ns.max"), <=, vt_int(s.work, "worst_ns"),
		       "the longest fault");
	vt_scope_free(&s);
}

/* One call makes huge pages of small ones, and what is touched again takes no fault. */
static void madvise_collapse(void **state)
{
	struct json_object *call, *found = NULL;
	struct vt_scope s;
	bool failed;

	(void)state;
	if (!huge_pages_on_request()) {
		check_impossible("collapse");
		return;
	}
	vt_stat(&s, NULL, VT_ARGS("thp", "--regions", "4", "collapse"));
	vt_check_usage(s.json, s.work);
	vt_check_ranges(s.json, s.work);
	vt_equal(vt_int(s.work, "again"), 0, "faults after it, by getrusage");
	vt_scope_free(&s);

	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("thp", "--regions", "4", "collapse"));
	vt_check_shootdown(s.json);
	failed = vt_int(s.work, "errno");
	vt_equal(vt_calls_sum(s.json, "madvise", "MADV_COLLAPSE", "count"), 1, "calls");
	vt_equal(vt_calls_sum(s.json, "madvise", "MADV_COLLAPSE", "errors"), failed,
		 "failed calls");
	vt_equal(vt_calls_sum(s.json, "madvise", "MADV_COLLAPSE", "bytes"),
		 failed ? 0 : vt_int(s.work, "bytes"), "bytes");
	if (!failed)
		vt_equal(vt_int(s.work, "huge_bytes"), vt_int(s.work, "bytes"), "AnonHugePages");
	vt_each(call, s.json, "longest") if (vt_get(call, "advice") &&
					     !strcmp(vt_str(call, "advice"), "MADV_COLLAPSE") &&
					     vt_int(call, "pid") == vt_int(s.work, "pid"))
		found = call;
	/* one that failed at once may be shorter than ten others */
	vt_true(found || failed);
	if (found)
		vt_cmp(vt_int(found, "duration_ns"), <=, vt_int(s.work, "at_most_ns"), "its time");
	vt_scope_free(&s);
}

/* Σ of @member over mprotect's rows inside of the workload's range. */
static int64_t of_guards(struct vt_scope *s, const char *member)
{
	struct json_object *row;
	int64_t n = 0;

	vt_each(row, s->json, "vmas") if (!strcmp(vt_str(row, "call"), "mprotect") &&
					  vt_int(row, "pid") == vt_int(s->work, "pid") &&
					  vt_hex(row, "start") >= vt_hex(s->work, "start") &&
					  vt_hex(row, "end") <= vt_hex(s->work, "end"))
		n += vt_int(row, member);
	return n;
}

/* A guard page inside of each huge page: each call splits a VMA, the huge pages go, and nothing faults. */
static void guard_pages_split_huge_pages(void **state)
{
	const char *const *work = VT_ARGS("thp", "--regions", "16", "--guards", "16", "guard");
	struct vt_scope s;

	(void)state;
	if (!huge_pages_on_request()) {
		check_impossible("guard");
		return;
	}
	vt_stat(&s, NULL, work);
	vt_check_usage(s.json, s.work);
	vt_check_ranges(s.json, s.work);
	/* one that is counted later may have been split before */
	if (vt_every_latency())
		vt_equal(vt_int(vma_of(&s), "sizes.pmd"), vt_int(s.work, "huge"),
			 "faults that mapped 2 MiB");
	vt_cmp(vt_int(vma_of(&s), "sizes.pmd"), <=, vt_int(s.work, "huge"),
	       "faults that mapped 2 MiB");
	vt_equal(vt_int(s.work, "huge_bytes_left"), 0, "AnonHugePages after that");
	vt_scope_free(&s);

	vt_scope_one(&s, "shootdown", NULL, work);
	vt_check_shootdown(s.json);
	vt_equal(of_guards(&s, "count"), 16, "calls");
	vt_equal(of_guards(&s, "bytes"), 16 * 4096, "bytes");
	vt_equal(of_guards(&s, "splits"), 16, "splits of a VMA");
	vt_equal(of_guards(&s, "refaults"), 0, "refaults");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(touches_map_huge_pages),
	VT_TEST(madvise_collapse),
	VT_TEST(guard_pages_split_huge_pages),
};

VT_MAIN(tests)
