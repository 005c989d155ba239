// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_clock_test - the time of day is set while vmascope runs, by an hour: what it tells follows.
 */
#include "check.h"
#include "gated.h"
#include "http.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <time.h>

#define HOUR 3600

static int64_t time_of_day_ns(void)
{
	struct timespec ts;

	vt_sys(clock_gettime(CLOCK_REALTIME, &ts));
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void set_clock(int seconds)
{
	struct timespec ts;

	vt_sys(clock_gettime(CLOCK_REALTIME, &ts));
	ts.tv_sec += seconds;
	vt_sys(clock_settime(CLOCK_REALTIME, &ts));
}

static void events_have_the_time_of_day(void **state)
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

static void answers_have_the_time_of_day(void **state)
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
	VT_TEST(events_have_the_time_of_day),
	VT_TEST(answers_have_the_time_of_day),
};

VT_MAIN(tests)
