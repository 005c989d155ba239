// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_test - what a recording tells later is what the run told; a signal writes what was last.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- figures ------------------------------------------------------------------------------- */

static void report_equals_stat(void **state)
{
	struct json_object *json, *summary;
	struct vt_recorded r;
	struct vt_cmd cmd;
	size_t lines;

	(void)state;
	vt_record(&r, VT_ARGS("--summary", "-j", "--quantiles"),
		  VT_ARGS("exact", "--pages", "300", "--children", "5"));
	vt_report(&cmd, r.file, VT_ARGS("-j", "--quantiles"), 0);
	vt_equal(strcmp(cmd.out, r.cmd.out), 0, "difference of the report and the live figures");
	json = vt_json(cmd.out, "report");
	vt_check_sums(json);
	vt_check_usage(json, r.work);
	vt_check_ranges(json, r.work);
	summary = vt_report_trace(r.file, 0, &lines);
	vt_equal(vt_int(summary, "events"), lines, "events told");
	vt_equal(vt_int(summary, "lost"), 0, "events lost");
	vt_equal(vt_int(summary, "generated"), lines, "events generated");
	vt_equal(vt_int(summary, "totals.faults"), vt_int(json, "totals.faults"), "faults");
	json_object_put(summary);
	json_object_put(json);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/* @stacks: -U, which tells rows of calls apart, or NULL */
static void report_of_calls(const char *stacks)
{
	struct json_object *live, *summary;
	struct vt_cmd stat, shootdown;
	struct vt_recorded r;
	size_t lines;

	vt_record(&r, VT_ARGS("--summary", "-j", "--events", "fault,memcall,shootdown", stacks),
		  VT_ARGS("pingpong", "--pairs", "2000"));
	vt_report(&stat, r.file, VT_ARGS("-j"), 0);
	vt_report(&shootdown, r.file, VT_ARGS("-j", "--view", "shootdown"), 0);
	vt_equal(strncmp(stat.out, r.cmd.out, stat.out_len), 0, "difference of stat");
	vt_equal(strcmp(shootdown.out, r.cmd.out + stat.out_len), 0, "difference of shootdown");
	live = vt_json(shootdown.out, "shootdown");
	vt_cmp(vt_int(live, "totals.calls"), >=, 4000, "calls, of which pingpong makes 4,000");
	summary = vt_report_trace(r.file, 0, &lines);
	vt_equal(vt_int(summary, "lost"), 0, "events lost");
	vt_equal(vt_int(summary, "memcalls"), vt_int(live, "totals.calls"), "memory calls");
	vt_equal(vt_int(summary, "events"), lines, "events told");
	json_object_put(summary);
	json_object_put(live);
	vt_free(&stat);
	vt_free(&shootdown);
	vt_recorded_free(&r);
}

static void report_equals_shootdown(void **state)
{
	(void)state;
	report_of_calls(NULL);
}

static void report_equals_stat_with_stacks(void **state)
{
	(void)state;
	report_of_calls("-U");
}

static void report_says_what_was_not_recorded(void **state)
{
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_record(&r, NULL, VT_ARGS("storm", "--faults", "100"));
	vt_report(&cmd, r.file, VT_ARGS("--view", "shootdown"), 1);
	vt_contains(cmd.err, "has no memory calls");
	vt_free(&cmd);
	vt_report(&cmd, r.file, VT_ARGS("--view", "trace", "--events", "fault,memcall"), 1);
	vt_contains(cmd.err, "does not have all of these events");
	vt_free(&cmd);
	vt_report(&cmd, r.file, VT_ARGS("--by", "site"), 2);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/* The sums are the same by whatever rows are grouped. */
static void every_grouping_has_all_calls(void **state)
{
	static const struct {
		const char *by;
		const char *rows;
	} views[] = { { "call", "calls" },
		      { "process", "by_process" },
		      { "thread", "threads" },
		      { "site", "sites" },
		      { "vma", "vmas" } };
	int64_t calls = -1;
	struct vt_recorded r;

	(void)state;
	vt_record(&r, VT_ARGS("--events", "memcall"), VT_ARGS("pingpong", "--pairs", "200"));
	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++) {
		struct json_object *json, *row;
		struct vt_cmd cmd;
		int64_t sum = 0;

		vt_report(&cmd, r.file, VT_ARGS("-j", "--view", "shootdown", "--by", views[i].by),
			  0);
		json = vt_json(cmd.out, views[i].by);
		vt_each(row, json, views[i].rows) sum += vt_int(row, "count");
		calls = calls < 0 ? sum : calls;
		vt_cmp(sum, >=, 400, "calls by %s", views[i].by);
		vt_equal(sum, calls, "calls by %s", views[i].by);
		json_object_put(json);
		vt_free(&cmd);
	}
	vt_recorded_free(&r);
}

/** sum_counts - of all series of an array */
static int64_t sum_counts(struct json_object *json, const char *path)
{
	struct json_object *row;
	int64_t sum = 0;

	vt_each(row, json, path) for (size_t i = 0; i < vt_len(row, "counts"); i++)
		sum += json_object_get_int64(vt_at(row, "counts", i));
	return sum;
}

/*
 * The live map is made of counters, that of a report of the events: both have every fault. One
 * without a trap (GUP) has an event and an address where fexit shows it, but no latency.
 */
static void heatmap_has_every_fault(void **state)
{
	struct json_object *json, *summary;
	struct vt_recorded r;
	struct vt_cmd cmd;
	int64_t faults;
	size_t events;

	(void)state;
	vt_record(&r, NULL, VT_ARGS("exact", "--pages", "200", "--children", "3"));
	vt_report(&cmd, r.file, VT_ARGS("-j", "--heatmap"), 0);
	json = vt_json(cmd.out, "heatmap");
	faults = vt_int(json, "totals.faults") - vt_int(json, "totals.gup");
	vt_cmp(faults, >, 1000, "faults");
	summary = vt_report_trace(r.file, 0, &events);
	vt_cmp(events, >=, faults, "events");
	vt_equal(sum_counts(json, "heatmap.address"), events, "faults by address");
	vt_equal(sum_counts(json, "heatmap.latency"), faults - vt_int(json, "totals.incomplete"),
		 "faults by latency");
	json_object_put(summary);
	json_object_put(json);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

static void recording_is_readable_by_its_owner_only(void **state)
{
	const struct vt_how nobody = { .uid = 65534 };
	struct json_object *json;
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_record(&r, NULL, VT_ARGS("storm", "--faults", "2000"));
	vt_sys(chmod(r.file, 0644));
	vt_run(&cmd, &nobody, VT_ARGS(vt_vmascope(), "report", "-j", r.file));
	vt_equal(cmd.exit, 0, "exit status of nobody's report");
	json = vt_json(cmd.out, "report");
	vt_check_usage(json, r.work);
	json_object_put(json);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/* --- snapshots --------------------------------------------------------------------- */

static bool is_whole(void *arg)
{
	struct vt_cmd cmd;
	bool whole;

	if (access(arg, F_OK))
		return false;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "report", "-q", arg));
	whole = !cmd.exit;
	vt_free(&cmd);
	return whole;
}

/** As user/record/format/format.h has it: where things are in a block's head, and how long that is. */
#define HEAD_BYTES 48
#define HEAD_KIND 4
#define HEAD_STORED 8
#define HEAD_LAST_NS 32
#define BLOCK_EVENTS 2

/* Events are kept by the block: each one has some that ended in the last @ns of them all. */
static void check_span(const char *file, uint64_t ns)
{
	uint64_t last[4096], newest = 0;
	size_t size, nr = 0;
	uint32_t kind, stored;
	char *data = vt_read_file(file, &size);

	for (size_t at = 8; at + HEAD_BYTES <= size; at += HEAD_BYTES + stored) {
		memcpy(&kind, data + at + HEAD_KIND, sizeof(kind));
		memcpy(&stored, data + at + HEAD_STORED, sizeof(stored));
		if (kind != BLOCK_EVENTS)
			continue;
		vt_cmp(nr, <, 4096, "blocks of events");
		memcpy(&last[nr], data + at + HEAD_LAST_NS, sizeof(*last));
		newest = last[nr] > newest ? last[nr] : newest;
		nr++;
	}
	free(data);
	vt_cmp(nr, >, 0, "blocks of events");
	for (size_t i = 0; i < nr; i++)
		vt_cmp(last[i] + ns, >=, newest, "last event of block %zu of %zu", i, nr);
}

/* The storm goes on until all is seen, however fast it is. */
static void sigusr1_writes_the_last_seconds(void **state)
{
	struct timespec two = { .tv_sec = 2 };
	const char *file = vt_path("flight"), *result = vt_path("result.json");
	struct json_object *json, *work;
	struct vt_cmd load, cmd, report;
	char first[512], pid[16];
	size_t lines;

	(void)state;
	snprintf(first, sizeof(first), "%s.1", file);
	vt_start(&load, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("storm"), "--gate", "--seconds", "3600", "--result", result));
	vt_await_text(&load, "ready");
	snprintf(pid, sizeof(pid), "%d", load.pid);
	vt_start(&cmd, NULL,
		 VT_ARGS(vt_vmascope(), "record", "--snapshot", "500ms", "-o", file, "-p", pid));
	vt_await_attached(&cmd);
	vt_close_stdin(&load);
	/* SIGUSR1 comes when more has been recorded than the snapshot is long */
	while (nanosleep(&two, &two))
		vt_true(errno == EINTR);
	vt_equal(access(first, F_OK), -1, "a file before the signal");
	vt_signal(&cmd, SIGUSR1);
	vt_await(is_whole, first, "a whole snapshot", VT_PATIENCE);
	vt_signal(&load, SIGTERM);
	vt_wait(&load, VT_PATIENCE);
	vt_equal(load.exit, 0, "exit status of the storm: %s", load.err);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	check_span(first, 500000000);
	json_object_put(vt_report_trace(first, 0, &lines));
	vt_cmp(lines, >, 0, "events of the snapshot");
	/* at the end, the last half second, and all counts */
	check_span(file, 500000000);
	work = vt_json_file(result);
	json = vt_report_json(file, 0);
	vt_check_attached_usage(json, work);
	json_object_put(work);
	json_object_put(json);
	vt_run(&report, NULL, VT_ARGS(vt_vmascope(), "report", "-q", file));
	vt_equal(report.exit, 0, "exit status of the report: %s", report.err);
	vt_free(&report);
	vt_free(&cmd);
	vt_free(&load);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(report_equals_stat),
	VT_TEST(report_equals_shootdown),
	VT_TEST(report_equals_stat_with_stacks),
	VT_TEST(report_says_what_was_not_recorded),
	VT_TEST(every_grouping_has_all_calls),
	VT_TEST(heatmap_has_every_fault),
	VT_TEST(recording_is_readable_by_its_owner_only),
	VT_TEST(sigusr1_writes_the_last_seconds),
};

VT_MAIN(tests)
