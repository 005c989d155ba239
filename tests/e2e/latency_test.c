// SPDX-License-Identifier: GPL-2.0-only
/*
 * latency_test - counts, sums and quantiles of `stat`, against those that are computed here from
 * the lines of a `trace` that saw the same faults.
 *
 * Two vmascopes are attached to one workload that waits at its gate, and both see every fault of
 * it: so counts are equal, in all, of each cause and of each process. Times are not, by nature:
 * each has its own programs at the same hooks, one after the other, so the one that begins first
 * times the other's begin as well, and the one that ends last the other's end, with the ring
 * record that `trace` writes there. That shifts each fault by up to SHIFT_NS (measured: 600 ns).
 * Of a base page's fault it is a third. Huge pages take 50 times as long, so there it hides
 * nothing, and sums and quantiles must agree as closely as histograms allow.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

#define SHIFT_NS (1000LL * (long long)vt_slow())
/** A bucket is 1/8 wide, and `stat` gives its middle. */
#define QUANTILE_SLACK 0.0625
/** A thread that is preempted between the two's programs is, for one of them, for milliseconds. */
#define SUM_SLACK_SHORT 0.3
#define SUM_SLACK_LONG 0.05

/** Threads of `exact` that read one file at the same time: each pair may race for a few pages. */
#define FILE_RACES 16

/** struct run - what both said of one run of a workload */
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

static void start_scope(struct vt_cmd *scope, const char *verb, const char *output, const char *pid)
{
	if (!strcmp(verb, "trace"))
		vt_start(scope, NULL,
			 VT_ARGS(vt_vmascope(), verb, "-j", "--ring", "65536", "-o", output, "-p",
				 pid));
	else
		vt_start(scope, NULL, VT_ARGS(vt_vmascope(), verb, "-j", "-o", output, "-p", pid));
	vt_await_attached(scope);
}

static void run_both(struct run *r, const char *const *work)
{
	const char *result = vt_path("result.json"), *output[2];
	static const char *const verb[2] = { "trace", "stat" };
	const char *argv[16] = { vt_workload(work[0]), "--gate", "--result", result };
	struct vt_cmd cmd, scope[2];
	char pid[16], *text;

	for (size_t n = 4, i = 1; work[i]; i++)
		argv[n++] = work[i];
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true }, argv);
	vt_await_text(&cmd, "ready");
	snprintf(pid, sizeof(pid), "%d", cmd.pid);
	for (int i = 0; i < 2; i++) {
		output[i] = vt_path(verb[i]);
		start_scope(&scope[i], verb[i], output[i], pid);
	}
	vt_close_stdin(&cmd);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "workload's exit status: %s", cmd.err);
	for (int i = 0; i < 2; i++) {
		vt_wait(&scope[i], VT_PATIENCE);
		vt_equal(scope[i].exit, 0, "exit status of %s: %s", verb[i], scope[i].err);
		vt_free(&scope[i]);
	}
	text = vt_read_file(output[0], NULL);
	r->lines = vt_json_lines(text, output[0]);
	r->stat = vt_json_file(output[1]);
	r->work = vt_json_file(result);
	free(text);
	vt_free(&cmd);
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

static void check_between(int64_t got, int64_t low, int64_t high, int64_t shift_ns, double slack,
			  const char *name, const char *what)
{
	vt_cmp(got, >=, low - shift_ns - (int64_t)(slack * (double)low), "%s of %s, by trace %ld",
	       name, what, (long)low);
	vt_cmp(got, <=, high + shift_ns + (int64_t)(slack * (double)high), "%s of %s, by trace %ld",
	       name, what, (long)high);
}

/*
 * struct quantile - @slack is how far off its rank may be: an interrupt between the two's programs
 * makes a fault one of the slowest for one of them only, so the tails are not of the same faults.
 */
static const struct {
	const char *name;
	double q;
	double slack;
} quantiles[] = {
	{ "p50", 0.5, 0.005 },
	{ "p90", 0.9, 0.005 },
	{ "p99", 0.99, 0.005 },
	{ "p999", 0.999, 0.0009 },
};

static void check_times(const struct sample *s, struct json_object *latency, double sum_slack,
			const char *what)
{
	int64_t previous = 0, max = vt_int(latency, "max");

	check_between(vt_int(latency, "sum"), s->sum, s->sum, SHIFT_NS * (int64_t)s->nr, sum_slack,
		      "sum", what);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		int64_t got = vt_int(latency, quantiles[i].name);
		double q = quantiles[i].q, slack = quantiles[i].slack;

		vt_cmp(got, >=, previous, "%s of %s, after the one below", quantiles[i].name, what);
		previous = got;
		if ((1 - q) * (double)s->nr >= 20)
			check_between(got, quantile(s, q - slack), quantile(s, q + slack), SHIFT_NS,
				      QUANTILE_SLACK, quantiles[i].name, what);
	}
	vt_cmp(max, >=, previous, "max of %s", what);
	vt_cmp(max, <=, vt_int(latency, "sum"), "max of %s", what);
	vt_cmp(max, >=, vt_int(latency, "sum") / (int64_t)s->nr, "max of %s, by its mean", what);
}

/* Of faults that take long, less of the time lies between the programs. */
static double slack_of_sum(const struct sample *s)
{
	return s->sum / (int64_t)s->nr > 20 * SHIFT_NS ? SUM_SLACK_LONG : SUM_SLACK_SHORT;
}

static void check_totals(const struct run *r)
{
	struct sample s;

	sample(&s, r, NULL, -1);
	vt_equal(s.rows, vt_int(r->stat, "totals.faults") - vt_int(r->stat, "totals.gup"),
		 "lines of trace = faults of stat - gup");
	vt_equal(s.nr, vt_int(r->stat, "totals.latency_ns.count"), "faults that were timed");
	check_times(&s, vt_need(r->stat, "totals.latency_ns", json_type_object), slack_of_sum(&s),
		    "all");
	print_message("# latency, stat and trace: p50 %ld %ld, p99 %ld %ld, sum %ld %ld ns\n",
		      (long)vt_int(r->stat, "totals.latency_ns.p50"), (long)quantile(&s, 0.5),
		      (long)vt_int(r->stat, "totals.latency_ns.p99"), (long)quantile(&s, 0.99),
		      (long)vt_int(r->stat, "totals.latency_ns.sum"), (long)s.sum);
	free(s.ns);
}

static void check_causes(const struct run *r, int64_t races)
{
	int64_t causes = 0;

	json_object_object_foreach(vt_need(r->stat, "totals.causes", json_type_object), name, n) {
		struct sample s;

		if (!strcmp(name, "gup"))
			continue;
		sample(&s, r, name, -1);
		vt_cmp(llabs((int64_t)s.rows - json_object_get_int64(n)), <=, races,
		       "lines of %s, %zu, less those of stat", name, s.rows);
		free(s.ns);
		causes++;
	}
	vt_cmp(causes, >, 1, "causes");
}

static void check_processes(const struct run *r)
{
	struct json_object *process;
	size_t rows = 0;

	vt_each(process, r->stat, "processes")
	{
		struct sample s;

		sample(&s, r, NULL, vt_int(process, "pid"));
		vt_equal(s.rows, vt_int(process, "faults") - vt_int(process, "gup"),
			 "lines of process %ld", (long)vt_int(process, "pid"));
		vt_equal(s.nr, vt_int(process, "latency_ns.count"),
			 "faults of process %ld that were timed", (long)vt_int(process, "pid"));
		if (s.nr >= 1000)
			check_times(&s, vt_need(process, "latency_ns", json_type_object),
				    slack_of_sum(&s), "one process");
		rows += s.rows;
		free(s.ns);
	}
	vt_equal(rows, nr_lines(r), "lines of all processes");
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

/* What takes so long that the shift is nothing; then the maximum, too, is the same fault's. */
static void check_long_faults(const struct run *r)
{
	struct sample s;

	sample(&s, r, "anon-zero", vt_int(r->work, "pid"));
	vt_cmp(s.sum / (int64_t)s.nr, >, 20 * SHIFT_NS, "mean latency of huge pages");
	check_between(vt_int(r->stat, "totals.latency_ns.max"), s.ns[s.nr - 1], s.ns[s.nr - 1],
		      SHIFT_NS, QUANTILE_SLACK, "max", "all");
	free(s.ns);
}

static void check_run(const char *const *work, int64_t at_least, int64_t races,
		      void (*more)(const struct run *r))
{
	struct json_object *summary;
	struct run r;

	run_both(&r, work);
	summary = json_object_array_get_idx(r.lines, nr_lines(&r));
	vt_equal(strcmp(vt_str(summary, "type"), "summary"), 0, "the last line is the summary");
	vt_equal(vt_int(summary, "lost"), 0, "lost lines");
	vt_cmp(nr_lines(&r), >=, at_least, "lines");
	vt_check_sums(r.stat);
	check_latency_sums(r.stat);
	check_totals(&r);
	check_causes(&r, races);
	check_processes(&r);
	if (more)
		more(&r);
	run_free(&r);
}

static void threads_and_children(void **state)
{
	(void)state;
	check_run(VT_ARGS("exact", "--threads", "4", "--children", "10", "--pages", "200"), 18000,
		  FILE_RACES, NULL);
}

static void one_kind_of_fault(void **state)
{
	(void)state;
	check_run(VT_ARGS("threads", "--threads", "3", "--pages", "300"), 21900, 0, NULL);
}

static void huge_pages(void **state)
{
	(void)state;
	vt_set("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	vt_set("/sys/kernel/mm/transparent_hugepage/defrag", "madvise");
	check_run(VT_ARGS("threads", "--huge", "--threads", "3", "--pages", "40"), 2920, 0,
		  check_long_faults);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(huge_pages),
	VT_TEST(threads_and_children),
	VT_TEST(one_kind_of_fault),
};

VT_MAIN(tests)
