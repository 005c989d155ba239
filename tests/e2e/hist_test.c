// SPDX-License-Identifier: GPL-2.0-only
/*
 * hist_test - histograms, heatmaps and storms hold what was counted, and when it was.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000LL

static int64_t sum_buckets(struct json_object *histogram)
{
	struct json_object *bucket;
	int64_t sum = 0, high = -1;

	vt_each(bucket, histogram, "buckets")
	{
		int64_t low = vt_int(bucket, "low");

		if (high >= 0)
			vt_equal(low, high, "a bucket begins where the last one ended");
		high = vt_int(bucket, "high");
		vt_equal(high, low ? 2 * low : 2, "a bucket ends at the next power of two");
		sum += vt_int(bucket, "count");
	}
	return sum;
}

/* Σ of the buckets: of all faults and of each cause, against counters that are kept apart. */
static void buckets_add_up(void **state)
{
	struct json_object *histogram;
	int64_t causes = 0, last = INT64_MAX;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--hist"), VT_ARGS("causes", "--count", "3000", "zero-page"));
	vt_check_sums(s.json);
	vt_each(histogram, s.json, "histograms")
	{
		const char *cause = vt_str(histogram, "cause");
		int64_t sum = sum_buckets(histogram);
		char path[64];

		vt_equal(strcmp(vt_str(histogram, "unit"), "ns"), 0, "unit");
		if (!i_histogram) {
			vt_equal(strcmp(cause, "all"), 0, "the first histogram");
			vt_equal(sum, vt_int(s.json, "totals.latency_ns.count"), "all buckets");
			continue;
		}
		snprintf(path, sizeof(path), "totals.causes.%s", cause);
		vt_cmp(sum, <=, last, "most faults come first: %s", cause);
		vt_cmp(sum, <=, vt_int(s.json, path), "latencies of cause %s", cause);
		if (!strcmp(cause, "anon-zero") || !strcmp(cause, "cow"))
			vt_cmp(sum, >=, 3000, "latencies of cause %s", cause);
		last = sum;
		causes += sum;
	}
	vt_equal(causes, vt_int(s.json, "totals.latency_ns.count"), "buckets of all causes");
	vt_scope_free(&s);
}

/* The mean by the histogram's limits must hold the mean by the exact sum. */
static void buckets_hold_the_sum(void **state)
{
	struct json_object *bucket;
	int64_t low = 0, high = 0;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--hist"), VT_ARGS("storm", "--faults", "20000"));
	vt_each(bucket, vt_at(s.json, "histograms", 0), "buckets")
	{
		low += vt_int(bucket, "count") * vt_int(bucket, "low");
		high += vt_int(bucket, "count") * vt_int(bucket, "high");
	}
	vt_cmp(vt_int(s.json, "totals.latency_ns.sum"), >=, low, "sum of latencies");
	vt_cmp(vt_int(s.json, "totals.latency_ns.sum"), <, high, "sum of latencies");
	vt_scope_free(&s);
}

static int64_t sum_counts(struct json_object *row)
{
	struct json_object *counts = vt_need(row, "counts", json_type_array);
	int64_t sum = 0;

	for (size_t i = 0; i < json_object_array_length(counts); i++)
		sum += json_object_get_int64(json_object_array_get_idx(counts, i));
	return sum;
}

static int64_t sum_rows(struct json_object *json, const char *path)
{
	struct json_object *row;
	int64_t sum = 0;

	vt_each(row, json, path) sum += sum_counts(row);
	return sum;
}

static void check_heatmap(struct json_object *json)
{
	vt_equal(sum_rows(json, "heatmap.latency"), vt_int(json, "totals.latency_ns.count"),
		 "faults in the heatmap of latency");
	vt_equal(sum_rows(json, "heatmap.address") + vt_int(json, "heatmap.unplaced"),
		 vt_int(json, "totals.faults"), "faults in the heatmap of addresses");
	/* only what has no address, and what found the table full, has no place */
	vt_cmp(vt_int(json, "heatmap.unplaced"), <=,
	       vt_int(json, "totals.gup") + vt_int(json, "lost.heat") +
		       vt_int(json, "lost.unattributed"),
	       "faults without a place");
	vt_cmp(vt_len(json, "heatmap.address"), <=, 24, "rows of addresses");
}

static void heatmaps_add_up(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--heatmap"),
		VT_ARGS("exact", "--pages", "300", "--children", "3", "--threads", "3"));
	vt_check_sums(s.json);
	check_heatmap(s.json);
	vt_equal(vt_int(s.json, "lost.heat"), 0, "faults for which the table was full");
	vt_scope_free(&s);
}

/* 8 MiB are touched over and over: these rows, and no others, have the workload's faults. */
static void addresses_are_the_workloads(void **state)
{
	int64_t within = 0, faults;
	uint64_t start, end;
	struct json_object *row, *range;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--heatmap"), VT_ARGS("storm", "--faults", "100000"));
	check_heatmap(s.json);
	range = vt_at(s.work, "ranges", 0);
	faults = vt_int(range, "faults");
	start = vt_hex(range, "start");
	end = vt_hex(range, "end");
	vt_each(row, s.json, "heatmap.address")
	{
		if (!vt_get(row, "start") ||
		    json_object_get_type(vt_get(row, "start")) == json_type_null)
			continue;
		/* 2 MiB at each end may be shared with what is beside it */
		if (vt_hex(row, "start") < end && vt_hex(row, "end") > start)
			within += sum_counts(row);
	}
	vt_cmp(faults, >=, 100000, "the workload's faults");
	vt_cmp(within, >=, faults, "faults at its addresses");
	vt_cmp(within, <=, faults + 200, "faults at its addresses");
	vt_scope_free(&s);
}

/* With --vma, the rows are of these VMAs alone, and exact. */
static void heatmaps_of_some_vmas(void **state)
{
	struct json_object *row;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--heatmap", "--hist", "--vma", "[heap]"),
		VT_ARGS("exact", "--pages", "300", "--children", "2", "--threads", "2"));
	check_heatmap(s.json);
	vt_cmp(sum_rows(s.json, "heatmap.address"), >, 0, "faults of the heap");
	vt_equal(vt_len(s.json, "histograms"), 1, "histograms under --vma");
	vt_equal(sum_buckets(vt_at(s.json, "histograms", 0)),
		 vt_int(s.json, "totals.latency_ns.count"), "buckets under --vma");
	vt_each(row, s.json, "heatmap.address")
		/* heaps with less than 0.5 % of the faults share a row */
		vt_true(!strcmp(vt_str(row, "name"), "[heap]") ||
			!strcmp(vt_str(row, "name"), "[others]"));
	vt_scope_free(&s);
}

/* `vmascope stat FILTERS -- sh -c SCRIPT`; its documents as an array. */
static struct json_object *stat_script(const char *const *filters, const char *script)
{
	const char *argv[16] = { vt_vmascope(), "stat", "--format", "json" };
	struct json_object *json;
	struct vt_cmd cmd;
	size_t n = 4;

	while (*filters)
		argv[n++] = *filters++;
	argv[n++] = "--";
	argv[n++] = "sh";
	argv[n++] = "-c";
	argv[n++] = script;
	argv[n] = NULL;
	vt_run(&cmd, NULL, argv);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	json = vt_json_lines(cmd.out, "stat");
	vt_free(&cmd);
	return json;
}

static const char *script(const char *before, const char *storm, const char *after)
{
	static char text[1024];

	snprintf(text, sizeof(text), "sleep %s; %s %s; sleep %s", before, vt_workload("storm"),
		 storm, after);
	return text;
}

/* What faulted after a second is in the columns after the first second. */
static void slices_are_when_it_was(void **state)
{
	struct json_object *all, *json, *row;
	int64_t slice, early = 0, late = 0;

	(void)state;
	all = stat_script(VT_ARGS("--heatmap", "-F", "min"), script("1", "--faults 50000", "0.2"));
	json = json_object_array_get_idx(all, 0);
	check_heatmap(json);
	slice = vt_int(json, "heatmap.slice_ns");
	vt_cmp(slice, >=, 20 * MS, "length of a slice");
	vt_each(row, json, "heatmap.address")
	{
		struct json_object *counts = vt_need(row, "counts", json_type_array);

		for (size_t i = 0; i < json_object_array_length(counts); i++)
			*((int64_t)(i + 2) * slice < 1000 * MS ? &early : &late) +=
				json_object_get_int64(json_object_array_get_idx(counts, i));
	}
	vt_cmp(early, <, 1000, "faults in the first second");
	vt_cmp(late, >=, 50000, "faults after it");
	json_object_put(all);
}

/*
 * An interval that is long enough for a busy machine not to leave one without a fault, and the
 * start of a process not to be a storm.
 */
#define INTERVAL "250ms"
#define INTERVAL_NS (250 * MS)

static struct json_object *last_of(struct json_object *all)
{
	return json_object_array_get_idx(all, json_object_array_length(all) - 1);
}

/* Two seconds of storm after 1.6 of silence, told to within an interval. */
static void a_storm_is_found(void **state)
{
	const int64_t slack = INTERVAL_NS * vt_slow();
	struct json_object *all, *json, *storm;
	size_t n;

	(void)state;
	all = stat_script(VT_ARGS("-i", INTERVAL), script("1.6", "--seconds 2", "1"));
	n = json_object_array_length(all);
	vt_cmp(n, >=, 16, "JSON documents in more than 4.6 s");
	for (size_t i = 0; i + 1 < n; i++)
		vt_true(!vt_get(json_object_array_get_idx(all, i), "storms"));
	json = last_of(all);
	vt_equal(vt_len(json, "storms"), 1, "storms");
	storm = vt_at(json, "storms", 0);
	vt_cmp(vt_int(storm, "start_ns"), >=, 1600 * MS - INTERVAL_NS, "start of the storm");
	vt_cmp(vt_int(storm, "start_ns"), <=, 1600 * MS + slack, "start of the storm");
	vt_cmp(vt_int(storm, "length_ns"), >=, 2000 * MS - INTERVAL_NS, "length of the storm");
	vt_cmp(vt_int(storm, "length_ns"), <=, 2000 * MS + 2 * slack, "length of the storm");
	vt_true(!vt_bool(storm, "ongoing"));
	vt_cmp(vt_int(storm, "faults"), >=, vt_int(json, "totals.faults") * 9 / 10,
	       "faults of the storm");
	vt_equal(strcmp(vt_str(storm, "vma"), "[anon]"), 0, "VMA");
	vt_equal(strcmp(vt_str(storm, "cause"), "anon-zero"), 0, "cause");
	vt_equal(strcmp(vt_str(storm, "comm"), "storm"), 0, "process");
	vt_true(json_object_get_double(vt_get(storm, "peak_per_second")) >=
		json_object_get_double(vt_get(storm, "mean_per_second")));
	json_object_put(all);
}

static void a_storm_at_the_end_is_told_too(void **state)
{
	struct json_object *all, *json, *storm;

	(void)state;
	all = stat_script(VT_ARGS("-i", INTERVAL), script("1.6", "--seconds 2", "0"));
	json = last_of(all);
	vt_equal(vt_len(json, "storms"), 1, "storms");
	storm = vt_at(json, "storms", 0);
	vt_cmp(vt_int(storm, "length_ns"), >=, 2000 * MS - INTERVAL_NS, "length of the storm");
	json_object_put(all);
}

/* The start of a process is no storm. */
static void a_quiet_run_has_none(void **state)
{
	struct json_object *all = stat_script(VT_ARGS("-i", "200ms"), "sleep 1.3; sleep 0.5");
	struct json_object *json = json_object_array_get_idx(all,
							     json_object_array_length(all) - 1);

	(void)state;
	vt_cmp(json_object_array_length(all), >=, 8, "JSON documents in 2.1 s");
	vt_cmp(vt_int(json, "totals.faults"), >, 100, "faults");
	vt_equal(vt_len(json, "storms"), 0, "storms");
	json_object_put(all);
}

static void text_stays_in_its_bounds(void **state)
{
	static const char *const marks[] = { "K)  ", "@@@@", "anon-zero: ", "cells of",
					     "(log scale)" };
	struct vt_how how = { .env = "LC_ALL=C.UTF-8" };
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, &how,
	       VT_ARGS(vt_vmascope(), "stat", "--hist", "--heatmap", "--", vt_workload("storm"),
		       "--faults", "50000"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		vt_contains(cmd.out, marks[i]);
	vt_contains(cmd.out, "█");
	vt_check_width(cmd.out, 80);
	vt_free(&cmd);
}

static void ascii_is_ascii(void **state)
{
	struct vt_how how = { .env = "LC_ALL=C.UTF-8" };
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, &how,
	       VT_ARGS(vt_vmascope(), "stat", "--ascii", "--hist", "--heatmap", "--",
		       vt_workload("storm"), "--faults", "50000"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_contains(cmd.out, "cells of");
	for (const char *p = cmd.out; *p; p++)
		vt_cmp((unsigned char)*p, <, 0x7f, "a character, before: %.40s", p);
	vt_free(&cmd);
}

/* Intervals are lines to be read one below the other; the storm is told where it ends. */
static void text_tells_the_storm(void **state)
{
	struct vt_cmd cmd;
	char *told, *table;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "-i", INTERVAL, "--", "sh", "-c",
		       script("1.6", "--seconds 1", "0.8")));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_contains(cmd.out, " faults/s  (");
	vt_contains(cmd.out, ")  STORM\n");
	told = strstr(cmd.out, "\nSTORM over: ");
	table = strstr(cmd.out, "\nStorms: ");
	vt_true(told && table && told < table);
	vt_contains(told, "in [anon]");
	vt_contains(table, "anon-zero");
	vt_check_width(cmd.out, 80);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(buckets_add_up),	VT_TEST(buckets_hold_the_sum),
	VT_TEST(heatmaps_add_up),	VT_TEST(addresses_are_the_workloads),
	VT_TEST(heatmaps_of_some_vmas), VT_TEST(slices_are_when_it_was),
	VT_TEST(a_storm_is_found),	VT_TEST(a_storm_at_the_end_is_told_too),
	VT_TEST(a_quiet_run_has_none),	VT_TEST(text_stays_in_its_bounds),
	VT_TEST(ascii_is_ascii),	VT_TEST(text_tells_the_storm),
};

VT_MAIN(tests)
