// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_clock_test - the time of day is set while vmascope runs, by an hour: what it tells follows.
 */
#include "check.h"
#include "gated.h"
#include "http.h"
#include "scope.h"
#include "system.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HOUR 3600

static int64_t time_of_day_ns(void)
{
	struct timespec ts;

	vt_sys(clock_gettime(CLOCK_REALTIME, &ts));
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int64_t monotonic_ns(void)
{
	struct timespec ts;

	vt_sys(clock_gettime(CLOCK_MONOTONIC, &ts));
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void set_clock(int seconds)
{
	struct timespec ts;

	vt_sys(clock_gettime(CLOCK_REALTIME, &ts));
	ts.tv_sec += seconds;
	vt_sys(clock_settime(CLOCK_REALTIME, &ts));
}

static void trace_follows_the_clock(void **state)
{
	struct json_object *lines;
	struct vt_gated g;
	struct vt_cmd cmd;
	int64_t before, after;
	size_t faults = 0;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("storm", "--faults", "200"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_start(&cmd, NULL, VT_ARGS(vt_vmascope(), "trace", "-T", "-j", "-p", pid));
	vt_await_attached(&cmd);
	set_clock(HOUR);
	before = time_of_day_ns();
	vt_gated_run(&g);
	after = time_of_day_ns();
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "exit status of trace: %s", cmd.err);
	lines = vt_json_lines(cmd.out, "trace");
	for (size_t i = 0; i < json_object_array_length(lines); i++) {
		struct json_object *line = json_object_array_get_idx(lines, i);

		if (strcmp(vt_str(line, "type"), "fault") != 0)
			continue;
		vt_cmp(vt_int(line, "time_ns"), >=, before, "time of a fault");
		vt_cmp(vt_int(line, "time_ns"), <=, after, "time of a fault");
		faults++;
	}
	set_clock(-HOUR);
	vt_cmp(faults, >=, 200, "faults");
	json_object_put(lines);
	vt_free(&cmd);
	vt_gated_free(&g);
}

/** struct recorder - that is running; @past_ns: CLOCK_MONOTONIC, of the run */
struct recorder {
	const char *file;
	int64_t past_ns;
};

/** has_counted - a second after @past_ns, so that all before it has been read. */
static bool has_counted(void *ctx)
{
	const struct recorder *r = ctx;
	struct json_object *json;
	struct vt_cmd cmd;
	int64_t ns = 0;

	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "report", "-j", r->file));
	if (cmd.exit == 3) {
		json = vt_json(cmd.out, "report");
		ns = vt_int(json, "duration_ns");
		json_object_put(json);
	}
	vt_free(&cmd);
	return ns > r->past_ns + 1000000000;
}

/** count_between - faults of process @pid in the lines of trace: all of them have a time of these */
static size_t count_between(struct json_object *lines, pid_t pid, int64_t first, int64_t last)
{
	size_t faults = 0;

	for (size_t i = 0; i < json_object_array_length(lines); i++) {
		struct json_object *line = json_object_array_get_idx(lines, i);

		if (strcmp(vt_str(line, "type"), "fault") != 0 || vt_int(line, "pid") != pid)
			continue;
		vt_cmp(vt_int(line, "time_ns"), >=, first, "time of a fault");
		vt_cmp(vt_int(line, "time_ns"), <=, last, "time of a fault");
		faults++;
	}
	return faults;
}

static void report_follows_the_clock(void **state)
{
	struct recorder r = { .file = vt_path("rec") };
	const int64_t begin = monotonic_ns();
	int64_t before[2], after[2];
	struct vt_gated work[2];
	struct json_object *lines;
	struct vt_cmd cmd;
	char pids[40];
	pid_t pid[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		vt_gated_start(&work[i], VT_ARGS("storm", "--faults", "200"));
		pid[i] = work[i].work.pid;
	}
	snprintf(pids, sizeof(pids), "%d,%d", pid[0], pid[1]);
	vt_start(&cmd, NULL, VT_ARGS(vt_vmascope(), "record", "-o", r.file, "-p", pids));
	vt_await_attached(&cmd);
	for (int i = 0; i < 2; i++) {
		before[i] = time_of_day_ns();
		vt_gated_run(&work[i]);
		after[i] = time_of_day_ns();
		r.past_ns = monotonic_ns() - begin;
		if (!i) {
			vt_await(has_counted, &r, "a checkpoint", VT_PATIENCE);
			set_clock(HOUR);
		}
	}
	vt_wait(&cmd, VT_PATIENCE);
	set_clock(-HOUR);
	vt_equal(cmd.exit, 0, "exit status of record: %s", cmd.err);
	vt_free(&cmd);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "report", "--view", "trace", "-T", "-j", r.file));
	vt_equal(cmd.exit, 0, "exit status of report: %s", cmd.err);
	lines = vt_json_lines(cmd.out, "report");
	for (int i = 0; i < 2; i++) {
		vt_cmp(count_between(lines, pid[i], before[i], after[i]), >=, 200, "faults");
		vt_gated_free(&work[i]);
	}
	json_object_put(lines);
	vt_free(&cmd);
}

static void serve_follows_the_clock(void **state)
{
	struct json_object *status;
	struct vt_serve serve;
	struct vt_reply r;
	int64_t before, after;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("-i", "10m"));
	set_clock(-HOUR);
	before = time_of_day_ns() / 1000000;
	vt_http_get(serve.port, "/api/v1/status", "", &r);
	after = time_of_day_ns() / 1000000;
	set_clock(HOUR);
	vt_equal(r.status, 200, "status of the answer");
	status = vt_json(r.body, "status");
	vt_cmp(vt_int(status, "now_ms"), >=, before, "time of the answer");
	vt_cmp(vt_int(status, "now_ms"), <=, after, "time of the answer");
	json_object_put(status);
	vt_reply_free(&r);
	vt_serve_end(&serve);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(trace_follows_the_clock),
	VT_TEST(report_follows_the_clock),
	VT_TEST(serve_follows_the_clock),
};

VT_MAIN(tests)
