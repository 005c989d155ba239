// SPDX-License-Identifier: GPL-2.0-only
/*
 * latency_mode_test - counts are the same whichever latencies are measured, and equal getrusage; what
 * is said of the samples is consistent. `tests/run e2e-sample` and e2e-off have more of it.
 */
#include "check.h"
#include "gated.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

/** struct mode - @arg: of --latency; @name, @period: as they are in JSON, 0: null */
struct mode {
	const char *arg;
	const char *name;
	int64_t period;
};

static const struct mode modes[] = {
	{ "every", "every", 1 },
	{ "sample", "sample", 61 },
	{ "sample=2", "sample", 2 },
	{ "off", "off", 0 },
};
#define NR_MODES (sizeof(modes) / sizeof(*modes))

/* Each sample of a minor fault counts for as many as the period says, each major fault for itself. */
static void check_samples(struct json_object *json, const struct mode *m)
{
	const int64_t count = vt_int(json, "totals.latency_ns.count");
	const int64_t samples = vt_int(json, "latency_mode.samples");
	const int64_t major = vt_int(json, "totals.major");

	vt_cmp(samples, >, 0, "samples");
	/* all but those that began when nothing was traced yet */
	vt_cmp(count, >=, m->period * (samples - major), "faults that the samples stand for");
	vt_cmp(count, <=, m->period * samples, "faults that the samples stand for");
	vt_equal((count - samples) % (m->period - 1), 0, "weights of samples are 1 and the period");
	vt_true(json_object_get_double(vt_get(json, "latency_mode.time_error_percent")) > 0);
	vt_cmp(vt_int(json, "latency_mode.p99_least_ns"), <=, vt_int(json, "totals.latency_ns.p99"),
	       "bound of p99");
	if (vt_get(json, "latency_mode.p99_most_ns"))
		vt_cmp(vt_int(json, "latency_mode.p99_most_ns"), >=,
		       vt_int(json, "totals.latency_ns.p99"), "bound of p99");
}

static void check_mode(struct json_object *json, const struct mode *m)
{
	vt_true(!strcmp(vt_str(json, "latency_mode.mode"), m->name));
	vt_equal(vt_int(json, "lost.latency"), 0, "lost latencies");
	if (!m->period) {
		vt_true(!vt_get(json, "latency_mode.period"));
		vt_equal(vt_int(json, "totals.latency_ns.count"), 0, "latencies");
		return;
	}
	vt_equal(vt_int(json, "latency_mode.period"), m->period, "period");
	if (m->period == 1)
		vt_cmp(vt_int(json, "totals.latency_ns.count"), <=,
		       vt_int(json, "totals.minor") + vt_int(json, "totals.major"), "latencies");
	else
		check_samples(json, m);
}

static void check_threads(struct json_object *json, const struct mode *m)
{
	struct json_object *row;
	int64_t ns = 0;

	vt_each(row, json, "threads")
	{
		if (!m->period)
			vt_true(!vt_get(row, "fault_ns") && !vt_get(row, "share_percent"));
		else if (vt_get(row, "fault_ns"))
			ns += vt_int(row, "fault_ns");
	}
	vt_equal(ns, vt_int(json, "totals.latency_ns.sum"), "Σ fault_ns of threads");
}

static void counts_of_a_command(void **state)
{
	struct vt_scope s;

	(void)state;
	for (size_t i = 0; i < NR_MODES; i++) {
		vt_stat(&s, VT_ARGS("--latency", modes[i].arg),
			VT_ARGS("exact", "--threads", "4", "--children", "4", "--pages", "300"));
		vt_cmp(vt_int(s.work, "faults"), >=, 5000, "faults that the workload makes");
		vt_check_sums(s.json);
		vt_check_usage(s.json, s.work);
		vt_check_ranges(s.json, s.work);
		check_mode(s.json, &modes[i]);
		check_threads(s.json, &modes[i]);
		vt_scope_free(&s);
	}
}

/* The last fault of a process that stays is counted at the end, too. */
static void counts_of_a_process_that_stays(void **state)
{
	const char *output = vt_path("stat.json");
	struct json_object *json;
	struct vt_gated g;
	struct vt_cmd scope;
	char pid[16];

	(void)state;
	for (size_t i = 0; i < NR_MODES; i++) {
		vt_gated_start(&g, VT_ARGS("storm", "--faults", "5000"));
		snprintf(pid, sizeof(pid), "%d", g.work.pid);
		vt_start(&scope, NULL,
			 VT_ARGS(vt_vmascope(), "stat", "-j", "-o", output, "--latency",
				 modes[i].arg, "-p", pid));
		vt_await_attached(&scope);
		vt_gated_run(&g);
		vt_wait(&scope, VT_PATIENCE);
		vt_equal(scope.exit, 0, "exit status: %s", scope.err);
		json = vt_json_file(output);
		vt_check_sums(json);
		vt_check_attached_usage(json, g.known);
		check_mode(json, &modes[i]);
		json_object_put(json);
		vt_free(&scope);
		vt_gated_free(&g);
	}
}

/* Events are complete in each mode; of faults without a sample, they have no duration. */
static void recordings(void **state)
{
	struct json_object *json, *last;
	struct vt_recorded r = {};
	size_t lines;

	(void)state;
	for (size_t i = 0; i < NR_MODES; i++) {
		vt_record(&r, VT_ARGS("--latency", modes[i].arg),
			  VT_ARGS("exact", "--threads", "2", "--children", "2", "--pages", "100"));
		json = vt_report_json(r.file, 0);
		vt_check_sums(json);
		vt_check_usage(json, r.work);
		check_mode(json, &modes[i]);
		last = vt_report_trace(r.file, 0, &lines);
		vt_equal(vt_int(last, "lost"), 0, "lost events");
		/* kernel-initiated faults that no hook shows have no event */
		vt_equal(vt_int(last, "faults") + vt_int(last, "eventless"),
			 vt_int(json, "totals.faults"), "events");
		json_object_put(last);
		json_object_put(json);
		vt_recorded_free(&r);
	}
}

/* What was an option without argument is refused, with the option that it is now. */
static void old_option_is_refused(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "stat", "--latency", "--", "true"));
	vt_equal(cmd.exit, 2, "exit status");
	vt_one_error(&cmd, "--quantiles", "stat --latency");
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(counts_of_a_command),
	VT_TEST(counts_of_a_process_that_stays),
	VT_TEST(recordings),
	VT_TEST(old_option_is_refused),
};

VT_MAIN(tests)
