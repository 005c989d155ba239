// SPDX-License-Identifier: GPL-2.0-only
/*
 * bounded_test - --max-processes: processes that have ended are summed up beyond it, by every command
 * that keeps them, and no figure of the whole is lost.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

#define PROCS "1200"

/** check_bounded - no more processes than that, besides those that slots count for; one of all others */
static void check_bounded(struct json_object *json)
{
	struct json_object *process;
	int64_t ended = 0;

	/* what ended since it was looked after last is there, too: a tenth of a second's */
	vt_cmp(vt_len(json, "processes"), <, strtol(PROCS, NULL, 10), "processes that are kept");
	vt_each(process, json, "processes") if (!strcmp(vt_str(process, "comm"), "[ended]"))
	{
		ended++;
		vt_equal(vt_int(process, "pid"), 0, "pid of what is summed up");
		vt_cmp(vt_int(process, "faults"), >, 0, "faults of what is summed up");
	}
	vt_equal(ended, 1, "processes that stand for those that are summed up");
}

static void stat_stays_exact(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--max-processes", "100"), VT_ARGS("forks", "--procs", PROCS));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	check_bounded(s.json);
	vt_scope_free(&s);
}

static void stacks_and_heatmap_stay_exact(void **state)
{
	struct json_object *rest;
	struct vt_scope s;
	int64_t sum = 0;

	(void)state;
	vt_stat(&s, VT_ARGS("--max-processes", "100", "--by", "stack", "-K", "--heatmap"),
		VT_ARGS("forks", "--procs", PROCS));
	vt_check_usage(s.json, s.work);
	check_bounded(s.json);
	vt_each(rest, s.json, "stacks") sum += vt_int(rest, "faults");
	sum += vt_int(s.json, "stacks_rest.overflow") + vt_int(s.json, "stacks_rest.no_stack") +
	       vt_int(s.json, "stacks_rest.ended");
	vt_equal(sum, vt_int(s.json, "totals.faults"), "faults of all stacks, and without");
	vt_scope_free(&s);
}

/* Each is printed with the VMA that it was in, whatever is forgotten meanwhile. */
static void trace_prints_every_fault(void **state)
{
	struct json_object *line;
	int64_t faults = 0;
	struct vt_scope s;

	(void)state;
	vt_trace(&s,
		 VT_ARGS("--max-processes", "100", "--ring", "65536", "--events", "fault,memcall"),
		 VT_ARGS("forks", "--procs", PROCS));
	for (size_t i = 0; i < json_object_array_length(s.json); i++) {
		line = json_object_array_get_idx(s.json, i);
		faults += !strcmp(vt_str(line, "type"), "fault");
	}
	line = json_object_array_get_idx(s.json, json_object_array_length(s.json) - 1);
	vt_equal(vt_int(line, "faults"), faults, "faults printed");
	vt_equal(vt_int(line, "totals.minor") + vt_int(line, "totals.major"),
		 vt_int(line, "totals.faults") - vt_int(line, "totals.incomplete"), "totals");
	vt_scope_free(&s);
}

static void shootdown_stays_exact(void **state)
{
	const int64_t procs = strtol(PROCS, NULL, 10);
	struct json_object *row;
	int64_t calls = 0, forks = 0;
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "shootdown", VT_ARGS("--max-processes", "100", "--by", "process"),
		     VT_ARGS("forks", "--procs", PROCS));
	vt_cmp(vt_len(s.json, "by_process"), <, procs, "rows: each child has several");
	vt_each(row, s.json, "by_process")
	{
		if (vt_get(row, "pid") && vt_int(row, "pid") == vt_int(s.work, "pid"))
			forks += strcmp(vt_str(row, "call"), "fork") ? 0 : vt_int(row, "count");
		else
			calls += strcmp(vt_str(row, "call"), "munmap") ? 0 : vt_int(row, "count");
	}
	vt_equal(forks, procs, "forks");
	vt_equal(calls, procs, "munmaps, of which each child makes one");
	vt_scope_free(&s);
}

static void record_stays_exact(void **state)
{
	struct json_object *json, *summary;
	struct vt_recorded r;
	size_t lines;

	(void)state;
	vt_record(&r, VT_ARGS("--max-processes", "100", "--events", "fault,memcall"),
		  VT_ARGS("forks", "--procs", PROCS));
	json = vt_report_json(r.file, 0);
	vt_check_sums(json);
	vt_check_usage(json, r.work);
	check_bounded(json);
	/* the events are all there, of those that were forgotten, too */
	summary = vt_report_trace(r.file, 0, &lines);
	vt_equal(vt_int(summary, "events") + vt_int(summary, "lost"), vt_int(summary, "generated"),
		 "events printed and lost");
	vt_equal(vt_int(summary, "totals.faults"), vt_int(json, "totals.faults"), "faults");
	json_object_put(summary);
	json_object_put(json);
	vt_recorded_free(&r);
}

/** report_json - of @file with @options */
static struct json_object *report_json(const char *file, const char *const *options)
{
	struct json_object *json;
	struct vt_cmd cmd;

	vt_report(&cmd, file, options, 0);
	json = json_tokener_parse(cmd.out);
	if (!json)
		fail_msg("this is no JSON: %.200s", cmd.out);
	vt_free(&cmd);
	return json;
}

/** check_trace - each event is printed as it is where no process is summed up */
static void check_trace(const char *file)
{
	struct vt_cmd all, bounded;

	vt_report(&all, file, VT_ARGS("--max-processes", "0", "--view", "trace"), 0);
	vt_report(&bounded, file, VT_ARGS("--max-processes", "100", "--view", "trace"), 0);
	if (strcmp(all.out, bounded.out))
		fail_msg("the view trace depends on --max-processes");
	vt_cmp(strlen(all.out), >, 0, "bytes of the view trace");
	vt_free(&all);
	vt_free(&bounded);
}

/* However many there are in a recording, of a recorder without a bound. */
static void report_stays_exact(void **state)
{
	const int64_t procs = strtol(PROCS, NULL, 10);
	struct json_object *all, *json, *interval;
	int64_t faults = 0;
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_record(&r, VT_ARGS("--max-processes", "0", "--events", "fault,memcall", "-K"),
		  VT_ARGS("forks", "--procs", PROCS));
	all = report_json(r.file, VT_ARGS("--max-processes", "0", "-j"));
	vt_cmp(vt_len(all, "processes"), >, procs, "processes of the recording");
	json = report_json(r.file, VT_ARGS("--max-processes", "100", "-j"));
	vt_check_sums(json);
	vt_check_usage(json, r.work);
	vt_cmp(vt_len(json, "processes"), <=, 100, "processes that are kept");
	check_bounded(json);
	if (!json_object_equal(vt_get(all, "totals"), vt_get(json, "totals")))
		fail_msg("totals depend on --max-processes");
	json_object_put(json);
	json = report_json(r.file, VT_ARGS("--max-processes", "100", "--by", "stack", "-j"));
	vt_each(interval, json, "stacks") faults += vt_int(interval, "faults");
	vt_cmp(vt_int(json, "stacks_rest.ended"), >, 0, "faults of stacks that are summed up");
	faults += vt_int(json, "stacks_rest.overflow") + vt_int(json, "stacks_rest.no_stack") +
		  vt_int(json, "stacks_rest.ended");
	vt_equal(faults, vt_int(all, "totals.faults"), "faults of all stacks, and without");
	json_object_put(json);
	check_trace(r.file);
	vt_report(&cmd, r.file, VT_ARGS("--max-processes", "3"), 2);
	vt_contains(cmd.err, "16 or more");
	vt_free(&cmd);
	json_object_put(all);
	vt_recorded_free(&r);
}

static void report_of_calls_stays_exact(void **state)
{
	const int64_t procs = strtol(PROCS, NULL, 10);
	int64_t munmaps = 0, rows = 0;
	struct json_object *json, *row;
	struct vt_recorded r;

	(void)state;
	vt_record(&r, VT_ARGS("--max-processes", "0", "--events", "memcall"),
		  VT_ARGS("forks", "--procs", PROCS));
	json = report_json(r.file, VT_ARGS("--max-processes", "100", "--view", "shootdown", "--by",
					   "process", "-j"));
	vt_each(row, json, "by_process")
	{
		rows++;
		if (vt_get(row, "pid") && vt_int(row, "pid") == vt_int(r.work, "pid"))
			continue;
		munmaps += strcmp(vt_str(row, "call"), "munmap") ? 0 : vt_int(row, "count");
	}
	vt_equal(munmaps, procs, "munmaps, of which each child makes one");
	vt_cmp(rows, <, procs, "rows: each child has several");
	json_object_put(json);
	vt_recorded_free(&r);
}

static void limit_below_the_minimum_is_refused(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "stat", "--max-processes", "3", "--", "true"));
	vt_equal(cmd.exit, 2, "exit status");
	vt_contains(cmd.err, "16 or more");
	vt_free(&cmd);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "record", "-U", "--max-size", "1M", "--", "true"));
	vt_equal(cmd.exit, 2, "exit status");
	vt_contains(cmd.err, "4M or more");
	vt_free(&cmd);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "record", "--max-size", "512K", "--", "true"));
	vt_equal(cmd.exit, 2, "exit status");
	vt_contains(cmd.err, "at least 1M");
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(stat_stays_exact),
	VT_TEST(stacks_and_heatmap_stay_exact),
	VT_TEST(trace_prints_every_fault),
	VT_TEST(shootdown_stays_exact),
	VT_TEST(record_stays_exact),
	VT_TEST(report_stays_exact),
	VT_TEST(report_of_calls_stays_exact),
	VT_TEST(limit_below_the_minimum_is_refused),
};

VT_MAIN(tests)
