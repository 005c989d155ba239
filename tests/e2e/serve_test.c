// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_test - `vmascope serve`: its counters are those of stat and never go back, its memory is
 * bounded, and names are as asked for.
 */
#include "serve_gated.h"

#include <limits.h>

/* --- counters ------------------------------------------------------------------------------ */

static double outcome(const char *metrics, const char *group, const char *name)
{
	char series[256];

	snprintf(series, sizeof(series),
		 "vmascope_page_fault_outcomes_total{group=\"%s\",outcome=\"%s\"}", group, name);
	return vt_metric(metrics, series);
}

/** struct refresh - @nr: reads of all counters that had ended before */
struct refresh {
	const struct vt_serve *serve;
	double nr;
};

static double refreshes(const struct vt_serve *serve)
{
	char *metrics = vt_fetch(serve, "/metrics");
	const double nr = vt_metric(metrics, "vmascope_refreshes_total");

	free(metrics);
	vt_true(nr > 0);
	return nr;
}

static bool is_refreshed(void *arg)
{
	const struct refresh *r = arg;

	return refreshes(r->serve) > r->nr;
}

/* An answer may be of a read of the counters before it, up to 50 ms: wait for one that begins from here on. */
static void await_refresh(const struct vt_serve *serve)
{
	struct refresh r = { .serve = serve, .nr = refreshes(serve) };

	vt_await(is_refreshed, &r, "counters are read", VT_PATIENCE);
}

/* Both count the same processes from the gate on, and nothing else that runs on this machine. */
static void counts_equal_stat(void **state)
{
	const char *output = vt_path("stat.json");
	struct json_object *json, *work;
	struct vt_serve serve;
	struct vt_cmd stat;
	struct gated g;
	char *metrics;

	(void)state;
	start_gated(&g, VT_ARGS("exact", "--threads", "4", "--children", "4", "--pages", "500"));
	vt_serve_start(&serve, VT_ARGS("-i", "10m", "-p", g.pid));
	vt_start(&stat, NULL, VT_ARGS(vt_vmascope(), "stat", "-j", "-o", output, "-p", g.pid));
	vt_await_attached(&stat);
	open_gate(&g);
	work = await_done(&g);
	vt_interrupt(&stat);
	json = vt_json_file(output);
	await_refresh(&serve);
	metrics = vt_fetch(&serve, "/metrics");
	vt_equal(outcome(metrics, "exact", "minor"), since_gate(work, "minor"), "minor faults");
	vt_equal(outcome(metrics, "exact", "major"), since_gate(work, "major"), "major faults");
	vt_equal(vt_int(json, "totals.minor"), since_gate(work, "minor"), "minor faults of stat");
	vt_equal(vt_int(json, "totals.major"), since_gate(work, "major"), "major faults of stat");
	free(metrics);
	json_object_put(json);
	json_object_put(work);
	vt_free(&stat);
	vt_serve_end(&serve);
	end_gated(&g);
}

#define MOST_SERIES 20000

/* struct seen - the counters of a scrape */
struct seen {
	char *text;
	char *name[MOST_SERIES];
	double value[MOST_SERIES];
	size_t nr;
};

static bool is_counter(const char *name)
{
	static const char *const ends[] = { "_total", "_bucket", "_count", "_sum" };
	const size_t len = strcspn(name, "{ ");

	for (size_t i = 0; i < 4; i++) {
		const size_t end = strlen(ends[i]);

		if (len > end && !memcmp(name + len - end, ends[i], end))
			return true;
	}
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines "name value" in place, sorted by name. */
static struct seen *scrape(const struct vt_serve *serve)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	char *line, *rest;

	vt_true(seen);
	seen->text = rest = vt_fetch(serve, "/metrics");
	while ((line = strsep(&rest, "\n")))
		if (is_counter(line)) {
			vt_cmp(seen->nr, <, MOST_SERIES, "series");
			seen->name[seen->nr++] = line;
		}
	qsort(seen->name, seen->nr, sizeof(*seen->name), by_name);
	for (size_t i = 0; i < seen->nr; i++) {
		char *blank = strrchr(seen->name[i], ' ');

		*blank = '\0';
		seen->value[i] = strtod(blank + 1, NULL);
	}
	return seen;
}

static void seen_free(struct seen *seen)
{
	free(seen->text);
	free(seen);
}

/* Every counter of @before is in @after, and not less. Return: how many have grown. */
static size_t check_not_back(const struct seen *before, const struct seen *after)
{
	size_t grown = 0, at = 0;

	for (size_t i = 0; i < before->nr; i++) {
		while (at < after->nr && strcmp(after->name[at], before->name[i]) < 0)
			at++;
		if (at == after->nr || strcmp(after->name[at], before->name[i]))
			fail_msg("gone: %s", before->name[i]);
		if (after->value[at] < before->value[i])
			fail_msg("%s went from %.9f back to %.9f", before->name[i],
				 before->value[i], after->value[at]);
		grown += after->value[at] > before->value[i];
	}
	return grown;
}

/* Σ of @outcome over all groups. */
static int64_t all_groups(const char *metrics, const char *outcome)
{
	static const char head[] = "vmascope_page_fault_outcomes_total{";
	char label[64];
	int64_t sum = 0;

	snprintf(label, sizeof(label), ",outcome=\"%s\"} ", outcome);
	for (const char *p = metrics; (p = strstr(p, head)); p++) {
		const char *line_end = p + strcspn(p, "\n"), *value = strstr(p, label);

		if (value && value < line_end)
			sum += (int64_t)strtod(value + strlen(label), NULL);
	}
	return sum;
}

/** struct settled - wait until the serve's counters have what getrusage has */
struct settled {
	const struct vt_serve *serve;
	int64_t minor;
	int64_t major;
};

static bool has_all(void *arg)
{
	const struct settled *s = arg;
	char *metrics = vt_fetch(s->serve, "/metrics");
	int64_t minor = all_groups(metrics, "minor"), major = all_groups(metrics, "major");

	free(metrics);
	vt_cmp(minor, <=, s->minor, "minor faults, by getrusage");
	vt_cmp(major, <=, s->major, "major faults, by getrusage");
	return minor == s->minor && major == s->major;
}

/*
 * Few slots, histograms and calls: those of processes that end are used again and again. The workload
 * waits at its gate for the serve, and at its end, so that all its faults, and no others, are counted.
 */
static void counters_never_decrease(void **state)
{
	struct seen *before, *after;
	struct json_object *work;
	struct settled settled;
	size_t grown = 0, rounds = 0;
	struct vt_serve serve;
	struct gated g;
	char *metrics;

	(void)state;
	start_gated(&g, VT_ARGS("churn", "--procs", "1200"));
	vt_serve_start(&serve,
		       VT_ARGS("--slots", "512", "--hists", "128", "-i", "300ms", "-p", g.pid));
	open_gate(&g);
	before = scrape(&serve);
	while (!is_done(&g) || rounds++ < 10) {
		after = scrape(&serve);
		grown += check_not_back(before, after);
		seen_free(before);
		before = after;
	}
	work = await_done(&g);
	settled = (struct settled){
		.serve = &serve,
		.minor = since_gate(work, "minor"),
		.major = since_gate(work, "major"),
	};
	vt_await(has_all, &settled, "all faults of 1,200 processes, by getrusage", VT_PATIENCE);
	after = scrape(&serve);
	grown += check_not_back(before, after);
	seen_free(before);
	seen_free(after);
	vt_cmp(grown, >, 0, "counters that have grown");
	metrics = vt_fetch(&serve, "/metrics");
	/* they did not fit at one time: a slot for each of them alone is more than there are */
	vt_equal(vt_len(work, "ranges"), 1200, "processes");
	vt_cmp(vt_metric(metrics, "vmascope_processes"), <, 512, "processes that are kept");
	vt_equal(vt_metric(metrics, "vmascope_lost_total{what=\"identity\"}"), 0,
		 "lost identities");
	free(metrics);
	json_object_put(work);
	vt_serve_end(&serve);
	end_gated(&g);
}

/** struct totals - wait until the API's total has grown by so much; and the row [ended] was seen */
struct totals {
	const struct vt_serve *serve;
	int64_t faults;
	int64_t want;
	bool ended;
};

static bool has_grown(void *arg)
{
	struct totals *t = arg;
	char *text = vt_fetch(t->serve, "/api/v1/stat?by=process&top=1000");
	struct json_object *stat = vt_json(text, "/api/v1/stat"), *row;
	const int64_t faults = vt_int(stat, "totals.faults");

	vt_cmp(faults, >=, t->faults, "faults, which do not go back");
	t->faults = faults;
	vt_each(row, stat, "by_process") if (!strcmp(vt_str(row, "comm"), "[ended]"))
		t->ended = true;
	json_object_put(stat);
	free(text);
	return faults >= t->want;
}

/* API: what has ended is in [ended], and no total goes back. */
static void totals_outlive_processes(void **state)
{
	struct vt_serve serve;
	struct totals t = { .serve = &serve };
	struct vt_cmd load;

	(void)state;
	vt_serve_start(&serve,
		       VT_ARGS("--slots", "512", "--hists", "128", "-i", "200ms", "-n", "churn"));
	for (int i = 0; i < 4 || !t.ended; i++) {
		vt_run(&load, NULL, VT_ARGS(vt_workload("churn"), "--procs", "200"));
		vt_equal(load.exit, 0, "exit status of the load");
		vt_free(&load);
		/* a third of the processes keep its name, and touch 50 pages each */
		t.want = t.faults + 200 / 3 * 50;
		vt_await(has_grown, &t, "the API has the faults of what has ended", VT_PATIENCE);
	}
	vt_serve_end(&serve);
}

/** Runs of the load at most: memory may grow in the first ones, until all tables have been in use. */
#define LOAD_RUNS 8
/** In a run: a KiB that is kept of each of them is found. */
#define LOAD_PROCESSES 1500

/*
 * 1,500 processes of 300 names, the limits being far below that. What is kept of each of them would
 * make each run add as much as the one before.
 */
static void memory_and_series_are_bounded(void **state)
{
	static const char names[] =
		"cd \"$1\"; for i in $(seq 300); do ln -sf \"$0\" p$i; done;"
		"for i in $(seq 300); do for j in 1 2 3 4 5; do ./p$i; done; done";
	const char *argv[] = { "sh", "-c", names, "/bin/true", NULL, NULL };
	struct vt_serve serve;
	struct vt_cmd load;
	char *metrics, *line;
	long kib = 0, before, runs = 0;
	size_t series = 0;

	(void)state;
	argv[4] = vt_path("names");
	mkdir(argv[4], 0755);
	vt_serve_start(&serve, VT_ARGS("--slots", "1024", "--hists", "128", "--max-series", "2500",
				       "-i", "200ms"));
	do {
		vt_run(&load, NULL, argv);
		vt_equal(load.exit, 0, "exit status of the load: %s", load.err);
		vt_free(&load);
		free(vt_fetch(&serve, "/metrics"));
		before = kib;
		kib = vt_resident_kib(serve.cmd.pid);
		print_message("# bounded: %ld KiB after %ld processes\n", kib,
			      ++runs * LOAD_PROCESSES);
	} while (runs < LOAD_RUNS && (runs < 2 || kib - before >= LOAD_PROCESSES));
	vt_cmp(kib - before, <, LOAD_PROCESSES, "KiB that the last of %ld runs has added", runs);
	metrics = vt_fetch(&serve, "/metrics");
	for (line = metrics; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		series += *line && *line != '#';
	}
	vt_cmp(series, <=, 2500, "series");
	vt_cmp(outcome(metrics, "other", "minor"), >, 10000, "faults of group other");
	print_message("# bounded: %zu series\n", series);
	free(metrics);
	vt_serve_end(&serve);
}

/* --- names ---------------------------------------------------------------------------------- */

static void hostile_names(void **state)
{
	char *metrics, *text, path[512], target[PATH_MAX], series[128];
	const char *comm;
	struct json_object *list, *p;
	struct vt_serve serve;
	struct gated g;
	bool found = false;
	struct vt_reply r;

	(void)state;
	snprintf(path, sizeof(path), "%s", vt_path("<b\"\\\nx>"));
	comm = strrchr(path, '/') + 1; /* the name of the test's file has a number first */
	snprintf(series, sizeof(series),
		 "vmascope_page_faults_total{group=\"%.*s<b\\\"\\\\\\nx>\",cause=\"anon-zero\"}",
		 (int)strcspn(comm, "<"), comm);
	vt_true(realpath(vt_workload("storm"), target));
	vt_sys(symlink(target, path));
	/* of no other process: how many names there are depends on the machine, and series are limited */
	vt_serve_start(&serve, VT_ARGS("--expose-paths", "-n", comm));
	/* it stays: a process that has exited is not listed after the next interval */
	g.result = vt_path("hostile.json");
	vt_start(&g.work, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(path, "--stay", "--faults", "5000", "--result", g.result));
	json_object_put(await_done(&g));
	await_refresh(&serve);
	metrics = vt_fetch(&serve, "/metrics");
	vt_cmp(vt_metric(metrics, series), >=, 5000, "faults: %s", series);
	free(metrics);
	text = vt_fetch(&serve, "/api/v1/processes?top=1000");
	list = vt_json(text, "/api/v1/processes");
	vt_each(p, list, "processes") if (!strcmp(vt_str(p, "comm"), comm)) found = true;
	vt_true(found);
	end_gated(&g);
	json_object_put(list);
	free(text);
	vt_http_get(serve.port, "/api/v1/processes", "", &r);
	vt_contains(r.text, "X-Content-Type-Options: nosniff");
	vt_contains(r.text, "Content-Type: application/json");
	vt_contains(r.text, "Content-Security-Policy: default-src 'none'; script-src 'self';");
	vt_reply_free(&r);
	vt_serve_end(&serve);
}

static const char *const secret_parts[] = { "/usr/", "/lib/", ".so", "memfd:", "/tmp" };

static void paths_are_exposed_only_on_request(void **state)
{
	static const char *const pages[] = { "/api/v1/stat?by=mapping&top=1000",
					     "/api/v1/stat?by=vma&top=1000",
					     "/events?history=100" };
	static const char *const ends[] = { "[file]", "[file]", "event: tick" };
	struct vt_serve serve;
	const char *program;
	struct vt_reply r;
	struct gated g;
	char name[16];
	char *text;

	(void)state;
	program = vt_named_copy("storm", name, sizeof(name));
	for (int expose = 0; expose < 2; expose++) {
		/* others may be called memfd:… or ld-linux.so.2, as what is run by ldd is */
		vt_serve_start(&serve, VT_ARGS("-i", "200ms", "-n", name,
					       expose ? "--expose-paths" : NULL));
		/* it stays: what has exited is summed up, without names, after the next interval */
		g.result = vt_path("paths.json");
		vt_start(&g.work, &(struct vt_how){ .stdin_pipe = true },
			 VT_ARGS(program, "--stay", "--faults", "100", "--result", g.result));
		json_object_put(await_done(&g));
		await_refresh(&serve);
		text = vt_fetch(&serve, pages[0]);
		if (expose)
			vt_contains(text, "libc.so.6");
		else
			vt_contains(text, "[file]");
		free(text);
		for (size_t i = 0; i < 3 && !expose; i++) {
			int fd = vt_connect(serve.port);
			char request[256];

			snprintf(request, sizeof(request),
				 "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
				 pages[i]);
			vt_send(fd, request, strlen(request));
			/* events go on: one with names is enough */
			vt_true(vt_receive_until(fd, &r, 1 << 20, i == 2 ? ends[2] : NULL) ||
				i < 2);
			close(fd);
			vt_equal(r.status, 200, "%s", pages[i]);
			vt_contains(r.body, ends[i]);
			for (size_t s = 0; s < 5; s++)
				if (strstr(r.body, secret_parts[s]))
					fail_msg("%s in %s: %.2000s", secret_parts[s], pages[i],
						 r.body);
			vt_reply_free(&r);
		}
		end_gated(&g);
		vt_serve_end(&serve);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VT_TEST(counts_equal_stat),
		VT_TEST(counters_never_decrease),
		VT_TEST(totals_outlive_processes),
		VT_TEST(memory_and_series_are_bounded),
		VT_TEST(hostile_names),
		VT_TEST(paths_are_exposed_only_on_request),
	};

	vt_freed_is_free();
	return vt_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
