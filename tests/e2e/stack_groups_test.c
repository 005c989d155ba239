// SPDX-License-Identifier: GPL-2.0-only
/*
 * stack_groups_test - stacks of one function in many processes are one row; more stacks than rows;
 * and stacks are taken of those faults alone that a filter lets by.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHILDREN 3
#define DEPTH 7
#define CALLS (1 << DEPTH)

static int64_t sum(struct json_object *json, const char *list, const char *key)
{
	struct json_object *row;
	int64_t sum = 0;

	vt_each(row, json, list) sum += vt_int(row, key);
	return sum;
}

static void check_sums(struct json_object *json)
{
	vt_equal(sum(json, "stacks", "faults") + vt_int(json, "stacks_rest.overflow") +
			 vt_int(json, "stacks_rest.no_stack"),
		 vt_int(json, "totals.faults"), "faults of all stacks");
}

static bool is_innermost(struct json_object *stack, const char *name)
{
	struct json_object *is = vt_len(stack, "frames") ? vt_get(vt_at(stack, "frames", 0), "name")
							 : NULL;

	return is && !strcmp(json_object_get_string(is), name);
}

/* Rows whose innermost function is write_page(), with @faults and of @processes each. */
static int rows_of_writes(struct json_object *json, int64_t faults, int64_t processes)
{
	struct json_object *stack;
	int rows = 0;

	vt_each(stack, json, "stacks")
	{
		if (!is_innermost(stack, "write_page"))
			continue;
		rows++;
		vt_equal(vt_int(stack, "faults"), faults, "faults of a stack");
		vt_equal(vt_int(stack, "processes"), processes, "processes of a stack");
		vt_true(!vt_get(stack, "pid") == (processes > 1));
	}
	return rows;
}

static void processes_are_merged(void **state)
{
	const char *const work[] = { "manystacks", "--depth", "7", "--children", "3", NULL };
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--by", "stack"), work);
	check_sums(s.json);
	vt_equal(rows_of_writes(s.json, CHILDREN, CHILDREN), CALLS, "stacks of all children");
	vt_scope_free(&s);
	vt_stat(&s, VT_ARGS("--by", "stack", "--per-process"), work);
	check_sums(s.json);
	vt_equal(rows_of_writes(s.json, 1, 1), CALLS * CHILDREN, "stacks of each child");
	vt_scope_free(&s);
}

static struct json_object *function(struct json_object *json, const char *name)
{
	struct json_object *f;

	vt_each(f, json, "functions") if (!strcmp(vt_str(f, "function"), name)) return f;
	fail_msg("no function %s", name);
	return NULL;
}

/* Each call of write_page() is below left(): the first one is; half of the last ones are right(). */
static void faults_by_function(void **state)
{
	struct json_object *f;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--by", "function"),
		VT_ARGS("manystacks", "--depth", "7", "--children", "3"));
	f = function(s.json, "write_page");
	vt_equal(vt_int(f, "self"), CALLS * CHILDREN, "faults in write_page()");
	vt_equal(vt_int(f, "total"), CALLS * CHILDREN, "faults in and below write_page()");
	f = function(s.json, "left");
	vt_equal(vt_int(f, "total"), CALLS * CHILDREN, "faults below left(), each once");
	f = function(s.json, "right");
	vt_equal(vt_int(f, "total"), (CALLS - 1) * CHILDREN, "faults below right(), each once");
	vt_equal(sum(s.json, "functions", "self") + vt_int(s.json, "stacks_rest.overflow") +
			 vt_int(s.json, "stacks_rest.no_stack"),
		 vt_int(s.json, "totals.faults"), "faults of all functions");
	vt_scope_free(&s);
}

static void faults_by_command(void **state)
{
	struct json_object *row;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--by", "comm"),
		VT_ARGS("manystacks", "--depth", "7", "--children", "3"));
	row = vt_at(s.json, "comms", 0);
	assert_string_equal(vt_str(row, "comm"), "manystacks");
	/* itself, its children; the process before its exec had another name */
	vt_equal(vt_int(row, "processes"), 1 + CHILDREN, "processes of the command");
	vt_equal(sum(s.json, "comms", "faults"), vt_int(s.json, "totals.faults"),
		 "faults of all commands");
	vt_check_usage(s.json, s.work);
	vt_scope_free(&s);
}

/** struct pace - wait until @stat has printed @nr documents */
struct pace {
	const struct vt_cmd *stat;
	size_t nr;
};

static size_t documents(const struct vt_cmd *stat)
{
	char *text = vt_peek(stat), *rest = text, *line;
	size_t n = 0;

	while ((line = strsep(&rest, "\n")))
		n += *line == '{';
	free(text);
	return n;
}

static bool has_documents(void *arg)
{
	const struct pace *p = arg;

	return vt_ended(p->stat) || documents(p->stat) >= p->nr;
}

/**
 * next_batch - let the workload go on when the tracer has had its turn since the last batch
 *
 * It looks after its rows before it prints an interval; of two, the second began after the batch.
 */
static void next_batch(const struct vt_cmd *work, const struct vt_cmd *stat, unsigned int number)
{
	struct pace pace = { .stat = stat };
	char text[32];

	snprintf(text, sizeof(text), "batch %u\n", number);
	vt_await_text(work, text);
	pace.nr = documents(stat) + 2;
	vt_await(has_documents, &pace, "two more intervals", VT_PATIENCE);
	vt_true(!vt_ended(stat));
	vt_equal(write(work->stdin_fd, "", 1), 1, "byte for the workload");
}

/** Stacks of more_stacks_than_rows(): twice as many as there are rows, a batch at a time */
#define MANY_DEPTH "11"
#define MANY (1 << 11)
#define BATCH 200
#define BATCH_TEXT "200"

/* Rows that have counted little are taken back, and what they counted is kept. */
static void more_stacks_than_rows(void **state)
{
	struct vt_cmd work, stat;
	struct json_object *all, *run;
	char pid[16];

	(void)state;
	vt_start(&work, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("manystacks"), "--depth", MANY_DEPTH, "--batch", BATCH_TEXT));
	vt_await_text(&work, "ready");
	snprintf(pid, sizeof(pid), "%d", work.pid);
	vt_start(&stat, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--by", "stack", "--stacks", "1024", "-i", "50ms",
			 "-j", "-p", pid));
	vt_await_attached(&stat);
	vt_equal(write(work.stdin_fd, "", 1), 1, "byte for the gate");
	for (unsigned int i = 1; i <= MANY / BATCH; i++)
		next_batch(&work, &stat, i);
	vt_wait(&work, VT_PATIENCE);
	vt_equal(work.exit, 0, "exit status of the workload: %s", work.err);
	vt_wait(&stat, VT_PATIENCE);
	vt_equal(stat.exit, 0, "exit status: %s", stat.err);
	all = vt_json_lines(stat.out, "stat -i");
	run = json_object_array_get_idx(all, json_object_array_length(all) - 1);
	check_sums(run);
	vt_equal(vt_int(run, "lost.stacks"), 0, "faults whose stack found no row");
	vt_equal(rows_of_writes(run, 1, 1), MANY, "stacks");
	json_object_put(all);
	vt_free(&stat);
	vt_free(&work);
}

static void overflow_row_is_sorted_by_size(void **state)
{
	struct vt_cmd cmd;
	char *first, *row;

	(void)state;
	vt_columns(80);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--by", "stack", "--stacks", "16", "--",
		       vt_workload("manystacks"), "--result", vt_path("work.json")));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	/* of 4,096 single faults nearly all are there: it is the first row */
	first = strstr(cmd.out, "STACK\n");
	vt_true(first);
	row = strstr(first, "[stack table full]");
	vt_true(row && row < strchr(first + 6, '\n'));
	vt_contains(cmd.out, "--stacks 64 or more (now 16)");
	vt_check_width(cmd.out, 80);
	vt_free(&cmd);
}

/*
 * None of the pages that are written is in the way of the few samples that were asked for: the ring
 * has room for a quarter of the copies that would be made of all stacks.
 */
static void stacks_of_faults_that_match_the_filter(void **state)
{
	static const char *const filters[][10] = {
		{ "--by", "stack", "--cause", "cow", "--ring", "1024", NULL },
		{ "--by", "stack", "--cause", "cow", "--unwind", "dwarf", "--ring", "16384", NULL },
		{ "--by", "stack", "-F", "maj", "--unwind", "dwarf", "--ring", "16384", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
		struct vt_scope s;

		vt_stat(&s, filters[i], VT_ARGS("manystacks"));
		check_sums(s.json);
		vt_cmp(vt_int(s.json, "totals.faults"), <, 1 << 12, "faults that pass");
		vt_equal(vt_int(s.json, "stacks_rest.overflow"), 0, "faults without a row");
		vt_equal(vt_int(s.json, "stacks_rest.no_stack"), 0, "faults without a stack");
		vt_equal(vt_int(s.json, "lost.samples"), 0, "samples lost");
		vt_scope_free(&s);
	}
}

/* A copy that found no room and its record are one loss. */
static void loss_is_counted_once(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--by", "stack", "--unwind", "dwarf", "--ring", "64"),
		VT_ARGS("manystacks"));
	check_sums(s.json);
	vt_cmp(vt_int(s.json, "lost.samples"), >, 0, "samples lost");
	vt_equal(vt_int(s.json, "lost.samples"), vt_int(s.json, "stacks_rest.overflow"),
		 "faults whose stack was lost");
	vt_equal(vt_int(s.json, "lost.events"), 0, "the same loss once more");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(processes_are_merged),
	VT_TEST(faults_by_function),
	VT_TEST(faults_by_command),
	VT_TEST(more_stacks_than_rows),
	VT_TEST(overflow_row_is_sorted_by_size),
	VT_TEST(stacks_of_faults_that_match_the_filter),
	VT_TEST(loss_is_counted_once),
};

VT_MAIN(tests)
