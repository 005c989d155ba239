// SPDX-License-Identifier: GPL-2.0-only
/*
 * interval_sums_test - in each interval, the rows of every --by have the faults of its total, though
 * the process faults on while they are read.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Intervals at least: rows that are read before or after the totals differ from them in most. */
#define INTERVALS 8

/** struct watched - `stat -i` of a storm; @mark: begins a line of each interval that it has printed */
struct watched {
	const struct vt_cmd *stat;
	const char *mark;
};

static bool has_intervals(void *arg)
{
	const struct watched *w = arg;
	char *text = vt_peek(w->stat), *at = text;
	size_t n = 0;

	while ((at = strstr(at, w->mark))) {
		at++;
		n++;
	}
	free(text);
	return vt_ended(w->stat) || n >= INTERVALS;
}

/** watch - `stat -i` with @options of two threads that fault all the time; what it prints is in @stat */
static void watch(struct vt_cmd *stat, const char *const *options, const char *mark)
{
	const char *argv[20] = { vt_vmascope(), "stat", "-i", "50ms" };
	struct watched watched = { stat, mark };
	struct vt_cmd storm;
	char pid[16];
	size_t n = 4;

	vt_start(&storm, NULL,
		 VT_ARGS(vt_workload("storm"), "--seconds", "3600", "--threads", "2"));
	snprintf(pid, sizeof(pid), "%d", storm.pid);
	while (*options)
		argv[n++] = *options++;
	argv[n++] = "-p";
	argv[n++] = pid;
	vt_start(stat, NULL, argv);
	vt_await(has_intervals, &watched, "intervals", VT_PATIENCE);
	/* the storm goes on: nothing is at rest while anything is read */
	vt_signal(stat, SIGINT);
	vt_wait(stat, VT_PATIENCE);
	vt_equal(stat->exit, 0, "exit status: %s", stat->err);
	vt_true(!vt_ended(&storm));
	vt_signal(&storm, SIGTERM);
	vt_wait(&storm, VT_PATIENCE);
	vt_free(&storm);
}

/** struct by - @by: of --by; @rows: its list in JSON; @faults: key of a row's faults */
struct by {
	const char *by;
	const char *rows;
	const char *faults;
	bool stacks;
};

static const struct by all_by[] = {
	{ "vma", "vmas", "faults", false },	      { "mapping", "mappings", "faults", false },
	{ "process", "by_process", "faults", false }, { "comm", "comms", "faults", false },
	{ "cause", "causes", "faults", false },	      { "cpu", "cpus", "faults", false },
	{ "cgroup", "cgroups", "faults", false },     { "thread", "threads", "faults", false },
	{ "stack", "stacks", "faults", true },	      { "function", "functions", "self", true },
};

static int64_t faults_of_rests(struct json_object *stat)
{
	static const char *const rests[] = { "overflow", "no_stack", "ended", "either",
					     "not_unwound" };
	struct json_object *rest = vt_get(stat, "stacks_rest");
	int64_t sum = 0;

	/* null: included in `either` */
	for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++)
		sum += vt_get(rest, rests[i]) ? vt_int(rest, rests[i]) : 0;
	return sum;
}

static int64_t faults_of_rows(struct json_object *stat, const struct by *by)
{
	struct json_object *row;
	int64_t sum = 0;

	vt_each(row, stat, by->rows) sum += vt_int(row, by->faults);
	if (by->stacks)
		sum += faults_of_rests(stat);
	/* the kernel's own, which no thread trapped for */
	if (!strcmp(by->by, "thread"))
		sum += vt_int(stat, "totals.gup");
	return sum;
}

/** check_rows - @out: intervals, then the run, as JSON. Return: how many intervals. */
static size_t check_rows(const char *out, const struct by *by)
{
	struct json_object *all = vt_json_lines(out, "intervals"), *stat;
	const size_t n = json_object_array_length(all) - 1;
	int64_t total = 0;

	for (size_t i = 0; i <= n; i++) {
		stat = json_object_array_get_idx(all, i);
		vt_equal(faults_of_rows(stat, by), vt_int(stat, "totals.faults"),
			 "faults of all rows by %s, interval %zu of %zu", by->by, i + 1, n);
		total += i < n ? vt_int(stat, "totals.faults") : 0;
	}
	vt_equal(total, vt_int(stat, "totals.faults"), "faults of all intervals by %s", by->by);
	json_object_put(all);
	return n;
}

static void rows_are_the_total(const struct by *by, const char *const *options)
{
	struct vt_cmd cmd;

	watch(&cmd, options, "\"interval\":");
	vt_cmp(check_rows(cmd.out, by), >=, INTERVALS, "intervals");
	vt_free(&cmd);
}

static void json_rows_add_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(all_by) / sizeof(*all_by); i++)
		rows_are_the_total(&all_by[i], VT_ARGS("-j", "--by", all_by[i].by));
}

#define UNWIND "--unwind", "dwarf", "--stack-size", "4"

/*
 * Copies of stacks are unwound after their faults were counted: a stack counts in the interval of its
 * fault, or, if it is not unwound when that is printed, in none.
 */
static void unwound_stacks_add_up(void **state)
{
	const struct by *stack = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(all_by) / sizeof(*all_by); i++) {
		if (!all_by[i].stacks)
			continue;
		stack = stack ? stack : &all_by[i];
		rows_are_the_total(&all_by[i], VT_ARGS("-j", "--by", all_by[i].by, UNWIND));
	}
	rows_are_the_total(stack, VT_ARGS("-j", "--by", stack->by, UNWIND, "--vma", "*"));
}

/* A checkpoint of a recording has the stacks that were unwound until then. */
static void recorded_stacks_add_up(void **state)
{
	const char *file = vt_path("unwound.rec");
	struct vt_cmd storm, cmd;
	char pid[16];

	(void)state;
	vt_start(&storm, NULL,
		 VT_ARGS(vt_workload("storm"), "--seconds", "3600", "--threads", "2"));
	snprintf(pid, sizeof(pid), "%d", storm.pid);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "record", "-U", "-o", file, UNWIND, "-d", "3", "-p", pid));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_free(&cmd);
	vt_signal(&storm, SIGTERM);
	vt_wait(&storm, VT_PATIENCE);
	vt_free(&storm);
	for (size_t i = 0; i < sizeof(all_by) / sizeof(*all_by); i++) {
		if (!all_by[i].stacks)
			continue;
		vt_report(&cmd, file, VT_ARGS("-i", "1", "-j", "--by", all_by[i].by), 0);
		vt_cmp(check_rows(cmd.out, &all_by[i]), >=, 1, "intervals");
		vt_free(&cmd);
	}
}

/* --- text ------------------------------------------------------------------------------------ */

/** number_at - 12,345 at the beginning of @text. */
static int64_t number_at(const char *text)
{
	int64_t n = 0;

	for (; isdigit((unsigned char)*text) || *text == ','; text++)
		n = *text == ',' ? n : 10 * n + (*text - '0');
	return n;
}

/**
 * row_of_text - faults that @line of an interval has
 *
 * A row begins with a number; a footer says what rows that are not printed have, and what has no row.
 */
static int64_t row_of_text(const char *line)
{
	/* "and 16 more rows with 18 faults (use --top N)" */
	const char *with = strncmp(line, "and ", 4) ? NULL : strstr(line, " with ");

	if (with)
		return number_at(with + strlen(" with "));
	line += strspn(line, " ");
	/* the shares of a storm are no row */
	if (line[strspn(line, "0123456789,")] == '%')
		return 0;
	return isdigit((unsigned char)*line) ? number_at(line) : 0;
}

static void text_is_the_total(const char *by)
{
	char *line, *rest;
	int64_t total = -1, rows = 0;
	struct vt_cmd cmd;
	int intervals = 0;

	watch(&cmd, VT_ARGS("--by", by), " faults/s  (");
	rest = cmd.out;
	while ((line = strsep(&rest, "\n"))) {
		const char *title = strstr(line, " faults/s  (");
		const bool end = !strncmp(line, "Page faults of", 14);

		if (!title && !end) {
			rows += row_of_text(line);
			continue;
		}
		if (total >= 0)
			vt_equal(rows, total, "faults of all rows by %s, interval %d", by,
				 intervals);
		if (end)
			break;
		intervals++;
		rows = 0;
		total = number_at(strchr(title, '(') + 1);
	}
	vt_cmp(intervals, >=, INTERVALS, "intervals by %s", by);
	vt_free(&cmd);
}

static void text_rows_add_up(void **state)
{
	static const char *const by[] = { "vma", "process", "cause", "thread" };

	(void)state;
	for (size_t i = 0; i < sizeof(by) / sizeof(*by); i++)
		text_is_the_total(by[i]);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(json_rows_add_up),
	VT_TEST(unwound_stacks_add_up),
	VT_TEST(recorded_stacks_add_up),
	VT_TEST(text_rows_add_up),
};

VT_MAIN(tests)
