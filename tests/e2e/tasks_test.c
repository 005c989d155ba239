// SPDX-License-Identifier: GPL-2.0-only
/*
 * tasks_test - whose faults are counted, and when: threads that the kernel makes, tasks that leave a
 * filter, faults without a trap, and the two ends of counting.
 */
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define GUP_PAGES 500
#define GUP_THREADS 4

/* VMASCOPE_REPEAT: fewer, where the same was shown before (the sanitizer build). */
static int times(int usual)
{
	const char *env = getenv("VMASCOPE_REPEAT");
	int n = env ? atoi(env) : 0;

	return n > 0 && n < usual ? n : usual;
}

/* @sqpoll: --sqpoll, or NULL: then it is io_uring's workers that read */
static void io_of_a_command(const char *sqpoll)
{
	struct vt_scope s;

	vt_stat(&s, NULL, VT_ARGS("iouring", "--reads", "2000", sqpoll));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_check_ranges(s.json, s.work);
	vt_cmp(vt_int(s.work, "polling_thread_faults"), >=, sqpoll ? 1 : 0,
	       "faults of the thread that polls submissions");
	vt_scope_free(&s);
}

static void io_of_a_process(const char *sqpoll)
{
	struct json_object *json;
	struct vt_gated g;

	vt_gated_start(&g, VT_ARGS("iouring", "--reads", "2000", sqpoll));
	json = vt_gated_process(&g);
	vt_check_ranges(json, g.known);
	json_object_put(json);
	vt_gated_free(&g);
}

static void io_uring_workers_of_a_command(void **state)
{
	(void)state;
	io_of_a_command(NULL);
}

static void io_uring_workers_of_a_process(void **state)
{
	(void)state;
	io_of_a_process(NULL);
}

static void io_uring_sq_thread_of_a_command(void **state)
{
	(void)state;
	io_of_a_command("--sqpoll");
}

static void io_uring_sq_thread_of_a_process(void **state)
{
	(void)state;
	io_of_a_process("--sqpoll");
}

/* No fault of this workload comes without a trap, and of each the begin is seen. */
static void check_ends(const char *option, const char *value)
{
	struct json_object *json, *cause;
	struct vt_cmd scope;

	vt_run(&scope, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--format", "json", "--by", "cause", "-d", "100ms",
		       option, value));
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	json = vt_json(scope.out, "stat");
	vt_check_sums(json);
	vt_equal(vt_int(json, "totals.gup"), 0, "faults without a trap, %s %s", option, value);
	vt_each(cause, json, "causes") if (!strcmp(vt_str(cause, "cause"), "unknown"))
		fail_msg("%ld faults have no known cause", vt_int(cause, "faults"));
	json_object_put(json);
	vt_free(&scope);
}

static void faults_at_start_and_end(void **state)
{
	struct vt_gated g;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("newthreads"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	for (int i = times(5); i; i--) {
		check_ends("-p", pid);
		check_ends("-n", "newthreads");
	}
	vt_gated_run(&g);
	vt_gated_free(&g);
}

/* One thread, each of whose faults is in a mapping that is gone right afterwards. */
static void end_during_mapping_changes(void **state)
{
	struct vt_gated g;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("newthreads", "--mappings"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	for (int i = times(8); i; i--)
		check_ends("-p", pid);
	vt_gated_run(&g);
	vt_gated_free(&g);
}

/* @by: -n, -u or -c, and @value; what was taken while it did not match belongs to nobody. */
static void check_leaving(const char *by, const char *value, const char *const *work)
{
	struct json_object *json;
	struct vt_cmd scope;
	struct vt_gated g;

	vt_gated_start(&g, work);
	vt_attach_stat(&scope, VT_ARGS(by, value));
	vt_gated_run(&g);
	json = vt_stop_stat(&scope);
	vt_check_ranges(json, g.known);
	vt_equal(vt_sum_pid(json, vt_int(g.known, "pid"), "gup"), 0, "faults without a trap, %s",
		 by);
	vt_cmp(vt_sum_pid(json, vt_int(g.known, "pid"), "faults"), <, 5000, "faults by %s", by);
	json_object_put(json);
	vt_gated_free(&g);
}

static void task_stops_matching_comm(void **state)
{
	(void)state;
	check_leaving("-n", "leave", VT_ARGS("leave", "--how", "comm"));
}

static void task_stops_matching_uid(void **state)
{
	(void)state;
	/* of root, all others are counted too: it goes to a user that nobody else is */
	check_leaving("-u", "0", VT_ARGS("leave", "--how", "uid"));
}

static size_t occurrences(const char *text, const char *of)
{
	size_t n = 0;

	while ((text = strstr(text, of))) {
		text++;
		n++;
	}
	return n;
}

/** struct waited - that stdout of @cmd holds @want intervals */
struct waited {
	const struct vt_cmd *cmd;
	size_t want;
};

static size_t intervals(const struct vt_cmd *cmd)
{
	char *text = vt_peek(cmd);
	size_t n = occurrences(text, "\"interval\"");

	free(text);
	return n;
}

static bool has_intervals(void *arg)
{
	const struct waited *w = arg;

	return intervals(w->cmd) >= w->want;
}

/* A thread that never traps: its faults are in the intervals, while it lives. */
static void gup_in_the_right_interval(void **state)
{
	struct json_object *all;
	struct waited waited;
	struct vt_cmd scope;
	struct vt_gated g;
	int64_t gup = 0;
	char pid[16];
	size_t n;

	(void)state;
	vt_gated_start(&g, VT_ARGS("gupthreads", "--pages", "500", "--threads", "4"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-i", "100ms", "-p", pid));
	vt_await_attached(&scope);
	vt_equal(write(g.work.stdin_fd, "", 1), 1, "byte to the gate");
	vt_await_text(&g.work, "populated");
	waited = (struct waited){ .cmd = &scope, .want = intervals(&scope) + 2 };
	vt_await(has_intervals, &waited, "two more intervals", VT_PATIENCE);
	vt_interrupt(&scope);
	all = vt_json_lines(scope.out, "stat -i");
	n = json_object_array_length(all);
	for (size_t i = 0; i + 2 < n; i++)
		gup += vt_int(json_object_array_get_idx(all, i), "totals.gup");
	vt_equal(gup, GUP_PAGES, "faults without a trap in the intervals");
	vt_equal(vt_int(json_object_array_get_idx(all, n - 1), "totals.gup"), GUP_PAGES,
		 "faults without a trap in all");
	json_object_put(all);
	vt_free(&scope);
	vt_gated_run(&g);
	vt_gated_free(&g);
}

/* Threads that end without a trap: their faults are the process's. */
static void gup_of_exited_threads(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("gupthreads", "--pages", "500", "--threads", "4"));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_equal(vt_int(s.json, "lost.unattributed"), 0, "unattributed faults");
	vt_cmp(vt_sum_pid(s.json, vt_int(s.work, "pid"), "gup"), >=, GUP_PAGES * (1 + GUP_THREADS),
	       "faults without a trap of the process");
	vt_scope_free(&s);
}

/* Inside a memory call, they are its VMA's; those in another process's memory are no VMA's. */
static void gup_during_memory_calls(void **state)
{
	const char *file = vt_path("gup.rec"), *result = vt_path("gup.json");
	struct json_object *json, *range, *vma, *work;
	struct vt_cmd record, report;
	int checked = 0;

	(void)state;
	vt_run(&record, NULL,
	       VT_ARGS(vt_vmascope(), "record", "--events", "fault,memcall", "-o", file, "--",
		       vt_workload("gup"), "--result", result, "--pages", "300"));
	vt_equal(record.exit, 0, "exit status of record: %s", record.err);
	work = vt_json_file(result);
	vt_run(&report, NULL, VT_ARGS(vt_vmascope(), "report", "--format", "json", file));
	vt_equal(report.exit, 0, "exit status of report: %s", report.err);
	json = vt_json(report.out, "report");
	vt_each(range, work, "ranges")
	{
		const bool remote = vt_int(range, "pid") != vt_int(work, "pid");
		int64_t gup = 0;

		if (!strcmp(vt_str(range, "kind"), "direct"))
			continue;
		vt_each(vma, vt_process(json, vt_int(work, "pid")), "vmas")
		{
			if (vt_hex(vma, "start") < vt_hex(range, "end") &&
			    vt_hex(vma, "end") > vt_hex(range, "start"))
				gup += vt_int(vma, "gup");
		}
		vt_equal(gup, remote ? 0 : 300, "faults without a trap in VMA '%s'",
			 vt_str(range, "kind"));
		checked++;
	}
	vt_equal(checked, 6, "ranges");
	json_object_put(json);
	vt_free(&report);
	json_object_put(work);
	vt_free(&record);
}

/** gup_in_vmas - faults without a trap in those VMAs of @process that reach into @range; NULL: in all */
static int64_t gup_in_vmas(struct json_object *process, struct json_object *range)
{
	struct json_object *vma;
	int64_t gup = 0;

	vt_each(vma, process, "vmas")
	{
		if (range && (vt_hex(vma, "start") >= vt_hex(range, "end") ||
			      vt_hex(vma, "end") <= vt_hex(range, "start")))
			continue;
		gup += vt_int(vma, "gup");
	}
	return gup;
}

/*
 * Those in another process's memory are of the process that wrote or read there, as the kernel counts
 * them, and of none of its VMAs: process_vm_writev, ptrace, and an exec's arguments, which are put into
 * an image that is no process's yet.
 */
static void gup_in_another_process(void **state)
{
	struct json_object *self, *other, *range, *small, *large;
	int64_t remote = 0, all;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("gup", "--pages", "100", "--exec-pages", "200"));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	self = vt_process(s.json, vt_int(s.work, "pid"));
	other = vt_process(s.json, vt_int(s.work, "other"));
	vt_each(range, s.work, "ranges")
	{
		if (vt_int(range, "pid") == vt_int(self, "pid"))
			continue;
		remote += vt_int(range, "gup");
		vt_equal(gup_in_vmas(self, range), 0, "%s: in the caller's VMA at that address",
			 vt_str(range, "kind"));
		vt_equal(gup_in_vmas(other, range), 0, "%s: in the other process's VMA",
			 vt_str(range, "kind"));
	}
	vt_equal(remote, 300, "faults that the workload took in the other process");
	vt_equal(vt_int(other, "gup"), 0, "faults without a trap of the other process");
	all = vt_int(self, "gup") - gup_in_vmas(self, NULL);
	vt_cmp(all, >=, remote, "faults without a trap and without a VMA");
	small = vt_process(s.json, vt_int(s.work, "small_exec"));
	large = vt_process(s.json, vt_int(s.work, "large_exec"));
	vt_equal(vt_int(large, "gup") - vt_int(small, "gup"), 200, "pages of arguments");
	vt_equal(vt_int(large, "overflow_reasons.gup") - vt_int(small, "overflow_reasons.gup"), 200,
		 "pages of arguments without a VMA");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(io_uring_workers_of_a_command),	  VT_TEST(io_uring_workers_of_a_process),
	VT_TEST(io_uring_sq_thread_of_a_command), VT_TEST(io_uring_sq_thread_of_a_process),
	VT_TEST(faults_at_start_and_end),	  VT_TEST(end_during_mapping_changes),
	VT_TEST(task_stops_matching_comm),	  VT_TEST(task_stops_matching_uid),
	VT_TEST(gup_in_the_right_interval),	  VT_TEST(gup_of_exited_threads),
	VT_TEST(gup_during_memory_calls),	  VT_TEST(gup_in_another_process),
};

VT_MAIN(tests)
