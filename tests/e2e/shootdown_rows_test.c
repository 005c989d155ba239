// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_rows_test - what rows tell apart, by every --by.
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <sys/syscall.h>

static const struct {
	const char *by;
	const char *list; /* NULL: `calls`, which is always there */
} kinds[] = {
	{ "vma", "vmas" },	 { "call", NULL },    { "process", "by_process" },
	{ "thread", "threads" }, { "site", "sites" }, { "cpu", "cpus" },
	{ "stack", "stacks" },
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Each against the tracer, and the rows of each add up: vt_shootdown() checks both. */
static void rows_add_up(void **state)
{
	struct vt_shot shot;

	(void)state;
	for (size_t i = 0; i < NR_KINDS; i++) {
		vt_shootdown(&shot, VT_ARGS("--by", kinds[i].by),
			     VT_ARGS("tlbcalls", "--count", "200", "cow"));
		for (size_t k = 0; k < NR_KINDS; k++)
			if (kinds[k].list)
				vt_equal(vt_get(shot.s.json, kinds[k].list) != NULL, k == i,
					 "%s with --by %s", kinds[k].list, kinds[i].by);
		vt_cmp(vt_len(shot.s.json, kinds[i].list ?: "calls"), >, 0, "rows");
		/* a page that the kernel is moving is not flushed once more */
		if (!shot.moved)
			vt_cmp(vt_calls_sum(shot.s.json, "cow", NULL, "flushes.local"), >=, 800,
			       "copies of the parent");
		vt_shootdown_free(&shot);
	}
}

static void text_fits_the_width(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
	for (size_t i = 0; i < NR_KINDS; i++) {
		vt_run(&cmd, NULL,
		       VT_ARGS(vt_vmascope(), "shootdown", "--by", kinds[i].by, "--",
			       vt_workload("pingpong"), "--pairs", "500"));
		vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
		vt_contains(cmd.out, "mprotect");
		vt_contains(cmd.out, "STOLEN");
		vt_contains(cmd.out, "INITIATOR");
		vt_check_width(cmd.out, 80);
		vt_free(&cmd);
		if (i > 1) /* the first two have all of its tables */
			continue;
		vt_run(&cmd, NULL,
		       VT_ARGS(vt_vmascope(), "shootdown", "--format", "csv", "--by", kinds[i].by,
			       "--", vt_workload("pingpong"), "--pairs", "500"));
		vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
		vt_contains(cmd.out, ",");
		vt_free(&cmd);
	}
}

/* A process's calls under its own pid, the other's under the other's, by the tracer's count. */
static void processes_are_distinguished(void **state)
{
	static const char *const script = "\"$0\" --pairs 300 --result \"$1\" & "
					  "\"$0\" --pairs 700 --result \"$2\"; wait";
	const char *output = vt_path("two.json");
	const char *const result[2] = { vt_path("a.json"), vt_path("b.json") };
	static struct vt_ktally kernel;
	struct json_object *json;
	struct vt_cmd cmd;
	size_t n;

	(void)state;
	vt_ftrace_start();
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "shootdown", "--by", "process", "-j", "-o", output, "--",
		       "sh", "-c", script, vt_workload("pingpong"), result[0], result[1]));
	vt_ftrace_stop(&n);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	json = vt_json_file(output);
	vt_check_shootdown(json);
	for (int i = 0; i < 2; i++) {
		struct json_object *work = vt_json_file(result[i]);
		int64_t pid = vt_int(work, "pid"), calls = vt_int(work, "mprotects");

		vt_equal(calls, i ? 1400 : 600, "calls of the workload");
		vt_ftrace_tally(&kernel, (pid_t)pid, NULL, NULL);
		vt_equal(vt_rows_sum(json, "by_process", "mprotect", NULL, pid, "count"),
			 kernel.call[SYS_mprotect].left, "mprotects of %ld", pid);
		vt_cmp(kernel.call[SYS_mprotect].left, >=, calls, "mprotects of %ld", pid);
		vt_equal(vt_rows_sum(json, "by_process", "mprotect", NULL, pid, "flushes.remote"),
			 kernel.call[SYS_mprotect].remote, "flushes that %ld sent", pid);
		vt_equal(vt_rows_sum(json, "by_process", "mprotect", NULL, pid, "flushes.local"),
			 kernel.call[SYS_mprotect].local, "local flushes of %ld", pid);
		json_object_put(work);
	}
	json_object_put(json);
	vt_free(&cmd);
}

/* Processes that come and go, 300 of them: rows are given back, and nothing is lost with them. */
static void short_lived_processes(void **state)
{
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, VT_ARGS("--by", "process"), VT_ARGS("churn", "--procs", "300"));
	vt_cmp(vt_calls_sum(shot.s.json, "fork", NULL, "count"), >=, 300, "forks");
	vt_cmp(vt_calls_sum(shot.s.json, "exit", NULL, "count"), >=, 300, "exits");
	vt_equal(vt_int(shot.s.json, "lost.calls"), 0, "calls without a row");
	vt_shootdown_free(&shot);
}

/* Both threads of barrier call mprotect: the collector on the heap, the mutator on its pages. */
static void threads_are_distinguished(void **state)
{
	struct json_object *row;
	struct vt_shot shot;
	int64_t of_mutator = 0;

	(void)state;
	vt_shootdown(&shot, VT_ARGS("--by", "thread"),
		     VT_ARGS("barrier", "--pages", "32", "--rounds", "10"));
	vt_each(row, shot.s.json,
		"threads") if (vt_int(row, "tid") == vt_int(shot.s.work, "mutator") &&
			       !strcmp(vt_str(row, "call"), "mprotect"))
		of_mutator += vt_int(row, "count");
	vt_equal(of_mutator, vt_int(shot.s.work, "unprotects"), "mprotects of the mutator");
	vt_shootdown_free(&shot);
}

/* Calls on the page alone; what has no VMA (totals, pairs) is of all. */
static void filter_by_vma(void **state)
{
	struct json_object *row;
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "shootdown", VT_ARGS("--vma", "*/vmascope-tlbcalls.*"),
		     VT_ARGS("tlbcalls", "--count", "50", "msync"));
	vt_each(row, s.json, "vmas") vt_contains(vt_str(row, "vma"), "vmascope-tlbcalls");
	vt_scope_free(&s);
	vt_scope_one(&s, "shootdown", VT_ARGS("--vma", "[heap]"),
		     VT_ARGS("pingpong", "--pairs", "50"));
	vt_each(row, s.json, "vmas") vt_equal(strcmp(vt_str(row, "vma"), "[heap]"), 0, "VMA");
	vt_equal(vt_calls_sum(s.json, "mprotect", NULL, "count"), 0, "mprotects of [heap]");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(rows_add_up),
	VT_TEST(text_fits_the_width),
	VT_TEST(processes_are_distinguished),
	VT_TEST(short_lived_processes),
	VT_TEST(threads_are_distinguished),
	VT_TEST(filter_by_vma),
};

VT_MAIN(tests)
