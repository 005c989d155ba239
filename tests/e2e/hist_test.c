// SPDX-License-Identifier: GPL-2.0-only
/*
 * hist_test - histograms, heatmaps and storms hold what was counted, and when it was.
 */
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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
		if (!strcmp(cause, "anon-zero") || !strcmp(cause, "cow-zero"))
			vt_cmp(sum, >=, 3000, "latencies of cause %s", cause);
		last = sum;
		causes += sum;
	}
	vt_equal(causes, vt_int(s.json, "totals.latency_ns.count"), "buckets of all causes");
	vt_scope_free(&s);
}

/* The mean by the histogram's limits must hold the mean by the exact sum. */
static void mean_is_within_the_buckets(void **state)
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
static void heatmap_rows_are_the_touched_ranges(void **state)
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
static void heatmap_with_a_vma_filter(void **state)
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

/* What faulted after a second is in the columns after the first second: the storm waits for it. */
static void faults_are_in_the_right_time_slices(void **state)
{
	struct timespec second = { .tv_sec = 1 };
	struct json_object *all, *json, *row, *work;
	int64_t slice, late = 0, early = 0;
	const char *result = vt_path("late.json");
	struct vt_cmd cmd;

	(void)state;
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_vmascope(), "stat", "-j", "--heatmap", "-F", "min", "--",
			 vt_workload("storm"), "--gate", "--faults", "50000", "--result", result));
	vt_await_attached(&cmd);
	vt_await_text(&cmd, "ready");
	while (nanosleep(&second, &second))
		vt_true(errno == EINTR);
	vt_close_stdin(&cmd);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	work = vt_json_file(result);
	all = vt_json_lines(strchr(cmd.out, '{'), "stat");
	vt_free(&cmd);
	json = json_object_array_get_idx(all, 0);
	check_heatmap(json);
	slice = vt_int(json, "heatmap.slice_ns");
	vt_cmp(slice, >, 0, "length of a slice");
	vt_each(row, json, "heatmap.address")
	{
		struct json_object *counts = vt_need(row, "counts", json_type_array);

		for (size_t i = 0; i < json_object_array_length(counts); i++)
			*((int64_t)(i + 2) * slice < 1000 * MS ? &early : &late) +=
				json_object_get_int64(json_object_array_get_idx(counts, i));
	}
	vt_cmp(early, <=, vt_int(work, "at_gate.minor"), "faults in the first second");
	vt_cmp(late, >=, 50000, "faults after it");
	json_object_put(work);
	json_object_put(all);
}

/* --- storms ---------------------------------------------------------------------------------- */

#define INTERVAL "100ms"
#define INTERVAL_NS 100000000
/** Intervals of silence: before a storm, so that it is known what is usual, and after it. */
#define QUIET 8
/** docs/json.md: a storm's rate against the median of the intervals before it, and at least. */
#define STORM_RATIO 4
#define STORM_RATE 1000
#define STORM_INTERVALS 5
#define MOST_INTERVALS 4096

/** struct output - wait until the file @path has @nr lines that hold or, with NULL, begin with @part */
struct output {
	const char *path;
	const char *part;
	size_t nr;
};

static size_t count_lines(const struct output *o)
{
	char *text, *rest, *line;
	size_t n = 0;

	if (access(o->path, F_OK))
		return 0;
	text = rest = vt_read_file(o->path, NULL);
	while ((line = strsep(&rest, "\n")))
		n += o->part ? strstr(line, o->part) != NULL : *line == '{';
	free(text);
	return n;
}

static bool has_lines(void *arg)
{
	const struct output *o = arg;

	return count_lines(o) >= o->nr;
}

static bool is_written(void *arg)
{
	struct stat st;

	return !stat(arg, &st) && st.st_size > 0;
}

/*
 * `stat -i`, with its output in @path, of a storm that waits for quiet intervals at its gate. With
 * @after it stays for as many once it is over. How many intervals that takes is for the machine. It is
 * attached to at the gate: a start that takes long would have a storm of its own.
 */
static void stat_storm(const char *path, const char *format, const char *part, bool after)
{
	struct output o = { .path = path, .part = part, .nr = QUIET };
	struct vt_cmd cmd;
	struct vt_gated g;
	char pid[16];

	vt_gated_start(&g, VT_ARGS("storm", "--stay", "--faults", "300000"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_start(&cmd, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "-i", INTERVAL, "--format", format, "-o", path,
			 "-p", pid));
	vt_await(has_lines, &o, "quiet intervals", VT_PATIENCE);
	vt_true(write(g.work.stdin_fd, "\n", 1) == 1);
	vt_await(is_written, (void *)g.result, "the storm is over", VT_PATIENCE);
	o.nr = count_lines(&o) + QUIET;
	if (after)
		vt_await(has_lines, &o, "quiet intervals after it", VT_PATIENCE);
	vt_gated_run(&g);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_free(&cmd);
	vt_gated_free(&g);
}

static int by_rate(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *rates, size_t n)
{
	static double sorted[MOST_INTERVALS];

	memcpy(sorted, rates, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_rate);
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

/** struct storm - a run of stormy intervals, by the counts of the intervals */
struct storm {
	int64_t start_ns;
	int64_t length_ns;
	int64_t faults;
};

/*
 * What the intervals' own counts make of it, by the rule that is documented. On a busy machine the
 * workload does not run in each interval: then it is several storms.
 */
static size_t find_storms(struct json_object *all, struct storm *storms)
{
	static double usual[MOST_INTERVALS], held[MOST_INTERVALS];
	size_t nr = 0, nr_usual = 0, nr_held = 0;
	int64_t at_ns = 0;
	bool on = false;

	for (size_t i = 0; i + 1 < json_object_array_length(all); i++) {
		struct json_object *part = json_object_array_get_idx(all, i);
		int64_t faults = vt_int(part, "totals.faults"), ns = vt_int(part, "duration_ns");
		double rate = ns ? (double)faults * 1e9 / (double)ns : 0;

		/* the remainder at the end has a rate if it is half an interval or more */
		if (i + 2 == json_object_array_length(all) && ns < INTERVAL_NS / 2)
			break;
		vt_cmp(i, <, MOST_INTERVALS, "intervals");
		if (nr_usual >= STORM_INTERVALS && rate >= STORM_RATE &&
		    rate >= STORM_RATIO * median(usual, nr_usual)) {
			if (!on)
				storms[nr++] = (struct storm){ .start_ns = at_ns };
			on = true;
			storms[nr - 1].length_ns += ns;
			storms[nr - 1].faults += faults;
			held[nr_held++] = rate;
		} else {
			while (nr_held)
				usual[nr_usual++] = held[--nr_held];
			usual[nr_usual++] = rate;
			on = false;
		}
		at_ns += ns;
	}
	return nr;
}

/**
 * faults_after_start - faults in intervals in which it is known what is usual: on a busy machine, of a process
 * that began so late
 */
static int64_t faults_after_start(struct json_object *all)
{
	int64_t faults = 0;

	for (size_t i = STORM_INTERVALS; i + 1 < json_object_array_length(all); i++)
		faults += vt_int(json_object_array_get_idx(all, i), "totals.faults");
	return faults;
}

/* @comm: whose storms they are; NULL: not known. Return: how many; each is as the intervals have it. */
static size_t check_storms(struct json_object *all, const char *comm)
{
	static struct storm want[MOST_INTERVALS];
	struct json_object *json = json_object_array_get_idx(all,
							     json_object_array_length(all) - 1);
	const size_t nr = find_storms(all, want);
	struct json_object *storm;

	vt_equal(vt_len(json, "storms"), nr, "storms");
	vt_each(storm, json, "storms")
	{
		const struct storm *w = &want[i_storm];

		vt_equal(vt_int(storm, "start_ns"), w->start_ns, "start of the storm");
		vt_equal(vt_int(storm, "length_ns"), w->length_ns, "length of the storm");
		vt_equal(vt_int(storm, "faults"), w->faults, "faults of the storm");
		if (comm) {
			assert_string_equal(vt_str(storm, "vma"), "[anon]");
			assert_string_equal(vt_str(storm, "cause"), "anon-zero");
			assert_string_equal(vt_str(storm, "comm"), comm);
		}
		vt_true(json_object_get_double(vt_get(storm, "peak_per_second")) >=
			json_object_get_double(vt_get(storm, "mean_per_second")));
	}
	return nr;
}

static struct json_object *intervals_of(const char *path)
{
	char *text = vt_read_file(path, NULL);
	struct json_object *all = vt_json_lines(text, path);

	free(text);
	return all;
}

static void storm_is_detected(void **state)
{
	const char *path = vt_path("storm.out");
	struct json_object *all, *storm;

	(void)state;
	stat_storm(path, "json", NULL, true);
	all = intervals_of(path);
	for (size_t i = 0; i + 1 < json_object_array_length(all); i++)
		vt_true(!vt_get(json_object_array_get_idx(all, i), "storms"));
	vt_cmp(check_storms(all, "storm"), >=, 1, "storms");
	vt_each(storm, json_object_array_get_idx(all, json_object_array_length(all) - 1), "storms")
		vt_true(!vt_bool(storm, "ongoing"));
	json_object_put(all);
}

static void storm_at_the_end_is_reported(void **state)
{
	const char *path = vt_path("storm.out");
	struct json_object *all;

	(void)state;
	stat_storm(path, "json", NULL, false);
	all = intervals_of(path);
	vt_cmp(check_storms(all, "storm"), >=, 1, "storms");
	json_object_put(all);
}

/* The start of a process is no storm, if it is over before it is known what is usual. */
static void quiet_run_has_no_storm(void **state)
{
	const char *path = vt_path("quiet.out");
	static struct storm late[MOST_INTERVALS];
	struct output o = { .path = path, .nr = QUIET };
	struct json_object *all;
	struct vt_cmd cmd;

	(void)state;
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_vmascope(), "stat", "-i", INTERVAL, "-j", "-o", path, "--", "cat"));
	vt_await(has_lines, &o, "quiet intervals", VT_PATIENCE);
	vt_close_stdin(&cmd);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_free(&cmd);
	all = intervals_of(path);
	vt_cmp(vt_int(json_object_array_get_idx(all, json_object_array_length(all) - 1),
		      "totals.faults"),
	       >, 0, "faults");
	vt_equal(check_storms(all, NULL), faults_after_start(all) ? find_storms(all, late) : 0,
		 "storms");
	json_object_put(all);
}

static void text_fits_the_width(void **state)
{
	static const char *const marks[] = { "us - ", "anon-zero: ", "count per cell (",
					     "(log scale)" };
	struct vt_how how = { .env = "LC_ALL=C.UTF-8" };
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
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

static void ascii_output(void **state)
{
	struct vt_how how = { .env = "LC_ALL=C.UTF-8" };
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, &how,
	       VT_ARGS(vt_vmascope(), "stat", "--ascii", "--hist", "--heatmap", "--",
		       vt_workload("storm"), "--faults", "50000"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_contains(cmd.out, "count per cell (");
	vt_contains(cmd.out, "@@@@");
	for (const char *p = cmd.out; *p; p++)
		vt_cmp((unsigned char)*p, <, 0x7f, "a character, before: %.40s", p);
	vt_free(&cmd);
}

/* Intervals are lines to be read one below the other; the storm is told where it ends. */
static void text_reports_the_storm(void **state)
{
	const char *path = vt_path("storm.txt");
	char *text, *told, *table;

	(void)state;
	vt_columns(80);
	stat_storm(path, "text", " faults/s  (", true);
	text = vt_read_file(path, NULL);
	vt_contains(text, " faults/s  (");
	vt_contains(text, ")  STORM\n");
	told = strstr(text, "\nSTORM ended: ");
	table = strstr(text, "\nFault storms (");
	vt_true(told && table && told < table);
	vt_contains(told, "in [anon]");
	vt_contains(table, "anon-zero");
	vt_check_width(text, 80);
	free(text);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(buckets_add_up),
	VT_TEST(mean_is_within_the_buckets),
	VT_TEST(heatmaps_add_up),
	VT_TEST(heatmap_rows_are_the_touched_ranges),
	VT_TEST(heatmap_with_a_vma_filter),
	VT_TEST(faults_are_in_the_right_time_slices),
	VT_TEST(storm_is_detected),
	VT_TEST(storm_at_the_end_is_reported),
	VT_TEST(quiet_run_has_no_storm),
	VT_TEST(text_fits_the_width),
	VT_TEST(ascii_output),
	VT_TEST(text_reports_the_storm),
};

VT_MAIN(tests)
