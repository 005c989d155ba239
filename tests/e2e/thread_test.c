// SPDX-License-Identifier: GPL-2.0-only
/*
 * thread_test - the rows of threads: whose faults, how long in them, of how long a life.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/** Of the first thread; 64 times as many of the last. */
#define PAGES "2000"

static struct json_object *thread_row(struct json_object *stat, int64_t tid)
{
	struct json_object *row, *found = NULL;

	vt_each(row, stat, "threads")
	{
		if (vt_int(row, "tid") != tid)
			continue;
		if (found)
			fail_msg("two rows for thread %ld", (long)tid);
		found = row;
	}
	if (!found)
		fail_msg("no row for thread %ld in %.3000s", (long)tid,
			 json_object_to_json_string(vt_get(stat, "threads")));
	return found;
}

static int64_t sum_threads(struct json_object *stat, const char *member)
{
	struct json_object *row;
	int64_t n = 0;

	vt_each(row, stat, "threads") n += vt_int(row, member);
	return n;
}

static double share(struct json_object *row)
{
	return json_object_get_double(vt_need(row, "share_percent", json_type_double));
}

/* Every trap belongs to one thread; what the kernel faults in without a trap to none. */
static void check_thread_sums(struct json_object *stat)
{
	vt_equal(sum_threads(stat, "faults"),
		 vt_int(stat, "totals.faults") - vt_int(stat, "totals.gup"),
		 "Σ faults of threads = totals - gup");
	vt_equal(sum_threads(stat, "fault_ns"), vt_int(stat, "totals.latency_ns.sum"),
		 "Σ fault_ns of threads = totals.latency_ns.sum");
	vt_equal(vt_int(stat, "lost.tasks"), 0, "lost tasks");
	vt_equal(vt_int(stat, "lost.notices"), 0, "lost notices");
}

/* fault_ns, lived_ns and share_percent are one statement. */
static void check_shares(struct json_object *stat)
{
	struct json_object *row;
	int64_t previous = INT64_MAX;

	vt_each(row, stat, "threads")
	{
		int64_t lived = vt_int(row, "lived_ns"), in_faults = vt_int(row, "fault_ns");
		double want = 100.0 * (double)in_faults / (double)lived;

		vt_cmp(lived, >, 0, "lived_ns");
		vt_cmp(lived, <=, vt_int(stat, "duration_ns"), "lived_ns against the run");
		vt_cmp(in_faults, <=, lived, "fault_ns against lived_ns");
		vt_cmp(in_faults, <=, previous, "threads that lost most come first");
		previous = in_faults;
		if (share(row) < 0 || share(row) > 100 || share(row) - want > 0.001 ||
		    want - share(row) > 0.001)
			fail_msg("share of %.4f %%, by its own numbers %.4f %%", share(row), want);
	}
}

/* One thread against what it knows of itself. */
static void check_thread(struct json_object *stat, struct json_object *known, int64_t pid)
{
	struct json_object *row = thread_row(stat, vt_int(known, "tid"));
	int64_t faults = vt_int(known, "faults");

	vt_cmp(faults, >=, vt_int(known, "pages"), "faults, by getrusage, against pages touched");
	vt_equal(vt_int(row, "faults"), faults, "faults of thread %ld = getrusage",
		 (long)vt_int(known, "tid"));
	vt_equal(vt_int(row, "pid"), pid, "pid of a thread");
	vt_equal(strcmp(vt_str(row, "comm"), "threads"), 0, "comm of a thread");
	vt_cmp(vt_int(row, "lived_ns"), >=, vt_int(known, "lived_ns.min"), "lived_ns");
	if (!vt_bool(known, "stays"))
		vt_cmp(vt_int(row, "lived_ns"), <=, vt_int(known, "lived_ns.max"), "lived_ns");
	/* No fault is handled in 50 ns, and but for the warm-up all are taken while it touches. */
	vt_cmp(vt_int(row, "fault_ns"), >=, 50 * faults, "fault_ns");
	if (vt_int(known, "pages") == faults)
		vt_cmp(vt_int(row, "fault_ns"), <=, vt_int(known, "touch_ns"),
		       "fault_ns against the time in which it touched its pages");
}

/*
 * The last thread has most of the faults. It need not have lost the most time: another one may have
 * lost its CPU inside a fault.
 */
static void check_busiest(struct json_object *stat, struct json_object *work)
{
	struct json_object *last = vt_at(work, "threads", vt_len(work, "threads") - 1);
	struct json_object *row = thread_row(stat, vt_int(last, "tid"));

	vt_cmp(vt_int(row, "faults"), >, sum_threads(stat, "faults") / 2, "its faults, of all");
	vt_true(share(row) > 0);
}

/* getrusage of the process and its threads, but for what is before the exec, and the gup. */
static void check_main_thread(struct json_object *stat, struct json_object *work)
{
	int64_t pid = vt_int(work, "pid"), others = 0, own;
	struct json_object *known, *process = vt_process(stat, pid);

	vt_each(known, work, "threads") others += vt_int(known, "faults");
	own = vt_int(work, "self.minor") + vt_int(work, "self.major") - others -
	      vt_int(process, "before_exec.minor") - vt_int(process, "before_exec.major");
	vt_equal(vt_int(thread_row(stat, pid), "faults"), own - vt_int(process, "gup"),
		 "faults of the main thread");
}

static void threads_of_a_command(void **state)
{
	struct json_object *known, *row;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("threads", "--threads", "3", "--pages", PAGES));
	vt_equal(vt_len(s.work, "threads"), 3, "threads that the workload had");
	vt_equal(vt_len(s.json, "threads"), 4, "threads: these and the main one");
	check_thread_sums(s.json);
	check_shares(s.json);
	vt_each(known, s.work, "threads") check_thread(s.json, known, vt_int(s.work, "pid"));
	vt_each(row, s.json, "threads") vt_true(vt_bool(row, "exited"));
	check_main_thread(s.json, s.work);
	check_busiest(s.json, s.work);
	vt_scope_free(&s);
}

/* Threads and children in all kinds of mappings, at the same time. */
static void sums_under_load(void **state)
{
	struct json_object *row, *other;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("exact", "--threads", "8", "--children", "20", "--pages", "100"));
	vt_check_usage(s.json, s.work);
	vt_equal(vt_len(s.json, "threads"), 8 + 20 + 1, "threads");
	check_thread_sums(s.json);
	check_shares(s.json);
	vt_each(row, s.json, "threads")
	{
		vt_true(vt_bool(row, "exited"));
		vt_cmp(vt_int(row, "faults"), >, 0, "faults of a thread");
		vt_each(other, s.json, "threads") if (other != row)
			vt_true(vt_int(other, "tid") != vt_int(row, "tid"));
	}
	vt_scope_free(&s);
}

/* What the kernel faults in by itself costs no thread a trap. */
static void sums_with_kernel_initiated_faults(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("gup", "--pages", "200"));
	vt_cmp(vt_int(s.json, "totals.gup"), >=, 800, "faults without a trap");
	check_thread_sums(s.json);
	check_shares(s.json);
	vt_scope_free(&s);
}

/* Reading from the disk is time in faults, too. */
static void sums_with_major_faults(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("causes", "--count", "100", "file-cold"));
	vt_cmp(vt_int(s.json, "totals.major"), >=, 100, "major faults");
	check_thread_sums(s.json);
	check_shares(s.json);
	vt_scope_free(&s);
}

static void put_byte(const struct vt_cmd *cmd)
{
	vt_true(write(cmd->stdin_fd, "\n", 1) == 1);
}

/* Attached: two threads have ended when vmascope does, two live on. */
static void running_and_exited_threads(void **state)
{
	const char *result = vt_path("threads.json"), *output = vt_path("stat.json");
	struct json_object *stat, *work, *known;
	struct vt_cmd cmd, scope;
	char pid[16];

	(void)state;
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("threads"), "--gate", "--stay", "--pages", PAGES, "--result",
			 result));
	vt_await_text(&cmd, "ready");
	snprintf(pid, sizeof(pid), "%d", cmd.pid);
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output, "-p", pid));
	vt_await_attached(&scope);
	put_byte(&cmd);
	vt_await_text(&cmd, "done");
	vt_interrupt(&scope);
	vt_close_stdin(&cmd);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "workload's exit status: %s", cmd.err);
	stat = vt_json_file(output);
	work = vt_json_file(result);
	vt_check_sums(stat);
	check_thread_sums(stat);
	check_shares(stat);
	check_busiest(stat, work);
	vt_equal(vt_len(work, "threads"), 3, "threads that the workload had");
	vt_each(known, work, "threads")
	{
		struct json_object *row = thread_row(stat, vt_int(known, "tid"));

		check_thread(stat, known, vt_int(work, "pid"));
		vt_equal(vt_bool(row, "exited"), !vt_bool(known, "stays"), "exited");
	}
	vt_true(!vt_bool(thread_row(stat, vt_int(work, "pid")), "exited"));
	json_object_put(stat);
	json_object_put(work);
	vt_free(&cmd);
	vt_free(&scope);
}

/* Text: a row for each thread, with the numbers that JSON has. */
static void text_by_thread(void **state)
{
	const char *result = vt_path("threads.json"), *output = vt_path("stat.txt");
	struct json_object *work;
	char *text, *line, tid[32];
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--by", "thread", "-o", output, "--",
		       vt_workload("threads"), "--pages", PAGES, "--result", result));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	work = vt_json_file(result);
	text = vt_read_file(output, NULL);
	vt_check_width(text, 80);
	vt_contains(text, "SHARE");
	snprintf(tid, sizeof(tid), " %ld ", (long)vt_int(vt_at(work, "threads", 2), "tid"));
	line = strstr(strstr(text, "SHARE"), tid);
	vt_true(line);
	while (line[-1] != '\n')
		line--;
	*strchr(line, '\n') = 0;
	vt_contains(line, "128,0");
	vt_contains(line, "%");
	free(text);
	json_object_put(work);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(threads_of_a_command),
	VT_TEST(sums_under_load),
	VT_TEST(sums_with_kernel_initiated_faults),
	VT_TEST(sums_with_major_faults),
	VT_TEST(running_and_exited_threads),
	VT_TEST(text_by_thread),
};

VT_MAIN(tests)
