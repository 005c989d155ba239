// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_test - `vmascope serve`: its counters are those of stat and never go back, its memory is
 * bounded, names are as asked for, and events that were missed come again.
 */
#include "check.h"
#include "http.h"
#include "scope.h"
#include "system.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- counters ------------------------------------------------------------------------------ */

static double outcome(const char *metrics, const char *group, const char *name)
{
	char series[256];

	snprintf(series, sizeof(series),
		 "vmascope_page_fault_outcomes_total{group=\"%s\",outcome=\"%s\"}", group, name);
	return vt_metric(metrics, series);
}

/* Σ @member of stat's processes named @comm; with what they had before the command's exec. */
static int64_t stat_sum(struct json_object *stat, const char *comm, const char *member)
{
	struct json_object *process;
	char before[64];
	int64_t n = 0;

	snprintf(before, sizeof(before), "before_exec.%s", member);
	vt_each(process, stat, "processes") if (!strcmp(vt_str(process, "comm"), comm))
		n += vt_int(process, member) + vt_int(process, before);
	return n;
}

/* Both count the same run; no interval of serve ends in it, which would see it before its exec. */
static void counts_what_stat_counts(void **state)
{
	struct vt_serve serve;
	struct vt_scope s;
	char *metrics;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("-i", "10m"));
	vt_stat(&s, NULL, VT_ARGS("exact", "--threads", "4", "--children", "4", "--pages", "500"));
	metrics = vt_fetch(&serve, "/metrics");
	vt_cmp(stat_sum(s.json, "exact", "minor"), >, 4000, "minor faults of the workload");
	vt_equal(outcome(metrics, "exact", "minor"), stat_sum(s.json, "exact", "minor"),
		 "minor faults");
	vt_equal(outcome(metrics, "exact", "major"), stat_sum(s.json, "exact", "major"),
		 "major faults");
	free(metrics);
	vt_scope_free(&s);
	vt_serve_end(&serve);
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

static bool result_is_written(void *arg)
{
	struct stat st;

	return !stat(arg, &st) && st.st_size > 0;
}

/*
 * Few slots, histograms and calls: those of processes that end are used again and again. The workload
 * waits at its gate for the serve, and at its end, so that all its faults, and no others, are counted.
 */
static void never_goes_back(void **state)
{
	const char *result = vt_path("churn.json");
	struct seen *before, *after;
	struct json_object *work;
	struct settled settled;
	size_t grown = 0, rounds = 0;
	struct vt_serve serve;
	struct vt_cmd load;
	char *metrics, pid[16];

	(void)state;
	vt_start(&load, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("churn"), "--gate", "--stay", "--procs", "1200", "--result",
			 result));
	vt_await_text(&load, "ready");
	snprintf(pid, sizeof(pid), "%d", load.pid);
	vt_serve_start(&serve,
		       VT_ARGS("--slots", "512", "--hists", "128", "-i", "300ms", "-p", pid));
	vt_true(write(load.stdin_fd, "\n", 1) == 1);
	before = scrape(&serve);
	while (!result_is_written((void *)result) || rounds++ < 10) {
		vt_true(!vt_ended(&load));
		after = scrape(&serve);
		grown += check_not_back(before, after);
		seen_free(before);
		before = after;
	}
	work = vt_json_file(result);
	settled = (struct settled){
		.serve = &serve,
		.minor = vt_int(work, "self.minor") - vt_int(work, "at_gate.minor") +
			 vt_int(work, "children.minor"),
		.major = vt_int(work, "self.major") - vt_int(work, "at_gate.major") +
			 vt_int(work, "children.major"),
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
	vt_close_stdin(&load);
	vt_wait(&load, VT_PATIENCE);
	vt_equal(load.exit, 0, "exit status of the load: %s", load.err);
	vt_free(&load);
	vt_serve_end(&serve);
}

/* API: what has ended is in [ended], and no total goes back. */
static void totals_outlive_processes(void **state)
{
	struct json_object *stat;
	int64_t faults = 0;
	struct vt_serve serve;
	struct vt_cmd load;
	bool ended = false;
	char *text;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("--slots", "512", "--hists", "128", "-i", "200ms"));
	for (int i = 0; i < 4; i++) {
		struct json_object *row;

		vt_run(&load, NULL, VT_ARGS(vt_workload("churn"), "--procs", "200"));
		vt_equal(load.exit, 0, "exit status of the load");
		vt_free(&load);
		usleep(300000); /* an answer may be 250 ms old */
		text = vt_fetch(&serve, "/api/v1/stat?by=process&top=1000");
		stat = vt_json(text, "/api/v1/stat");
		vt_cmp(vt_int(stat, "totals.faults"), >=, faults + 200 * 20, "faults, round %d", i);
		faults = vt_int(stat, "totals.faults");
		vt_each(row, stat, "by_process") if (!strcmp(vt_str(row, "comm"), "[ended]"))
			ended = true;
		json_object_put(stat);
		free(text);
	}
	vt_true(ended);
	vt_serve_end(&serve);
}

/* 3,000 processes of 300 names, the limits being far below that. */
static void memory_and_series_are_bounded(void **state)
{
	static const char names[] =
		"cd \"$1\"; for i in $(seq 300); do ln -sf \"$0\" p$i; done;"
		"for i in $(seq 300); do for j in 1 2 3 4 5; do ./p$i; done; done";
	const char *argv[] = { "sh", "-c", names, "/bin/true", NULL, NULL };
	struct vt_serve serve;
	struct vt_cmd load;
	char *metrics, *line;
	long warm, kib;
	size_t series = 0;

	(void)state;
	argv[4] = vt_path("names");
	mkdir(argv[4], 0755);
	vt_serve_start(&serve, VT_ARGS("--slots", "1024", "--hists", "128", "--max-series", "2500",
				       "-i", "200ms"));
	vt_run(&load, NULL, argv);
	vt_equal(load.exit, 0, "exit status of the load: %s", load.err);
	vt_free(&load);
	warm = vt_resident_kib(serve.cmd.pid);
	vt_run(&load, NULL, argv);
	vt_free(&load);
	metrics = vt_fetch(&serve, "/metrics");
	kib = vt_resident_kib(serve.cmd.pid);
	for (line = metrics; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		series += *line && *line != '#';
	}
	vt_cmp(series, <=, 2500, "series");
	vt_cmp(outcome(metrics, "other", "minor"), >, 10000, "faults of group other");
	vt_cmp(kib, <, warm + warm / 8, "KiB in memory, after as many processes again");
	print_message("# bounded: %zu series, %ld KiB, then %ld KiB\n", series, warm, kib);
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
	struct vt_cmd cmd;
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
	vt_serve_start(&serve, VT_ARGS("--expose-paths"));
	vt_run(&cmd, NULL, VT_ARGS(path, "--faults", "5000"));
	vt_equal(cmd.exit, 0, "exit status");
	vt_free(&cmd);
	metrics = vt_fetch(&serve, "/metrics");
	vt_cmp(vt_metric(metrics, series), >=, 5000, "faults: %s", series);
	free(metrics);
	text = vt_fetch(&serve, "/api/v1/processes?top=1000");
	list = vt_json(text, "/api/v1/processes");
	vt_each(p, list, "processes") if (!strcmp(vt_str(p, "comm"), comm)) found = true;
	vt_true(found);
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

static void paths_are_told_only_if_asked(void **state)
{
	static const char *const pages[] = { "/api/v1/stat?by=mapping&top=1000",
					     "/api/v1/stat?by=vma&top=1000",
					     "/events?history=100" };
	struct vt_serve serve;
	struct vt_cmd cmd;
	struct vt_reply r;
	char *text;

	(void)state;
	for (int expose = 0; expose < 2; expose++) {
		vt_serve_start(&serve, VT_ARGS("-i", "200ms", expose ? "--expose-paths" : NULL));
		vt_run(&cmd, NULL, VT_ARGS("/bin/ls", "/usr/lib"));
		vt_free(&cmd);
		text = vt_fetch(&serve, pages[0]);
		if (expose)
			vt_contains(text, "libc.so.6");
		else
			vt_contains(text, "[file]");
		free(text);
		for (size_t i = 0; i < 3 && !expose; i++) {
			int fd = vt_connect(serve.port);
			char request[256];

			sleep(i == 2);
			snprintf(request, sizeof(request),
				 "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
				 pages[i]);
			vt_send(fd, request, strlen(request));
			vt_receive(fd, &r, 4096);
			close(fd);
			vt_equal(r.status, 200, "%s", pages[i]);
			for (size_t s = 0; s < 5; s++)
				if (strstr(r.body, secret_parts[s]))
					fail_msg("%s in %s: %.2000s", secret_parts[s], pages[i],
						 r.body);
			vt_reply_free(&r);
		}
		vt_serve_end(&serve);
	}
}

/* --- formats and events ---------------------------------------------------------------------- */

static void openmetrics_with_exemplars(void **state)
{
	struct vt_serve serve;
	struct vt_cmd cmd;
	struct vt_reply r;
	size_t len;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("-i", "200ms"));
	vt_run(&cmd, NULL, VT_ARGS(vt_workload("storm"), "--seconds", "1"));
	vt_free(&cmd);
	vt_http_get(serve.port, "/metrics",
		    "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n", &r);
	vt_equal(r.status, 200, "status");
	vt_contains(r.text, "Content-Type: application/openmetrics-text; version=1.0.0");
	vt_contains(r.body, "# TYPE vmascope_page_faults counter\n");
	vt_contains(r.body, "# UNIT vmascope_page_fault_seconds seconds\n");
	vt_contains(r.body, " # {vma=\"[anon]\",pid=\"");
	len = strlen(r.body);
	assert_string_equal(r.body + len - 6, "# EOF\n");
	vt_reply_free(&r);
	vt_http_get(serve.port, "/metrics", "Accept: text/plain\r\n", &r);
	vt_contains(r.text, "Content-Type: text/plain; version=0.0.4");
	vt_contains(r.body, "# TYPE vmascope_page_faults_total counter\n");
	vt_true(!strstr(r.body, "# EOF") && !strstr(r.body, " # {"));
	vt_reply_free(&r);
	vt_serve_end(&serve);
}

/* Events @first, @first + 1, …: returns how many; their last one's data is *@data. */
static size_t read_events(int port, const char *headers, const char *query, long first, char **text)
{
	struct vt_reply r;
	char request[256];
	size_t n = 0;
	int fd = vt_connect(port);

	snprintf(request, sizeof(request), "GET /events%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
		 query, headers);
	vt_send(fd, request, strlen(request));
	vt_receive(fd, &r, 12000);
	close(fd);
	vt_equal(r.status, 200, "status of /events");
	vt_contains(r.text, "Content-Type: text/event-stream");
	for (char *id = strstr(r.body, "id: "); id; id = strstr(id + 1, "\nid: ")) {
		id += *id == '\n';
		if (first < 0)
			first = strtol(id + 4, NULL, 10);
		vt_equal(strtol(id + 4, NULL, 10), first + (long)n, "id of an event");
		n++;
	}
	*text = strdup(r.body);
	vt_reply_free(&r);
	return n;
}

/* All ticks that are there whole. Return: the faults that they tell of. */
static int64_t check_ticks(const char *text)
{
	static const char head[] = "event: tick\ndata: ";
	const char *data, *end = text;
	int64_t faults = 0;

	while ((data = strstr(end, head)) && (end = strchr(data + strlen(head), '\n'))) {
		char *line = strndup(data + strlen(head), end - data - strlen(head));
		struct json_object *tick = vt_json(line, "a tick");

		vt_equal(vt_int(tick, "schema"), 1, "schema");
		vt_equal(vt_len(tick, "latency"), 38, "octaves");
		vt_equal(vt_int(tick, "minor") + vt_int(tick, "major") + vt_int(tick, "incomplete"),
			 vt_int(tick, "faults"), "faults of a tick");
		faults += vt_int(tick, "faults");
		json_object_put(tick);
		free(line);
	}
	return faults;
}

static void events_and_what_was_missed(void **state)
{
	struct vt_serve serve;
	struct vt_cmd cmd;
	int64_t most = 0;
	bool storm = false;
	char *text;

	(void)state;
	/* of one program only: the machine's other faults may be a storm, too */
	vt_serve_start(&serve, VT_ARGS("-i", "200ms", "-n", "storm"));
	vt_cmp(read_events(serve.port, "", "", -1, &text), >=, 2, "events: %s", text);
	free(text);
	/* a storm, after enough intervals to know what is usual */
	sleep(1);
	vt_run(&cmd, NULL, VT_ARGS(vt_workload("storm"), "--seconds", "1"));
	vt_free(&cmd);
	sleep(1);
	vt_cmp(read_events(serve.port, "Last-Event-ID: 2\r\n", "", 3, &text), >=, 2, "events");
	free(text);
	vt_cmp(read_events(serve.port, "", "?history=300", 1, &text), >=, 2, "events");
	free(text);
	for (int i = 0; i < 40 && !(storm && most > 1000); i++) {
		char headers[64];
		int64_t faults;

		snprintf(headers, sizeof(headers), "Last-Event-ID: %d\r\n", 5 + i);
		read_events(serve.port, headers, "", 6 + i, &text);
		if (strstr(text, "event: storm\ndata: {\"schema\":1,\"state\":\"begin\""))
			storm = true;
		faults = check_ticks(text);
		if (faults > most)
			most = faults;
		free(text);
	}
	vt_true(storm);
	vt_cmp(most, >, 1000, "faults that ticks tell of");
	vt_serve_end(&serve);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VT_TEST(counts_what_stat_counts),
		VT_TEST(never_goes_back),
		VT_TEST(totals_outlive_processes),
		VT_TEST(memory_and_series_are_bounded),
		VT_TEST(hostile_names),
		VT_TEST(paths_are_told_only_if_asked),
		VT_TEST(openmetrics_with_exemplars),
		VT_TEST(events_and_what_was_missed),
	};

	vt_freed_is_free();
	cmocka_set_test_filter(getenv("VMASCOPE_TEST"));
	return cmocka_run_group_tests(tests, vt_require_root, vt_group_done);
}
