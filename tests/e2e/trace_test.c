// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace_test - a line for each fault, none missing, and what is lost is told.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct json_object *summary_of(struct json_object *lines)
{
	size_t n = json_object_array_length(lines);
	struct json_object *last;

	vt_cmp(n, >, 0, "lines");
	last = json_object_array_get_idx(lines, n - 1);
	vt_equal(strcmp(vt_str(last, "type"), "summary"), 0, "the last line is the summary");
	vt_equal(vt_int(last, "events"), n - 1, "events in the summary = lines");
	return last;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* A quantile of the kernel's histogram against the sorted latencies: at most 1/8 off. */
static void check_quantile(struct json_object *summary, const char *key, const int64_t *sorted,
			   size_t n, double q)
{
	size_t rank = q * n + 0.9999999;
	int64_t exact = sorted[rank ? rank - 1 : 0], got = vt_int(summary, key);

	vt_cmp(got, >=, exact - exact / 8, "%s", key);
	vt_cmp(got, <=, exact + exact / 8, "%s", key);
}

/* Lines of faults without a trap: fexit shows them, and with software events they have none. */
static int64_t gup_lines(struct json_object *lines, int64_t pid)
{
	size_t n = json_object_array_length(lines) - 1;
	int64_t hits = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *e = json_object_array_get_idx(lines, i);

		hits += (pid < 0 || vt_int(e, "pid") == pid) && !strcmp(vt_str(e, "cause"), "gup");
	}
	return hits;
}

/* The totals come from counters and histograms, the lines from the ring, of one and the same run. */
static void totals_equal_the_lines(void **state)
{
	const char *output = vt_path("same.json");
	struct json_object *lines, *summary;
	int64_t *sorted, sum = 0;
	size_t n = 0, len;
	struct vt_cmd cmd;
	char *text;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "trace", "--format", "json", "--ring", "65536", "-o", output,
		       "--", vt_workload("storm"), "--faults", "20000"));
	vt_equal(cmd.exit, 0, "exit status");
	vt_free(&cmd);
	text = vt_read_file(output, NULL);
	lines = vt_json_lines(text, output);
	free(text);
	summary = summary_of(lines);
	vt_equal(vt_int(summary, "lost"), 0, "lost");
	len = json_object_array_length(lines) - 1;
	sorted = calloc(len, sizeof(*sorted));
	assert_non_null(sorted);
	for (size_t i = 0; i < len; i++) {
		struct json_object *ns = vt_get(json_object_array_get_idx(lines, i), "duration_ns");

		if (!ns)
			continue;
		sorted[n++] = json_object_get_int64(ns);
		sum += json_object_get_int64(ns);
	}
	vt_cmp(n, >=, 20000, "latencies");
	qsort(sorted, n, sizeof(*sorted), by_size);
	vt_equal(vt_int(summary, "totals.latency_ns.count"), (int64_t)n, "count");
	vt_equal(vt_int(summary, "totals.latency_ns.sum"), sum, "sum");
	vt_equal(vt_int(summary, "totals.latency_ns.max"), sorted[n - 1], "max");
	check_quantile(summary, "totals.latency_ns.p50", sorted, n, 0.5);
	check_quantile(summary, "totals.latency_ns.p90", sorted, n, 0.9);
	check_quantile(summary, "totals.latency_ns.p99", sorted, n, 0.99);
	check_quantile(summary, "totals.latency_ns.p999", sorted, n, 0.999);
	vt_equal(vt_int(summary, "totals.faults") - vt_int(summary, "totals.gup"),
		 (int64_t)len - gup_lines(lines, -1), "faults");
	free(sorted);
	json_object_put(lines);
}

static bool is_one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(s, *list))
			return true;
	return false;
}

static void check_line(struct json_object *e)
{
	struct json_object *vma = vt_get(e, "vma");
	uint64_t address = vt_hex(e, "address");

	vt_true(is_one_of(vt_str(e, "type"), VT_ARGS("fault")));
	vt_true(is_one_of(vt_str(e, "access"), VT_ARGS("read", "write", "exec", "unknown")));
	vt_true(is_one_of(vt_str(e, "mode"), VT_ARGS("user", "kernel", "gup")));
	vt_true(is_one_of(vt_str(e, "outcome"), VT_ARGS("minor", "major", "incomplete")));
	vt_cmp(vt_int(e, "cpu"), <, sysconf(_SC_NPROCESSORS_CONF), "cpu");
	vt_cmp(vt_int(e, "time_ns"), >, 0, "time");
	vt_cmp(strlen(vt_str(e, "comm")), >, 0, "comm");
	vt_cmp(strlen(vt_str(e, "cause")), >, 0, "cause");
	vt_cmp(vt_int(e, "tid"), >, 0,
	       "tid"); /* which may be less than the pid: they wrap around */
	if (vma && strcmp(vt_str(e, "mode"), "gup"))
		if (address < vt_hex(vma, "start") || address >= vt_hex(vma, "end"))
			fail_msg("address outside of its VMA: %s", json_object_to_json_string(e));
}

static bool is_completed(struct json_object *e)
{
	return strcmp(vt_str(e, "outcome"), "incomplete") != 0;
}

/* How many lines are of process @pid, fall into [start, end) and have @outcome and @access. */
static int64_t count_lines(struct json_object *lines, int64_t pid, uint64_t start, uint64_t end,
			   const char *outcome, const char *access)
{
	size_t n = json_object_array_length(lines) - 1;
	int64_t hits = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *e = json_object_array_get_idx(lines, i);

		hits += vt_int(e, "pid") == pid && vt_hex(e, "address") >= start &&
			vt_hex(e, "address") < end &&
			(!outcome || !strcmp(vt_str(e, "outcome"), outcome)) &&
			(!access || !strcmp(vt_str(e, "access"), access));
	}
	return hits;
}

static void every_fault_has_a_line(void **state)
{
	struct json_object *summary, *range;
	struct vt_scope s;
	int64_t completed = 0, of_children = 0;
	size_t n;

	(void)state;
	/* the ring has room for all of them, however slow the reader is */
	vt_trace(&s, VT_ARGS("--ring", "65536"),
		 VT_ARGS("exact", "--pages", "40", "--children", "4", "--threads", "4"));
	summary = summary_of(s.json);
	vt_equal(vt_int(summary, "lost"), 0, "lost events");
	n = json_object_array_length(s.json) - 1;
	for (size_t i = 0; i < n; i++) {
		struct json_object *e = json_object_array_get_idx(s.json, i);

		check_line(e);
		completed += is_completed(e);
		of_children += is_completed(e) && vt_int(e, "pid") != vt_int(s.work, "pid");
	}
	vt_cmp(completed, <=, vt_int(s.work, "faults"), "completed faults");
	vt_equal(of_children, vt_int(s.work, "children.minor") + vt_int(s.work, "children.major"),
		 "lines of the children = getrusage");
	vt_each(range, s.work, "ranges")
	{
		int64_t pid = vt_int(range, "pid");
		uint64_t start = vt_hex(range, "start"), end = vt_hex(range, "end");

		vt_equal(count_lines(s.json, pid, start, end, NULL, NULL), vt_int(range, "faults"),
			 "lines in %s of %ld", vt_str(range, "kind"), pid);
		vt_equal(count_lines(s.json, pid, start, end, NULL, "write"),
			 vt_int(range, "write"), "lines that write in %s of %ld",
			 vt_str(range, "kind"), pid);
	}
	vt_scope_free(&s);
}

/* Each page of a range that is touched once has one line, with that very page. */
static void addresses_equal_the_workload(void **state)
{
	struct json_object *range;
	unsigned char seen[200] = { 0 };
	struct vt_scope s;
	uint64_t start;
	size_t n;

	(void)state;
	vt_trace(&s, VT_ARGS("--ring", "65536"), VT_ARGS("causes", "--count", "200", "anon-zero"));
	range = vt_at(s.work, "ranges", 0);
	start = vt_hex(range, "start");
	n = json_object_array_length(s.json) - 1;
	for (size_t i = 0; i < n; i++) {
		struct json_object *e = json_object_array_get_idx(s.json, i);
		uint64_t at = vt_hex(e, "address");

		if (at < start || at >= vt_hex(range, "end"))
			continue;
		seen[(at - start) / 4096]++;
		vt_equal(strcmp(vt_str(e, "vma.name"), "[anon]"), 0, "name");
		vt_equal(vt_hex(e, "vma.start"), start, "start of the VMA");
		vt_equal(vt_int(e, "vma.offset"), at - start, "offset in the VMA");
	}
	for (size_t i = 0; i < 200; i++)
		vt_equal(seen[i], 1, "lines of page %zu", i);
	vt_scope_free(&s);
}

/* `trace` around `stat` around the workload: both see the same faults. */
static void trace_and_stat_agree(void **state)
{
	const char *traced = vt_path("trace.json"), *stat = vt_path("stat.json");
	const char *result = vt_path("result.json");
	struct json_object *lines, *json, *work, *process;
	struct vt_cmd cmd;
	char *text;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "trace", "--format", "json", "--ring", "65536", "-o", traced,
		       "--", vt_vmascope(), "stat", "--format", "json", "-o", stat, "--",
		       vt_workload("churn"), "--procs", "30", "--result", result));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	text = vt_read_file(traced, NULL);
	lines = vt_json_lines(text, traced);
	json = vt_json_file(stat);
	work = vt_json_file(result);
	vt_equal(vt_int(summary_of(lines), "lost"), 0, "lost events");
	vt_check_sums(json);
	vt_check_usage(json, work);
	vt_each(process, json, "processes")
	{
		int64_t pid = vt_int(process, "pid");

		if (pid == vt_int(work, "pid"))
			continue; /* `trace` sees it from its fork on, `stat` from its exec on */
		vt_equal(count_lines(lines, pid, 0, UINT64_MAX, NULL, NULL) - gup_lines(lines, pid),
			 vt_int(process, "faults") - vt_int(process, "gup"), "lines of %ld", pid);
		vt_equal(count_lines(lines, pid, 0, UINT64_MAX, "incomplete", NULL),
			 vt_int(process, "incomplete"), "incomplete faults of %ld", pid);
	}
	json_object_put(lines);
	json_object_put(json);
	json_object_put(work);
	free(text);
	vt_free(&cmd);
}

struct drain {
	int fd;
	size_t len;
	size_t room;
	char *text;
};

static bool drained(void *arg)
{
	struct drain *d = arg;
	ssize_t n;

	if (d->room - d->len < 1 << 16)
		d->text = realloc(d->text, d->room = d->room * 2 + (1 << 17));
	vt_true(d->text);
	n = read(d->fd, d->text + d->len, d->room - d->len - 1);
	if (n > 0)
		d->len += (size_t)n;
	d->text[d->len] = 0;
	return n == 0;
}

/* A reader that does not read: the ring fills, and what is dropped is counted and told. */
static void losses_are_reported(void **state)
{
	const char *result = vt_path("lossy.json");
	struct json_object *lines, *summary, *work;
	struct drain d = { 0 };
	struct vt_cmd cmd, scope;
	char pid[16];
	int fds[2];
	int64_t known;

	(void)state;
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("storm"), "--gate", "--faults", "300000", "--result", result));
	vt_await_text(&cmd, "ready");
	snprintf(pid, sizeof(pid), "%d", cmd.pid);
	vt_sys(pipe2(fds, O_CLOEXEC));
	vt_start(&scope, &(struct vt_how){ .stdout_fd = fds[1] },
		 VT_ARGS(vt_vmascope(), "trace", "--format", "json", "--ring", "64", "-p", pid));
	close(fds[1]);
	vt_await_attached(&scope);
	vt_close_stdin(&cmd);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "workload's exit status");
	d.fd = fds[0];
	vt_await(drained, &d, "trace ends its output", VT_PATIENCE);
	vt_wait(&scope, VT_PATIENCE);
	vt_equal(scope.exit, 0, "trace's exit status: %s", scope.err);
	lines = vt_json_lines(d.text, "trace");
	summary = summary_of(lines);
	work = vt_json_file(result);
	known = vt_int(work, "self.minor") - vt_int(work, "at_gate.minor") +
		vt_int(work, "self.major") - vt_int(work, "at_gate.major");
	vt_cmp(vt_int(summary, "lost"), >, 0, "lost events");
	vt_equal(vt_int(summary, "events") + vt_int(summary, "lost"), known,
		 "printed + lost = getrusage");
	vt_contains(scope.err, "lost");
	json_object_put(lines);
	json_object_put(work);
	free(d.text);
	close(fds[0]);
	vt_free(&cmd);
	vt_free(&scope);
}

/* A fault storm on one core, read as fast as it comes: printed + lost is still all of it. */
static void printed_and_lost_add_up(void **state)
{
	struct json_object *summary;
	struct vt_scope s;

	(void)state;
	vt_trace(&s, VT_ARGS("--vma", "[anon]"), VT_ARGS("storm", "--faults", "100000"));
	summary = summary_of(s.json);
	vt_cmp(vt_int(summary, "events") + vt_int(summary, "lost"), >=, 100000, "printed + lost");
	print_message("# storm of 100000: %ld printed, %ld lost\n", (long)vt_int(summary, "events"),
		      (long)vt_int(summary, "lost"));
	vt_scope_free(&s);
}

static void text_has_one_line_per_fault(void **state)
{
	const char *out = vt_path("trace.txt");
	size_t lines = 0;
	struct vt_cmd cmd;
	char *text;

	(void)state;
	vt_columns(80);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "trace", "--ring", "65536", "-o", out, "--",
		       vt_workload("causes"), "--count", "300", "anon-zero"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	text = vt_read_file(out, NULL);
	for (char *p = text; (p = strstr(p, "[anon]")); p++)
		lines++;
	vt_cmp(lines, >=, 300, "lines that name [anon]");
	vt_check_width(text, 80);
	free(text);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(totals_equal_the_lines),       VT_TEST(every_fault_has_a_line),
	VT_TEST(addresses_equal_the_workload), VT_TEST(trace_and_stat_agree),
	VT_TEST(losses_are_reported),	       VT_TEST(printed_and_lost_add_up),
	VT_TEST(text_has_one_line_per_fault),
};

VT_MAIN(tests)
