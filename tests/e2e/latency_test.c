// SPDX-License-Identifier: GPL-2.0-only
/*
 * latency_test - counts, sums, maxima and quantiles of a run, against those that are computed here
 * from its events.
 *
 * One recording has both: counters and histograms that the kernel side keeps, and each fault with its
 * duration. They are of the same measurement, so sums and maxima are equal to the nanosecond, in
 * all and in each process, however fast or busy the machine is; a quantile is in its bucket.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

/** struct run - what the events of one run are, and what its counters say */
struct run {
	struct json_object *lines;
	struct json_object *stat;
	struct json_object *work;
};

/** struct sample - durations of some of the lines, ns, in ascending order */
struct sample {
	size_t rows; /* with those that have no duration */
	size_t nr;
	int64_t *ns;
	int64_t sum;
};

/* The ring has room for all events: none is lost, however slow the recorder is. */
static void run_both(struct run *r, const char *const *work)
{
	struct vt_recorded recorded;
	struct vt_cmd cmd;

	vt_record(&recorded, VT_ARGS("--ring", "65536"), work);
	r->work = json_object_get(recorded.work);
	r->stat = vt_report_json(recorded.file, 0);
	vt_report(&cmd, recorded.file, VT_ARGS("--view", "trace", "-j"), 0);
	r->lines = vt_json_lines(cmd.out, recorded.file);
	vt_free(&cmd);
	vt_recorded_free(&recorded);
}

static void run_free(struct run *r)
{
	json_object_put(r->lines);
	json_object_put(r->stat);
	json_object_put(r->work);
}

static size_t nr_lines(const struct run *r)
{
	return json_object_array_length(r->lines) - 1;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Of the lines with @cause (NULL: all), of process @pid (-1: all). */
static void sample(struct sample *s, const struct run *r, const char *cause, int64_t pid)
{
	memset(s, 0, sizeof(*s));
	s->ns = calloc(nr_lines(r) + 1, sizeof(*s->ns));
	vt_true(s->ns);
	for (size_t i = 0; i < nr_lines(r); i++) {
		struct json_object *e = json_object_array_get_idx(r->lines, i);

		if ((cause && strcmp(vt_str(e, "cause"), cause)) ||
		    (pid != -1 && vt_int(e, "pid") != pid) || !strcmp(vt_str(e, "mode"), "gup"))
			continue;
		s->rows++;
		if (!vt_get(e, "duration_ns"))
			continue;
		s->ns[s->nr] = vt_int(e, "duration_ns");
		s->sum += s->ns[s->nr++];
	}
	qsort(s->ns, s->nr, sizeof(*s->ns), compare);
}

/* Nearest rank: the least latency that a share @q of the faults do not exceed. */
static int64_t quantile(const struct sample *s, double q)
{
	double rank = q * (double)s->nr;
	size_t n = (size_t)rank + (rank > (double)(size_t)rank);

	return s->ns[n ? n - 1 : 0];
}

static const struct {
	const char *name;
	double q;
} quantiles[] = {
	{ "p50", 0.5 },
	{ "p90", 0.9 },
	{ "p99", 0.99 },
	{ "p999", 0.999 },
};

/* A bucket is 1/8 wide, and its middle is given: no more than 1/16 off, and a ns of rounding. */
static void check_times(const struct sample *s, struct json_object *latency, const char *what)
{
	vt_equal(vt_int(latency, "count"), s->nr, "faults of %s that were timed", what);
	vt_equal(vt_int(latency, "sum"), s->sum, "sum of %s", what);
	if (!s->nr)
		return;
	vt_equal(vt_int(latency, "max"), s->ns[s->nr - 1], "max of %s", what);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		int64_t got = vt_int(latency, quantiles[i].name);
		int64_t exact = quantile(s, quantiles[i].q);

		vt_cmp(got, >=, exact - exact / 16 - 1, "%s of %s", quantiles[i].name, what);
		vt_cmp(got, <=, exact + exact / 16 + 1, "%s of %s", quantiles[i].name, what);
	}
}

static void check_totals(const struct run *r)
{
	struct sample s;

	sample(&s, r, NULL, -1);
	vt_equal(s.rows, vt_int(r->stat, "totals.faults") - vt_int(r->stat, "totals.gup"),
		 "events = faults - gup");
	check_times(&s, vt_need(r->stat, "totals.latency_ns", json_type_object), "all");
	free(s.ns);
}

static void check_causes(const struct run *r)
{
	int64_t causes = 0;

	json_object_object_foreach(vt_need(r->stat, "totals.causes", json_type_object), name, n) {
		struct sample s;

		if (!strcmp(name, "gup"))
			continue;
		sample(&s, r, name, -1);
		vt_equal(s.rows, json_object_get_int64(n), "events of %s", name);
		free(s.ns);
		causes++;
	}
	vt_cmp(causes, >, 1, "causes");
}

static void check_processes(const struct run *r)
{
	struct json_object *process;
	size_t rows = 0;
	char what[32];

	vt_each(process, r->stat, "processes")
	{
		struct sample s;

		snprintf(what, sizeof(what), "process %ld", (long)vt_int(process, "pid"));
		sample(&s, r, NULL, vt_int(process, "pid"));
		vt_equal(s.rows, vt_int(process, "faults") - vt_int(process, "gup"), "events of %s",
			 what);
		check_times(&s, vt_need(process, "latency_ns", json_type_object), what);
		rows += s.rows;
		free(s.ns);
	}
	vt_equal(rows, vt_int(r->stat, "totals.faults") - vt_int(r->stat, "totals.gup"),
		 "events of all processes");
}

/* The whole is the sum of its parts, in `stat` alone. */
static void check_latency_sums(struct json_object *stat)
{
	struct json_object *process, *vma;
	int64_t max = 0, total[2] = { 0 };

	vt_each(process, stat, "processes")
	{
		for (size_t i = 0; i < 2; i++) {
			const char *member = i ? "latency_ns.sum" : "latency_ns.count";
			int64_t in_vmas = 0, own = vt_int(process, member);

			vt_each(vma, process, "vmas") in_vmas += vt_int(vma, member);
			vt_cmp(in_vmas, <=, own, "%s of VMAs", member);
			if (vt_int(process, "overflow") == vt_int(process, "gup"))
				vt_equal(in_vmas, own, "Σ %s of VMAs = the process's", member);
			total[i] += own;
		}
	}
	vt_equal(total[0], vt_int(stat, "totals.latency_ns.count"), "Σ counts of processes");
	vt_equal(total[1], vt_int(stat, "totals.latency_ns.sum"), "Σ sums of processes");
	vt_each(process, stat, "processes") if (vt_int(process, "latency_ns.max") > max)
		max = vt_int(process, "latency_ns.max");
	vt_equal(max, vt_int(stat, "totals.latency_ns.max"), "greatest max of a process");
	vt_equal(vt_int(stat, "totals.latency_ns.count") + vt_int(stat, "lost.latency"),
		 vt_int(stat, "totals.minor") + vt_int(stat, "totals.major") -
			 vt_int(stat, "totals.gup"),
		 "timed + lost = completed traps");
	vt_equal(vt_int(stat, "lost.latency"), 0, "faults that were not timed");
}

static void check_run(const char *const *work, int64_t at_least)
{
	struct json_object *summary;
	struct run r;

	run_both(&r, work);
	summary = json_object_array_get_idx(r.lines, nr_lines(&r));
	vt_equal(strcmp(vt_str(summary, "type"), "summary"), 0, "the last line is the summary");
	vt_equal(vt_int(summary, "lost"), 0, "lost events");
	vt_cmp(nr_lines(&r), >=, at_least, "events");
	vt_check_sums(r.stat);
	vt_check_usage(r.stat, r.work);
	check_latency_sums(r.stat);
	check_totals(&r);
	check_causes(&r);
	check_processes(&r);
	run_free(&r);
}

static void threads_and_children(void **state)
{
	(void)state;
	check_run(VT_ARGS("exact", "--threads", "4", "--children", "10", "--pages", "200"), 18000);
}

static void faults_of_one_kind(void **state)
{
	(void)state;
	check_run(VT_ARGS("threads", "--threads", "3", "--pages", "300"), 21900);
}

/* Faults that take hundreds of times as long as others. */
static void huge_pages(void **state)
{
	(void)state;
	vt_set("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	vt_set("/sys/kernel/mm/transparent_hugepage/defrag", "madvise");
	vt_compact();
	check_run(VT_ARGS("threads", "--huge", "--threads", "3", "--pages", "40"), 2920);
}

/* With --vma, latencies are those of its faults, each once; without --quantiles they are not known. */
static void latency_of_one_vma(void **state)
{
	struct json_object *row;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--vma", "[heap]", "--quantiles", "--by", "process"),
		VT_ARGS("storm", "--faults", "5000"));
	vt_each(row, s.json, "by_process")
		vt_equal(vt_int(row, "sum_ns"), vt_int(s.json, "totals.latency_ns.sum"),
			 "time of the process's faults in [heap]");
	vt_scope_free(&s);
	vt_stat(&s, VT_ARGS("--vma", "[anon]", "--quantiles", "--by", "process"),
		VT_ARGS("storm", "--faults", "5000"));
	vt_equal(vt_len(s.json, "by_process"), 1, "processes");
	vt_equal(vt_int(vt_at(s.json, "by_process", 0), "sum_ns"),
		 vt_int(s.json, "totals.latency_ns.sum"), "time of the process's faults in [anon]");
	vt_cmp(vt_int(s.json, "totals.latency_ns.p99"), <=, vt_int(s.json, "totals.latency_ns.max"),
	       "quantiles of [anon] alone");
	vt_scope_free(&s);
	vt_stat(&s, VT_ARGS("--vma", "[anon]"), VT_ARGS("storm", "--faults", "5000"));
	vt_true(!vt_get(s.json, "totals.latency_ns.p99"));
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(latency_of_one_vma),
	VT_TEST(huge_pages),
	VT_TEST(threads_and_children),
	VT_TEST(faults_of_one_kind),
};

VT_MAIN(tests)
