// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter_test - each filter and grouping lets through what it should, and nothing else; filter_cgroup_test
 * has cgroups.
 */
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The whole system's count, against /proc/vmstat read inside and outside of it. */
static void whole_system(void **state)
{
	int64_t outer, inner, counted;
	struct json_object *json;
	struct vt_cmd scope;
	struct vt_gated g;

	(void)state;
	vt_gated_start(&g, VT_ARGS("exact", "--pages", "300"));
	outer = vt_vmstat("pgfault");
	vt_attach_stat(&scope, VT_ARGS("-q"));
	inner = vt_vmstat("pgfault");
	vt_gated_run(&g);
	inner = vt_vmstat("pgfault") - inner;
	json = vt_stop_stat(&scope);
	outer = vt_vmstat("pgfault") - outer;
	counted = vt_int(json, "totals.minor") + vt_int(json, "totals.major");
	/* pgfault has handled faults that ended in an error, too: by others, here */
	vt_cmp(counted + vt_int(json, "totals.incomplete"), >=, inner,
	       "faults of the system, by /proc/vmstat while it ran");
	vt_cmp(counted, <=, outer, "faults of the system, by /proc/vmstat around it");
	vt_check_attached_usage(json, g.known);
	vt_check_ranges(json, g.known);
	json_object_put(json);
	vt_gated_free(&g);
}

static void by_comm(void **state)
{
	struct json_object *json, *process;
	struct vt_gated in, out;
	struct vt_cmd scope;

	(void)state;
	vt_gated_start(&in, VT_ARGS("storm", "--faults", "2000"));
	vt_gated_start(&out, VT_ARGS("churn", "--procs", "12"));
	vt_attach_stat(&scope, VT_ARGS("-n", "storm"));
	vt_gated_run(&in);
	vt_gated_run(&out);
	json = vt_stop_stat(&scope);
	vt_check_only_process(json, &in, &out);
	vt_each(process, json, "processes")
		vt_equal(strcmp(vt_str(process, "comm"), "storm"), 0, "comm");
	json_object_put(json);
	vt_gated_free(&in);
	vt_gated_free(&out);
}

/*
 * The command has another name than what is wanted: it runs that, in its own place or as a child, and
 * each range that the workload wrote has exactly its faults.
 */
static void by_comm_below_a_command(void **state)
{
	static const char *const scripts[] = { "exec %s", "%s; true", "sh -c '%s; true'; true" };
	const char *result = vt_path("result.json"), *output = vt_path("below.json");
	char storm[600], script[700];
	struct vt_cmd cmd;

	(void)state;
	snprintf(storm, sizeof(storm), "%s --faults 1000 --result %s", vt_workload("storm"),
		 result);
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		struct json_object *json, *work, *process;

		snprintf(script, sizeof(script), scripts[i], storm);
		vt_run(&cmd, NULL,
		       VT_ARGS(vt_vmascope(), "stat", "-n", "storm", "--format", "json", "-o",
			       output, "--", "sh", "-c", script));
		vt_equal(cmd.exit, 0, "exit status of %s: %s", scripts[i], cmd.err);
		json = vt_json_file(output);
		work = vt_json_file(result);
		vt_check_ranges(json, work);
		vt_cmp(vt_int(json, "totals.minor"), >=, 1000, "faults of %s", scripts[i]);
		vt_each(process, json, "processes")
			vt_equal(strcmp(vt_str(process, "comm"), "storm"), 0, "comm");
		json_object_put(json);
		json_object_put(work);
		vt_free(&cmd);
	}
}

static void by_uid(void **state)
{
	/* a user of nobody else's, not of another run of this test either */
	const uid_t uid = 1000000000 + getpid();
	struct vt_gated in, out;
	struct json_object *json;
	struct vt_cmd scope;
	char number[16];

	(void)state;
	snprintf(number, sizeof(number), "%u", uid);
	vt_gated_start_as(&in, uid, VT_ARGS("storm", "--faults", "2000"));
	vt_gated_start(&out, VT_ARGS("storm", "--faults", "3000"));
	vt_attach_stat(&scope, VT_ARGS("-u", number));
	vt_gated_run(&in);
	vt_gated_run(&out);
	json = vt_stop_stat(&scope);
	vt_check_only_process(json, &in, &out);
	vt_equal(vt_len(json, "processes"), 1, "processes of that user");
	json_object_put(json);
	vt_gated_free(&in);
	vt_gated_free(&out);
}

static void by_several_pids(void **state)
{
	struct vt_gated a, b, out;
	struct json_object *json;
	struct vt_cmd scope;
	char pids[32];

	(void)state;
	vt_gated_start(&a, VT_ARGS("storm", "--faults", "2000"));
	vt_gated_start(&b, VT_ARGS("storm", "--faults", "3000"));
	vt_gated_start(&out, VT_ARGS("storm", "--faults", "4000"));
	snprintf(pids, sizeof(pids), "%d,%d", a.work.pid, b.work.pid);
	vt_attach_stat(&scope, VT_ARGS("-p", pids));
	vt_gated_run(&out);
	vt_gated_run(&a);
	vt_gated_run(&b);
	vt_wait(&scope, VT_PATIENCE); /* ends with the last of them */
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	json = vt_json_file(vt_stat_output());
	vt_check_only_process(json, &a, &out);
	vt_check_only_process(json, &b, &out);
	vt_equal(vt_len(json, "processes"), 2, "processes");
	json_object_put(json);
	vt_free(&scope);
	vt_gated_free(&a);
	vt_gated_free(&b);
	vt_gated_free(&out);
}

/* Children that -p does not follow, as they were there before, are named. */
static void existing_children_are_reported(void **state)
{
	char pid[16], path[64], says[160], *children;
	struct vt_cmd parent, scope;
	long first, second;

	(void)state;
	vt_start(&parent, NULL, VT_ARGS("sh", "-c", "sleep 900 & sleep 900 & echo ready; wait"));
	vt_await_text(&parent, "ready");
	snprintf(pid, sizeof(pid), "%d", parent.pid);
	snprintf(path, sizeof(path), "/proc/%s/task/%s/children", pid, pid);
	children = vt_read_file(path, NULL);
	vt_equal(sscanf(children, "%ld %ld", &first, &second), 2, "children");
	free(children);
	vt_run(&scope, NULL, VT_ARGS(vt_vmascope(), "stat", "-p", pid, "-d", "10ms"));
	vt_equal(scope.exit, 0, "exit status: %s", scope.err);
	snprintf(says, sizeof(says),
		 "process %s already has 2 child processes, which will not be traced: add -p "
		 "%ld,%ld\n",
		 pid, first, second);
	vt_contains(scope.err, says);
	vt_free(&scope);
	vt_free(&parent);
}

/* -n is about processes: where a thread alone is called so, it is told which one. */
static void thread_names_are_reported(void **state)
{
	char name[16], says[160], *line;
	struct vt_cmd work, scope;
	long tid;

	(void)state;
	snprintf(name, sizeof(name), "vt%d", (int)getpid());
	vt_start(&work, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("namedthread"), "--name", name));
	vt_await_text(&work, "\n");
	line = vt_peek(&work);
	vt_equal(sscanf(line, "ready %ld", &tid), 1, "thread: %s", line);
	free(line);
	vt_run(&scope, NULL, VT_ARGS(vt_vmascope(), "stat", "-n", name, "-d", "10ms"));
	vt_equal(scope.exit, 0, "exit status: %s", scope.err);
	snprintf(says, sizeof(says),
		 "no process is named '%s', but thread %ld of process %d is (use -t %ld)", name,
		 tid, work.pid, tid);
	vt_contains(scope.err, says);
	vt_free(&scope);
	vt_close_stdin(&work);
	vt_wait(&work, VT_PATIENCE);
	vt_equal(work.exit, 0, "exit status of the workload: %s", work.err);
	vt_free(&work);
}

/* The main thread alone: what its threads touch is not counted. */
static void by_tid(void **state)
{
	struct vt_gated g;
	struct json_object *json, *range;
	struct vt_cmd scope;
	int64_t others;
	char tid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("storm", "--threads", "2", "--faults", "20000"));
	snprintf(tid, sizeof(tid), "%d", g.work.pid);
	vt_attach_stat(&scope, VT_ARGS("-t", tid));
	vt_gated_run(&g);
	vt_wait(&scope, VT_PATIENCE);
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	json = vt_json_file(vt_stat_output());
	vt_check_sums(json);
	vt_cmp(vt_int(json, "totals.faults"), >, 0, "faults of the main thread");
	others = vt_int(g.known, "self.minor") - vt_int(g.known, "at_gate.minor");
	vt_each(range, g.known, "ranges") others -= vt_int(range, "minor");
	vt_cmp(vt_int(json, "totals.minor"), <=, others, "faults of the main thread");
	json_object_put(json);
	vt_free(&scope);
	vt_gated_free(&g);
}

static void major_faults_only(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("-F", "maj"), VT_ARGS("causes", "--count", "200", "file-cold"));
	vt_check_sums(s.json);
	vt_equal(vt_int(s.json, "totals.minor"), 0, "minor faults under -F maj");
	vt_equal(vt_int(s.json, "totals.major"),
		 vt_int(s.work, "self.major") - vt_sum_pid(s.json, -1, "before_exec.major"),
		 "major faults under -F maj");
	vt_cmp(vt_int(s.json, "totals.major"), >=, 200, "major faults");
	vt_scope_free(&s);
}

static void minor_faults_only(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("-F", "min"), VT_ARGS("causes", "--count", "200", "file-cold"));
	vt_check_sums(s.json);
	vt_equal(vt_int(s.json, "totals.major"), 0, "major faults under -F min");
	vt_equal(vt_int(s.json, "totals.minor"),
		 vt_int(s.work, "self.minor") - vt_sum_pid(s.json, -1, "before_exec.minor"),
		 "minor faults under -F min");
	vt_scope_free(&s);
}

static void by_vma_name(void **state)
{
	static const char *const globs[] = { "/dev/shm/*", "[heap]", "*vmascope-write*", "[anon]" };
	struct json_object *process, *vma, *range;
	struct vt_scope s;

	(void)state;
	for (size_t i = 0; i < sizeof(globs) / sizeof(globs[0]); i++) {
		int64_t want = 0, got = 0;

		vt_stat(&s, VT_ARGS("--vma", globs[i]),
			VT_ARGS("exact", "--pages", "50", "--children", "2", "--threads", "2"));
		vt_check_sums(s.json);
		vt_each(range, s.work, "ranges")
		{
			char name[512], *p;

			snprintf(name, sizeof(name), "%s", vt_range_name(s.work, range));
			for (p = name; *p; p++) /* fnmatch takes [ for itself */
				*p = *p == '[' ? '(' : *p;
			if (strchr(globs[i], '[') ? !strcmp(vt_range_name(s.work, range), globs[i])
						  : !fnmatch(globs[i], name, 0))
				want += vt_int(range, "faults");
		}
		vt_each(process, s.json, "processes") vt_each(vma, process, "vmas")
		{
			const char *name = vt_str(vma, "name");

			if (strchr(globs[i], '[') ? strcmp(name, globs[i])
						  : fnmatch(globs[i], name, 0))
				fail_msg("--vma '%s' let '%s' by", globs[i], name);
			got += vt_int(vma, "faults");
		}
		vt_cmp(want, >, 0, "faults that the workload knows under %s", globs[i]);
		if (strcmp(globs[i], "[anon]"))
			vt_equal(got, want, "faults under --vma '%s'", globs[i]);
		else
			vt_cmp(got, >=, want, "faults under --vma '%s'", globs[i]);
		vt_equal(vt_int(s.json, "totals.faults"), got, "totals under --vma '%s'", globs[i]);
		vt_scope_free(&s);
	}
}

/* What the intervals hold adds up to what is printed at the end, and that is the truth. */
static void intervals_add_up(void **state)
{
	static const char *const members[] = { "faults", "minor", "major", "incomplete" };
	struct json_object *total, *doc;
	struct vt_scope s;
	size_t n;

	(void)state;
	vt_scope_run(&s, "stat", VT_ARGS("-i", "100ms"), VT_ARGS("storm", "--seconds", "1"));
	n = json_object_array_length(s.json);
	vt_cmp(n, >=, 2, "JSON documents: at least one interval, and all of it");
	total = json_object_array_get_idx(s.json, n - 1);
	vt_check_sums(total);
	vt_check_usage(total, s.work);
	for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++) {
		char path[64];
		int64_t sum = 0;

		snprintf(path, sizeof(path), "totals.%s", members[m]);
		for (size_t i = 0; i + 1 < n; i++) {
			doc = json_object_array_get_idx(s.json, i);
			sum += vt_int(doc, path);
		}
		vt_equal(sum, vt_int(total, path), "Σ of the intervals' %s", members[m]);
	}
	for (size_t i = 0; i + 1 < n; i++)
		vt_check_sums(json_object_array_get_idx(s.json, i));
	vt_scope_free(&s);
}

static void duration_ends_the_run(void **state)
{
	struct timespec from, to;
	struct json_object *json;
	struct vt_cmd cmd;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &from);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-d", "300ms"));
	clock_gettime(CLOCK_MONOTONIC, &to);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	json = vt_json(cmd.out, "stat -d");
	vt_check_sums(json);
	vt_cmp(vt_int(json, "duration_ns"), >=, 300000000, "duration");
	vt_cmp(vt_int(json, "duration_ns"), <=,
	       (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec,
	       "duration, by the time that it ran");
	json_object_put(json);
	vt_free(&cmd);
}

/* Whatever the rows are grouped by, they hold all faults, once. */
static void every_grouping_has_all_faults(void **state)
{
	static const char *const by[][2] = {
		{ "mapping", "mappings" }, { "vma", "vmas" }, { "process", "by_process" },
		{ "cause", "causes" },	   { "cpu", "cpus" }, { "cgroup", "cgroups" },
	};
	struct json_object *row;
	struct vt_scope s;

	(void)state;
	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		int64_t sum = 0;

		vt_stat(&s, VT_ARGS("--by", by[i][0]),
			VT_ARGS("exact", "--pages", "50", "--children", "2", "--threads", "2"));
		vt_check_sums(s.json);
		vt_check_usage(s.json, s.work);
		vt_each(row, s.json, by[i][1]) sum += vt_int(row, "faults");
		vt_equal(sum, vt_int(s.json, "totals.faults"), "Σ of the rows by %s", by[i][0]);
		vt_scope_free(&s);
	}
}

/* Too few slots for the VMAs: the overflow takes what is left over, and it is said. */
static void overflow_is_counted(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--slots", "64"),
		VT_ARGS("exact", "--pages", "50", "--children", "10", "--threads", "4"));
	vt_check_sums(s.json);
	vt_cmp(vt_int(s.json, "lost.slots"), >, 0, "VMAs without a slot");
	vt_equal(vt_int(s.json, "totals.minor") + vt_int(s.json, "totals.major") +
			 vt_sum_pid(s.json, vt_int(s.work, "pid"), "before_exec.minor") +
			 vt_sum_pid(s.json, vt_int(s.work, "pid"), "before_exec.major"),
		 vt_int(s.work, "faults"), "all faults, counted in few slots");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(whole_system),
	VT_TEST(by_comm),
	VT_TEST(by_comm_below_a_command),
	VT_TEST(by_uid),
	VT_TEST(by_several_pids),
	VT_TEST(existing_children_are_reported),
	VT_TEST(thread_names_are_reported),
	VT_TEST(by_tid),
	VT_TEST(major_faults_only),
	VT_TEST(minor_faults_only),
	VT_TEST(by_vma_name),
	VT_TEST(intervals_add_up),
	VT_TEST(duration_ends_the_run),
	VT_TEST(every_grouping_has_all_faults),
	VT_TEST(overflow_is_counted),
};

VT_MAIN(tests)
