// SPDX-License-Identifier: GPL-2.0-only
/*
 * outcome_test - faults that fail are told apart from those that the kernel takes without a trap,
 * and from those that have not ended; with every way to see their beginnings.
 */
#include "check.h"
#include "gated.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const all[] = { NULL };
static const char *const raw[] = { "--no-feature", "tp_btf", NULL };
static const char *const no_tables[] = { "--no-feature", "page-tables", NULL };

static void check_failed(const char *mode, const char *cause, bool handled,
			 const char *const *filters)
{
	struct vt_scope s, none;
	char path[48];

	vt_stat(&s, filters, VT_ARGS("outcomes", mode));
	vt_equal(vt_int(s.work, "failed"), vt_int(s.work, "count"), "%s of the workload", mode);
	vt_check_usage(s.json, s.work);
	vt_check_sums(s.json);
	vt_equal(vt_int(s.json, "totals.incomplete"), vt_int(s.work, "failed"), "incomplete");
	vt_equal(vt_int(s.json, "totals.handled"), handled ? vt_int(s.work, "failed") : 0,
		 "handled");
	vt_stat(&none, filters, VT_ARGS("outcomes", "--count", "0", mode));
	vt_equal(vt_int(s.json, "totals.causes.gup") - vt_int(none.json, "totals.causes.gup"),
		 vt_int(s.work, "populated"), "gup, beyond those of its start");
	snprintf(path, sizeof(path), "totals.causes.%s", cause);
	vt_equal(vt_int(s.json, path), vt_int(s.work, "failed"), "%s", cause);
	vt_equal(vt_len(s.json, "in_flight"), 0, "in flight");
	vt_scope_free(&s);
	vt_scope_free(&none);
}

static void failed(const char *mode, const char *cause, bool handled)
{
	check_failed(mode, cause, handled, all);
	check_failed(mode, cause, handled, raw);
	check_failed(mode, cause, handled, no_tables);
}

static void signal_followed_by_gup(void **state)
{
	(void)state;
	failed("segv", "segv-maperr", true);
}

static void efault_followed_by_gup(void **state)
{
	(void)state;
	failed("efault", "efault", false);
}

static void forbidden_access_followed_by_gup(void **state)
{
	(void)state;
	failed("prot", "prot", false);
}

/* Each call traps, and the kernel does not handle it as a fault: nothing is a crash. */
static void vsyscall_is_not_a_crash(void **state)
{
	struct vt_scope s;
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_workload("outcomes"), "vsyscall"));
	if (cmd.exit != 77) {
		vt_stat(&s, NULL, VT_ARGS("outcomes", "vsyscall"));
		vt_check_usage(s.json, s.work);
		vt_equal(vt_int(s.json, "totals.causes.vsyscall"), vt_int(s.work, "count"),
			 "vsyscall");
		vt_equal(vt_int(s.json, "totals.incomplete"), vt_int(s.work, "count"),
			 "incomplete");
		vt_true(!vt_get(s.json, "totals.causes.segv-maperr"));
		vt_scope_free(&s);
	}
	vt_free(&cmd);
}

/** start_on - vmascope attached to @work */
static void start_on(struct vt_cmd *scope, const struct vt_cmd *work, const char *output)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", work->pid);
	vt_start(scope, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output, "-p", pid));
	vt_await_attached(scope);
}

static struct json_object *end_of(struct vt_cmd *scope, const char *output)
{
	struct json_object *json;

	vt_interrupt(scope);
	json = vt_json_file(output);
	vt_free(scope);
	return json;
}

/* It began before vmascope attached, and outlives it: only that it is there is known. */
static void fault_begun_before_attaching(void **state)
{
	const char *output = vt_path("before.json");
	const struct vt_how how = { .stdin_pipe = true };
	struct vt_cmd work, scope;
	struct json_object *json, *row;
	char *text;

	(void)state;
	vt_start(&work, &how, VT_ARGS(vt_workload("outcomes"), "in-flight"));
	vt_await_text(&work, "caught ");
	start_on(&scope, &work, output);
	json = end_of(&scope, output);
	vt_equal(vt_len(json, "in_flight"), 1, "in flight");
	vt_equal(vt_int(json, "totals.faults"), 0, "faults");
	row = vt_at(json, "in_flight", 0);
	text = vt_peek(&work);
	vt_equal(vt_int(row, "tid"), atoll(text), "thread");
	vt_equal(vt_int(row, "pid"), work.pid, "process");
	vt_true(!vt_get(row, "since_ns") && !vt_get(row, "address"));
	json_object_put(json);
	free(text);

	/* it ends while it is counted: a completed fault, whose duration is not known */
	start_on(&scope, &work, output);
	vt_close_stdin(&work);
	vt_wait(&work, VT_PATIENCE);
	vt_equal(work.exit, 0, "exit status: %s", work.err);
	json = end_of(&scope, output);
	vt_equal(vt_len(json, "in_flight"), 0, "in flight");
	vt_equal(vt_int(json, "totals.incomplete"), 0, "incomplete");
	json_object_put(json);
	vt_free(&work);
}

/* trace prints it behind all events, as what it is; it is none of them, and no failed fault. */
static void trace_prints_faults_in_flight(void **state)
{
	const char *output = vt_path("traced.json");
	const struct vt_how how = { .stdin_pipe = true };
	struct json_object *lines, *row, *summary;
	struct vt_cmd work, scope;
	char pid[16], *text;

	(void)state;
	vt_start(&work, &how, VT_ARGS(vt_workload("outcomes"), "in-flight"));
	vt_await_text(&work, "caught ");
	snprintf(pid, sizeof(pid), "%d", work.pid);
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "trace", "-p", pid, "--format", "json", "-o", output));
	vt_await_attached(&scope);
	vt_interrupt(&scope);
	vt_free(&scope);
	text = vt_read_file(output, NULL);
	lines = vt_json_lines(text, "trace");
	free(text);
	vt_equal(json_object_array_length(lines), 2, "lines: the fault, the summary");
	row = json_object_array_get_idx(lines, 0);
	vt_equal(strcmp(vt_str(row, "outcome"), "in-flight"), 0, "outcome");
	vt_equal(vt_int(row, "pid"), work.pid, "process");
	vt_true(!vt_get(row, "duration_ns") && !vt_get(row, "address"));
	summary = json_object_array_get_idx(lines, 1);
	vt_equal(vt_int(summary, "in_flight"), 1, "in flight");
	vt_equal(vt_int(summary, "events"), 0, "events");
	vt_equal(vt_int(summary, "totals.incomplete"), 0, "incomplete");
	json_object_put(lines);
	vt_close_stdin(&work);
	vt_wait(&work, VT_PATIENCE);
	vt_free(&work);
}

/* It began while vmascope counted: the whole system, as its process is not known before. */
static void fault_in_flight_at_the_end(void **state)
{
	const char *output = vt_path("while.json");
	const struct vt_how how = { .stdin_pipe = true };
	struct json_object *json, *row, *found = NULL;
	struct vt_cmd work, scope;
	char *text;

	(void)state;
	vt_start(&scope, NULL, VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output));
	vt_await_attached(&scope);
	vt_start(&work, &how, VT_ARGS(vt_workload("outcomes"), "in-flight"));
	vt_await_text(&work, "caught ");
	json = end_of(&scope, output);
	text = vt_peek(&work);
	vt_each(row, json, "in_flight")
	{
		if (vt_int(row, "pid") != work.pid)
			continue;
		vt_true(!found);
		found = row;
	}
	vt_true(found);
	vt_equal(vt_int(found, "tid"), atoll(text), "thread");
	vt_equal(vt_hex(found, "address"), strtoull(strstr(text, "0x"), NULL, 16), "address");
	vt_equal(strcmp(vt_str(found, "cause"), "uffd"), 0, "cause");
	vt_equal(strcmp(vt_str(found, "vma"), "[anon]"), 0, "VMA");
	vt_cmp(vt_int(found, "since_ns"), >, 0, "time so far");
	vt_cmp(vt_int(found, "since_ns"), <, vt_int(json, "duration_ns"), "time so far");
	vt_equal(vt_int(vt_process(json, work.pid), "incomplete"), 0, "incomplete");
	free(text);
	json_object_put(json);
	vt_close_stdin(&work);
	vt_wait(&work, VT_PATIENCE);
	vt_equal(work.exit, 0, "exit status: %s", work.err);
	vt_free(&work);
}

/** struct watched - documents that @cmd has printed so far, and how many are wanted */
struct watched {
	const struct vt_cmd *cmd;
	const char *mark;
	size_t want;
};

static size_t marks(const struct vt_cmd *cmd, const char *mark)
{
	char *text = vt_peek(cmd);
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, mark)); at++)
		n++;
	free(text);
	return n;
}

static bool has_marks(void *arg)
{
	const struct watched *w = arg;

	return vt_ended(w->cmd) || marks(w->cmd, w->mark) >= w->want;
}

/**
 * watch_in_flight - a fault that lasts over three more of what @scope prints each time with @mark
 *
 * @begun: how many there were after it had begun, and one that may have ended before it and was not printed yet
 * Return: how many there were before it ended.
 */
static size_t watch_in_flight(struct vt_gated *g, struct vt_cmd *scope, const char *mark,
			      size_t *begun)
{
	struct watched w = { .cmd = scope, .mark = mark };
	size_t before;

	vt_await_attached(scope);
	vt_equal(write(g->work.stdin_fd, "", 1), 1, "byte to the gate");
	vt_await_text(&g->work, "caught ");
	*begun = marks(scope, mark) + 1;
	w.want = *begun + 4;
	vt_await(has_marks, &w, "intervals", VT_PATIENCE);
	before = marks(scope, mark);
	vt_gated_run(g);
	vt_wait(scope, VT_PATIENCE);
	vt_equal(scope->exit, 0, "vmascope's exit status: %s", scope->err);
	return before;
}

/** thread_of - the thread of `outcomes in-flight` that takes the fault */
static int64_t thread_of(const struct vt_gated *g)
{
	const char *line = strstr(g->work.out, "ready\n");

	vt_true(line);
	return atoll(line + strlen("ready\n"));
}

/** time_in_faults - of thread @tid, ns; 0: it has no row */
static int64_t time_in_faults(struct json_object *stat, int64_t tid)
{
	struct json_object *row;

	vt_each(row, stat, "threads") if (vt_int(row, "tid") == tid) return vt_int(row, "fault_ns");
	return 0;
}

/*
 * Its time is in the intervals in which it was spent: all of those that it lasted for, and all of them
 * together are the time of the fault.
 */
static void check_time(struct json_object *docs, size_t n, size_t begun, size_t before, int64_t tid)
{
	struct json_object *run = json_object_array_get_idx(docs, n), *row;
	int64_t sum = 0, of_all = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *doc = json_object_array_get_idx(docs, i);
		const int64_t ns = time_in_faults(doc, tid);

		sum += ns;
		vt_cmp(ns, <=, vt_int(doc, "duration_ns"), "ns in faults, interval %zu", i + 1);
		if (i > begun && i < before)
			vt_equal(ns, vt_int(doc, "duration_ns"), "ns in the fault, interval %zu",
				 i + 1);
	}
	vt_equal(sum, time_in_faults(run, tid), "ns in faults of all intervals");
	vt_each(row, run, "threads") of_all += vt_int(row, "fault_ns");
	vt_equal(of_all, vt_int(run, "totals.latency_ns.sum"), "ns of all faults");
}

/*
 * It lasts over several intervals: it is in none of them, neither completed nor failed, and in the one
 * in which it ends with its whole latency.
 */
static void fault_lasts_several_intervals(void **state)
{
	int64_t faults = 0, uffd = 0, most_ns = 0, inside_ns = 0;
	struct json_object *docs, *run, *row;
	struct vt_cmd scope;
	struct vt_gated g;
	size_t begun, before, n;
	char pid[16];
	int64_t tid;

	(void)state;
	vt_gated_start(&g, VT_ARGS("outcomes", "in-flight"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_start(&scope, NULL, VT_ARGS(vt_vmascope(), "stat", "-j", "-i", "100ms", "-p", pid));
	before = watch_in_flight(&g, &scope, "\"interval\"", &begun);
	tid = thread_of(&g);
	docs = vt_json_lines(scope.out, "stat -i");
	n = json_object_array_length(docs) - 1;
	run = json_object_array_get_idx(docs, n);
	vt_cmp(n, >=, before, "intervals");
	for (size_t i = 0; i < n; i++) {
		struct json_object *of_it;

		row = json_object_array_get_idx(docs, i);
		vt_equal(vt_int(row, "totals.incomplete"), 0, "incomplete, interval %zu", i);
		faults += vt_int(row, "totals.faults");
		/* the first may have begun before the fault, the last ended after it */
		if (i > begun && i < before)
			inside_ns += vt_int(row, "duration_ns");
		of_it = vt_get(row, "totals.causes.uffd");
		if (!of_it)
			continue;
		vt_cmp(i + 1, >=, before, "interval in which it ended");
		uffd += json_object_get_int64(of_it);
		most_ns = vt_int(row, "totals.latency_ns.max");
	}
	vt_equal(uffd, 1, "uffd of docs intervals");
	vt_cmp(most_ns, >=, inside_ns, "ns that it took, of those of the intervals it lasted for");
	check_time(docs, n, begun, before, tid);
	vt_equal(faults, vt_int(run, "totals.faults"), "faults of docs intervals");
	vt_equal(vt_int(run, "totals.incomplete"), 0, "incomplete");
	vt_equal(vt_len(run, "in_flight"), 0, "in flight");
	vt_check_attached_usage(run, g.known);
	json_object_put(docs);
	vt_free(&scope);
	vt_gated_free(&g);
}

/** first_number - that of the line which holds @at */
static long first_number(const char *text, const char *at)
{
	while (at > text && at[-1] != '\n')
		at--;
	return strtol(at, NULL, 10);
}

/** share_of_time - in the line of a cause that holds @at, percent */
static double share_of_time(const char *frame, const char *at)
{
	double percent;

	while (at > frame && at[-1] != '\n')
		at--;
	vt_equal(sscanf(at, "%*s %*s %lf%%", &percent), 1, "share in '%.40s'", at);
	return percent;
}

/** check_frames - a fault that lasts for all of a frame's interval takes 100 % of it, and never more */
static void check_frames(char *text, const char *mark, size_t begun, size_t before)
{
	char *frame = strstr(text, mark), *next;

	for (size_t i = 0; frame; frame = next, i++) {
		const char *row;

		next = strstr(frame + 1, mark);
		if (next)
			next[-1] = '\0';
		row = strstr(frame, " uffd\n");
		if (strstr(frame, " END"))
			break;
		if (row && share_of_time(frame, row) > 100)
			fail_msg("more than all of the time in frame %zu: %s", i, frame);
		if (i > begun && i < before && (!row || share_of_time(frame, row) < 100))
			fail_msg("less than all of the time in frame %zu: %s", i, frame);
	}
}

/** struct growing - a recording that is being made, and how many intervals its report is to have */
struct growing {
	const struct vt_cmd *record;
	const char *file;
	size_t want;
};

/** intervals_of - what a report of it has by now; one ends with each checkpoint */
static size_t intervals_of(const char *file)
{
	struct vt_cmd report;
	struct json_object *docs;
	size_t n;

	vt_run(&report, NULL,
	       VT_ARGS(vt_vmascope(), "report", file, "-q", "-i", "10ms", "--by", "thread", "-j"));
	docs = vt_json_lines(report.out, "report -i");
	n = json_object_array_length(docs);
	json_object_put(docs);
	vt_free(&report);
	/* the last one is of the run; before the first checkpoint there is none */
	return n ? n - 1 : 0;
}

static bool has_grown(void *arg)
{
	const struct growing *w = arg;

	return vt_ended(w->record) || intervals_of(w->file) >= w->want;
}

/* A recording has it in the intervals in which it was spent, too. */
static void recorded_fault_lasts_several_intervals(void **state)
{
	const char *file = vt_path("in-flight.rec");
	struct growing growing = { .file = file };
	struct json_object *docs;
	struct vt_cmd record, report;
	size_t begun, before;
	struct vt_gated g;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("outcomes", "in-flight"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_start(&record, NULL, VT_ARGS(vt_vmascope(), "record", "-q", "-o", file, "-p", pid));
	vt_await_attached(&record);
	vt_equal(write(g.work.stdin_fd, "", 1), 1, "byte to the gate");
	vt_await_text(&g.work, "caught ");
	/* the next one may have ended, and is not written yet */
	begun = intervals_of(file) + 1;
	growing.record = &record;
	growing.want = begun + 3;
	vt_await(has_grown, &growing, "checkpoints", VT_PATIENCE);
	before = intervals_of(file);
	vt_gated_run(&g);
	vt_wait(&record, VT_PATIENCE);
	vt_equal(record.exit, 0, "vmascope's exit status: %s", record.err);
	vt_report(&report, file, VT_ARGS("-i", "10ms", "--by", "thread", "-j"), 0);
	docs = vt_json_lines(report.out, "report -i");
	check_time(docs, json_object_array_length(docs) - 1, begun, before, thread_of(&g));
	json_object_put(docs);
	vt_free(&report);
	/* of the run as a whole, the time is that of completed faults, as `stat` has it */
	vt_report(&report, file, VT_ARGS("--by", "thread", "-j"), 0);
	docs = vt_json_lines(report.out, "report");
	check_time(docs, 0, 0, 0, 0);
	json_object_put(docs);
	vt_free(&report);
	vt_free(&record);
	vt_gated_free(&g);
}

/* The same in top's frames, the last of which is of the whole run. */
static void fault_lasts_several_top_frames(void **state)
{
	const char *run, *row;
	struct vt_cmd scope;
	struct vt_gated g;
	size_t begun, before;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("outcomes", "in-flight"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "top", "--batch", "-i", "100ms", "--view", "causes", "-p",
			 pid));
	before = watch_in_flight(&g, &scope, "vmascope process", &begun);
	for (const char *at = scope.out; (at = strstr(at, "failed ")); at++)
		vt_equal(strtol(at + strlen("failed "), NULL, 10), 0, "failed, in a frame");
	run = strstr(scope.out, " END");
	vt_true(run);
	row = strstr(run, " uffd\n");
	vt_true(row);
	vt_equal(first_number(run, row), 1, "uffd");
	check_frames(scope.out, "vmascope process", begun, before);
	vt_free(&scope);
	vt_gated_free(&g);
}

/* A recording has those that were in flight at its end, too, the VMA's name among it. */
static void record_has_faults_in_flight(void **state)
{
	const char *file = vt_path("recording");
	const struct vt_how how = { .stdin_pipe = true };
	struct json_object *live, *json, *row;
	struct vt_cmd work, scope, report;
	int found = 0;

	(void)state;
	vt_start(&scope, NULL, VT_ARGS(vt_vmascope(), "record", "-o", file, "--summary", "-j"));
	vt_await_attached(&scope);
	vt_start(&work, &how, VT_ARGS(vt_workload("outcomes"), "in-flight"));
	vt_await_text(&work, "caught ");
	vt_interrupt(&scope);
	live = vt_json(scope.out, "live");
	vt_report(&report, file, VT_ARGS("-j"), 0);
	json = vt_json(report.out, "report");
	vt_each(row, json, "in_flight") if (vt_int(row, "pid") == work.pid)
	{
		vt_equal(strcmp(vt_str(row, "vma"), "[anon]"), 0, "VMA");
		vt_cmp(vt_int(row, "since_ns"), >, 0, "time so far");
		found++;
	}
	vt_equal(found, 1, "faults in flight of the workload");
	vt_equal(strcmp(json_object_to_json_string(vt_get(json, "in_flight")),
			json_object_to_json_string(vt_get(live, "in_flight"))),
		 0, "difference of the report and the live list");
	json_object_put(json);
	json_object_put(live);
	vt_free(&report);
	vt_free(&scope);
	vt_close_stdin(&work);
	vt_wait(&work, VT_PATIENCE);
	vt_equal(work.exit, 0, "exit status: %s", work.err);
	vt_free(&work);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(signal_followed_by_gup),	   VT_TEST(efault_followed_by_gup),
	VT_TEST(forbidden_access_followed_by_gup), VT_TEST(vsyscall_is_not_a_crash),
	VT_TEST(fault_begun_before_attaching),	   VT_TEST(fault_in_flight_at_the_end),
	VT_TEST(record_has_faults_in_flight),	   VT_TEST(trace_prints_faults_in_flight),
	VT_TEST(fault_lasts_several_intervals),	   VT_TEST(recorded_fault_lasts_several_intervals),
	VT_TEST(fault_lasts_several_top_frames),
};

VT_MAIN(tests)
