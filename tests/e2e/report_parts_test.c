// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_parts_test - parts of a recorded run: its intervals, and events of some time.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Begins of events that are told apart. */
#define MOST_EVENTS 100000

static struct json_object *report(const char *file, const char *const *options)
{
	struct json_object *all;
	struct vt_cmd cmd;

	vt_report(&cmd, file, options, 0);
	all = vt_json_lines(cmd.out, file);
	vt_free(&cmd);
	return all;
}

/* A checkpoint a second: each interval has what was counted between two of them. */
static void intervals_add_up(void **state)
{
	struct json_object *all, *whole;
	int64_t faults = 0, causes = 0, time_ns = 0;
	struct vt_recorded r;
	struct vt_cmd cmd;
	size_t nr;

	(void)state;
	vt_columns(80);
	vt_record(&r, VT_ARGS("-q"), VT_ARGS("storm", "--seconds", "4"));
	all = report(r.file, VT_ARGS("-j", "-i", "1s"));
	nr = json_object_array_length(all) - 1;
	vt_cmp(nr, >=, 1, "intervals");
	whole = json_object_array_get_idx(all, nr);
	vt_true(!vt_get(whole, "interval"));
	for (size_t i = 0; i < nr; i++) {
		struct json_object *part = json_object_array_get_idx(all, i);

		vt_equal(vt_int(part, "interval"), i + 1, "number of an interval");
		vt_check_sums(part);
		faults += vt_int(part, "totals.faults");
		/* the last one may be short, and without a fault */
		if (vt_get(part, "totals.causes.anon-zero"))
			causes += vt_int(part, "totals.causes.anon-zero");
		time_ns += vt_int(part, "duration_ns");
	}
	vt_equal(faults, vt_int(whole, "totals.faults"), "faults of all intervals");
	vt_equal(causes, vt_int(whole, "totals.causes.anon-zero"), "first touches of all of them");
	vt_equal(time_ns, vt_int(whole, "duration_ns"), "time of all intervals");
	vt_check_usage(whole, r.work);
	json_object_put(all);
	vt_report(&cmd, r.file, VT_ARGS("-i", "2s"), 0);
	vt_check_width(cmd.out, 80);
	vt_free(&cmd);
	/* what stops it is not the file's fault */
	vt_run(&cmd, NULL,
	       VT_ARGS("sh", "-c", "exec \"$0\" report -i 1s \"$1\" >/dev/full", vt_vmascope(),
		       r.file));
	vt_equal(cmd.exit, 1, "exit status on a full disk");
	vt_equal(strcmp(cmd.err, "vmascope: cannot write the output: No space left on device\n"), 0,
		 "difference of the only message: %s", cmd.err);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/** begins - of the events of the view trace; @nr: how many */
static int64_t *begins(const char *file, const char *const *options, size_t *nr)
{
	struct json_object *all = report(file, options);
	int64_t *list = calloc(MOST_EVENTS, sizeof(*list));

	vt_true(list);
	*nr = 0;
	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *event = json_object_array_get_idx(all, i);

		if (!strcmp(vt_str(event, "type"), "summary"))
			continue;
		vt_cmp(*nr, <, MOST_EVENTS, "events");
		list[(*nr)++] = vt_int(event, "time_ns");
	}
	json_object_put(all);
	return list;
}

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/** count_between - events of the view trace with --between; all of them are */
static size_t count_between(const char *file, int64_t from, int64_t to)
{
	char range[64];
	int64_t *list;
	size_t nr;

	if (to == INT64_MAX)
		snprintf(range, sizeof(range), "%lldns,", (long long)from);
	else
		snprintf(range, sizeof(range), "%lldns,%lldns", (long long)from, (long long)to);
	list = begins(file, VT_ARGS("-j", "--view", "trace", "--between", range), &nr);
	for (size_t i = 0; i < nr; i++)
		vt_true(list[i] >= from && list[i] < to);
	free(list);
	return nr;
}

static void events_of_a_time_range(void **state)
{
	size_t nr, before, between, after;
	struct vt_recorded r;
	struct vt_cmd cmd;
	int64_t *all, from, to;

	(void)state;
	vt_record(&r, VT_ARGS("-q", "--events", "fault,memcall"),
		  VT_ARGS("sites", "--calls", "3000", "--others", "1000"));
	all = begins(r.file, VT_ARGS("-j", "--view", "trace"), &nr);
	vt_cmp(nr, >, 1000, "events");
	qsort(all, nr, sizeof(*all), by_value);
	from = all[nr / 3];
	to = all[nr * 2 / 3];
	before = count_between(r.file, 0, from);
	between = count_between(r.file, from, to);
	after = count_between(r.file, to, INT64_MAX);
	vt_cmp(before, >, 0, "events before the time");
	vt_cmp(between, >, 0, "events of the time");
	vt_equal(before + between + after, nr, "all events");
	free(all);
	vt_report(&cmd, r.file, VT_ARGS("--format", "perfetto", "--between", "1ms,"), 0);
	vt_cmp(cmd.out_len, >, 1000, "bytes of a Perfetto trace");
	vt_free(&cmd);
	vt_recorded_free(&r);
}

static void invalid_intervals_and_ranges(void **state)
{
	static const struct {
		const char *says;
		const char *args[6];
	} bad[] = {
		{ "-i requires --view stat", { "-i", "1s", "--view", "trace" } },
		{ "-i requires --view stat", { "-i", "1s", "--diff" } },
		{ "-i requires --view stat", { "-i", "1s", "--heatmap" } },
		{ "--between requires --view trace", { "--between", "1s,2s" } },
		{ "--between requires --view trace", { "--between", "1s,", "--diff" } },
		{ "--diff and --format perfetto", { "--diff", "--format", "perfetto" } },
		{ "bad time: '2s,1s'", { "--view", "trace", "--between", "2s,1s" } },
		{ "bad time: '5s'", { "--view", "trace", "--between", "5s" } },
		{ "bad time: 'a,b'", { "--view", "trace", "--between", "a,b" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct vt_cmd cmd;

		vt_report(&cmd, "/nowhere", bad[i].args, 2);
		vt_contains(cmd.err, bad[i].says);
		vt_free(&cmd);
	}
}

static const struct CMUnitTest tests[] = {
	VT_TEST(intervals_add_up),
	VT_TEST(events_of_a_time_range),
	VT_TEST(invalid_intervals_and_ranges),
};

VT_MAIN(tests)
