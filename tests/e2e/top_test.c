// SPDX-License-Identifier: GPL-2.0-only
/*
 * top_test - the views of `vmascope top` at several sizes: screens are read, and numbers held against
 * `stat` and against the workloads' own.
 */
#include "check.h"
#include "scope.h"
#include "system.h"
#include "term.h"
#include "top.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* The number behind @label on the screen: "minor 1,234". */
static int64_t number_after(const struct vt_term *t, const char *label)
{
	const char *p = strstr(t->screen, label);
	int64_t n = 0;

	if (!p)
		fail_msg("no '%s' in:\n%s", label, t->screen);
	for (p += strlen(label); *p == ' '; p++)
		;
	vt_true(isdigit((unsigned char)*p));
	for (; isdigit((unsigned char)*p) || *p == ','; p++)
		if (*p != ',')
			n = n * 10 + (*p - '0');
	return n;
}

/* The line of the screen that ends in @name. */
static const char *row_of(const struct vt_term *t, const char *name)
{
	for (unsigned int i = 0; i < vt_term_lines(t); i++) {
		const char *line = vt_term_line(t, i);
		const size_t len = strlen(line), tail = strlen(name);

		if (len >= tail && !strcmp(line + len - tail, name))
			return line;
	}
	fail_msg("no line ends in '%s':\n%s", name, t->screen);
	return NULL;
}

/* Its first number. */
static int64_t count_of(const struct vt_term *t, const char *name)
{
	int64_t n = 0;

	for (const char *p = row_of(t, name);
	     *p && (isdigit((unsigned char)*p) || strchr(", ", *p)); p++) {
		if (isdigit((unsigned char)*p))
			n = n * 10 + (*p - '0');
		else if (*p == ' ' && n)
			break;
	}
	return n;
}

/* --- views at every size ------------------------------------------------------------------- */

/* What each view's page holds, heads first; those in brackets need room. */
static const char *const view_texts[][4] = {
	{ "FAULTS", "SENT", "COMM", "pingpong" }, { "START", "PERM", "VMA", "libc.so" },
	{ "P99.9", "CAUSE", "cow", "anon-zero" }, { "CALLS", "DELAY", "CALL", "mprotect" },
	{ "CPU", "STOLEN", "by 0", NULL },	  { "AT", "KIND", "MESSAGE", "info" },
};

static void all_views_at_all_sizes(void **state)
{
	(void)state;
	for (size_t s = 0; s < NR_SIZES; s++) {
		struct vt_term t;

		vt_top_open(&t, sizes[s][0], sizes[s][1], VT_UTF8,
			    VT_ARGS("--", vt_workload("pingpong"), "--pairs", "2000"));
		vt_term_await(&t, VT_TOP_ENDED);
		for (int v = 0; v < 6; v++) {
			const char key[] = { (char)('1' + v), '\0' };

			vt_term_keys(&t, key);
			for (int i = 0; i < 4 && view_texts[v][i]; i++)
				vt_term_await(&t, view_texts[v][i]);
			vt_top_check_page(&t, sizes[s][0], sizes[s][1]);
		}
		vt_term_keys(&t, "F1");
		vt_term_await(&t, "press any key to return");
		vt_term_keys(&t, "x");
		vt_term_await(&t, VT_TOP_BAR);
		vt_top_quit(&t);
	}
}

static void wide_terminal_shows_more(void **state)
{
	struct vt_term t;

	(void)state;
	vt_top_open(&t, 200, 60, VT_UTF8, VT_ARGS("--", vt_workload("pingpong"), "--pairs", "10"));
	vt_term_await(&t, VT_TOP_ENDED);
	vt_contains(t.screen, "UID");
	vt_term_resize(&t, 50, 24);
	vt_term_await_gone(&t, "UID");
	vt_top_check_page(&t, 50, 24);
	vt_top_quit(&t);
}

static void resize_redraws(void **state)
{
	struct vt_term t;

	(void)state;
	vt_top_open(&t, 80, 24, VT_UTF8, VT_ARGS("--", vt_workload("pingpong"), "--pairs", "10"));
	vt_term_await(&t, VT_TOP_ENDED);
	vt_term_resize(&t, 100, 30);
	vt_top_check_page(&t, 100, 30);
	vt_term_resize(&t, 30, 8);
	vt_term_await(&t, "needs 40x10");
	vt_term_resize(&t, 100, 30);
	vt_top_quit(&t);
}

/* --- true numbers -------------------------------------------------------------------------- */

/** struct gated - a workload behind its gate, `stat` and `top` of it */
struct gated {
	struct vt_cmd work;
	struct vt_cmd stat;
	struct vt_term term;
	struct json_object *said;
	struct json_object *did;
};

/* stat and top see the same run from its gate to its end. */
static void run_gated(struct gated *g, unsigned int width, unsigned int height)
{
	char *result = strdup(vt_path("result.json")), *out = strdup(vt_path("stat.json"));
	char pid[16];

	vt_start(&g->work, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("exact"), "--gate", "--result", result, "--pages", "300",
			 "--threads", "0", "--children", "0"));
	vt_await_text(&g->work, "ready");
	snprintf(pid, sizeof(pid), "%d", g->work.pid);
	vt_start(&g->stat, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", out, "-p", pid));
	vt_await_attached(&g->stat);
	vt_top_open(&g->term, width, height, VT_UTF8, VT_ARGS("-p", pid));
	vt_close_stdin(&g->work);
	vt_wait(&g->work, VT_PATIENCE);
	vt_equal(g->work.exit, 0, "exit status of the workload");
	vt_wait(&g->stat, VT_PATIENCE);
	vt_equal(g->stat.exit, 0, "exit status of stat: %s", g->stat.err);
	g->said = vt_json_file(out);
	g->did = vt_json_file(result);
	vt_term_await(&g->term, "ALL ENDED");
	free(result);
	free(out);
}

static void end_gated(struct gated *g)
{
	vt_top_quit(&g->term);
	vt_free(&g->work);
	vt_free(&g->stat);
	json_object_put(g->said);
	json_object_put(g->did);
}

static void check_totals(const struct gated *g)
{
	const int64_t minor = vt_int(g->did, "self.minor") - vt_int(g->did, "at_gate.minor") +
			      vt_int(g->did, "children.minor");
	const int64_t major = vt_int(g->did, "self.major") - vt_int(g->did, "at_gate.major") +
			      vt_int(g->did, "children.major");

	vt_equal(number_after(&g->term, "minor "), minor, "minor faults = getrusage");
	vt_equal(number_after(&g->term, "major "), major, "major faults = getrusage");
	vt_equal(number_after(&g->term, "minor "), vt_int(g->said, "totals.minor"),
		 "minor faults = stat");
	vt_equal(number_after(&g->term, "Faults "), vt_int(g->said, "totals.faults"),
		 "faults = stat");
}

/*
 * Each cause has a row with stat's count: one thread alone changes neither page tables nor the page cache
 * between the two's looks at them.
 */
static void check_causes(struct gated *g)
{
	vt_term_keys(&g->term, "3");
	vt_term_await(&g->term, "CAUSE");
	json_object_object_foreach(vt_get(g->said, "totals.causes"), cause, count)
		vt_equal(count_of(&g->term, cause), json_object_get_int64(count), "cause %s = stat",
			 cause);
}

/* The process that did most, its heap, and why: the faults that the workload knows. */
static void check_drill_down(struct gated *g)
{
	struct json_object *range;
	int64_t heap = 0;

	vt_each(range, g->did, "ranges") if (!strcmp(vt_str(range, "kind"), "heap") &&
					     vt_int(range, "pid") == vt_int(g->did, "pid"))
		heap += vt_int(range, "faults");
	vt_true(heap > 0);
	vt_term_keys(&g->term, "1");
	vt_term_await(&g->term, "COMM");
	vt_term_keys(&g->term, "F4");
	vt_term_await(&g->term, " Filter");
	vt_term_keys(&g->term, "exact");
	vt_term_keys(&g->term, "Enter");
	vt_term_await(&g->term, "filter: exact");
	vt_term_keys(&g->term, "Home");
	vt_term_keys(&g->term, "Enter");
	vt_term_await(&g->term, "of exact (");
	vt_term_await(&g->term, "[heap]");
	vt_term_keys(&g->term, "/");
	vt_term_await(&g->term, " Search");
	vt_term_keys(&g->term, "[heap]");
	vt_term_keys(&g->term, "Enter");
	vt_term_await(&g->term, "search: [heap]");
	vt_equal(count_of(&g->term, "[heap]"), heap, "faults of the heap");
	vt_term_keys(&g->term, "Enter");
	vt_term_await(&g->term, ", [heap]");
	vt_term_await(&g->term, "CAUSE");
	vt_equal(count_of(&g->term, "anon-zero"), heap, "of them, first touches");
}

static void counts_equal_stat(void **state)
{
	(void)state;
	for (size_t s = 0; s < NR_SIZES; s++) {
		struct gated g = { 0 };

		run_gated(&g, sizes[s][0], sizes[s][1]);
		check_totals(&g);
		check_causes(&g);
		check_drill_down(&g);
		/* out again: the search first, then VMAs, then processes */
		vt_term_keys(&g.term, "Escape");
		vt_term_await(&g.term, "START");
		vt_term_keys(&g.term, "Escape");
		vt_term_await_gone(&g.term, "search:");
		vt_term_keys(&g.term, "Escape");
		vt_term_await(&g.term, "filter: exact");
		vt_term_keys(&g.term, "Escape");
		vt_term_await_gone(&g.term, "filter: exact");
		end_gated(&g);
	}
}

/* --- sort and filter ----------------------------------------------------------------------- */

/* The pids down the first column. */
static size_t pids(struct vt_term *t, int64_t *list, size_t max)
{
	size_t n = 0;

	vt_term_see(t, false);
	for (unsigned int i = 6; i + 1 < vt_term_lines(t) && n < max; i++) {
		const int64_t pid = atoll(vt_term_line(t, i));

		if (pid)
			list[n++] = pid;
	}
	return n;
}

static bool in_order(struct vt_term *t, int direction)
{
	int64_t list[64];
	const size_t n = pids(t, list, 64);

	for (size_t i = 1; i < n; i++)
		if ((list[i] - list[i - 1]) * direction < 0)
			return false;
	return n > 10;
}

static bool ascends(void *arg)
{
	return in_order(arg, 1);
}

static bool descends(void *arg)
{
	return in_order(arg, -1);
}

static void rows_are_sorted_and_filtered(void **state)
{
	struct vt_term t;
	int64_t list[64];

	(void)state;
	vt_top_open(&t, 120, 40, VT_UTF8,
		    VT_ARGS("--", vt_workload("churn"), "--procs", "60", "--parallel", "4"));
	vt_term_await(&t, VT_TOP_ENDED);
	vt_term_keys(&t, "<"); /* from FAULTS to PID */
	vt_await(ascends, &t, "rows by pid", VT_PATIENCE);
	vt_term_keys(&t, "I");
	vt_await(descends, &t, "rows by pid, the last first", VT_PATIENCE);
	vt_term_keys(&t, "f");
	vt_term_await(&t, " Filter");
	vt_term_keys(&t, "no such process");
	vt_term_await(&t, "not found");
	vt_equal(pids(&t, list, 64), 0, "rows that the filter lets by");
	vt_term_keys(&t, "Escape");
	vt_await(descends, &t, "all rows again", VT_PATIENCE);
	vt_top_quit(&t);
}

/* Press and release, as a terminal of this kind tells them; from 1. */
static void click(struct vt_term *t, unsigned int column, unsigned int line)
{
	char bytes[64];

	snprintf(bytes, sizeof(bytes), "1b 5b 4d 20 %x %x 1b 5b 4d 23 %x %x", 32 + column,
		 32 + line, 32 + column, 32 + line);
	vt_term_bytes(t, bytes);
}

static void mouse_sorts_and_selects(void **state)
{
	struct vt_term t;

	(void)state;
	vt_top_open(&t, 120, 40, VT_UTF8,
		    VT_ARGS("--", vt_workload("churn"), "--procs", "60", "--parallel", "4"));
	vt_term_await(&t, VT_TOP_ENDED);
	click(&t, 2, 6); /* the head of PID */
	vt_await(ascends, &t, "rows by pid", VT_PATIENCE);
	click(&t, 2, 6);
	vt_await(descends, &t, "rows by pid, the last first", VT_PATIENCE);
	click(&t, 17, 5); /* the tab of VMAs */
	vt_term_await(&t, "START");
	vt_top_quit(&t);
}

/* --- live ---------------------------------------------------------------------------------- */

static bool is_fast(void *arg)
{
	struct vt_term *t = arg;

	vt_term_see(t, false);
	return number_after(t, "Faults ") > 0 && strstr(t->screen, "/s");
}

/** has_latencies - the row of @cause has its time and its quantiles, which are no less one than the other */
static bool has_latencies(struct vt_term *t, const char *cause)
{
	char words[7][16];

	if (sscanf(row_of(t, cause), "%15s %15s %15s %15s %15s %15s %15s", words[0], words[1],
		   words[2], words[3], words[4], words[5], words[6]) != 7)
		return false;
	for (int i = 2; i < 7; i++)
		if (!strcmp(words[i], "-"))
			return false;
	return strcmp(words[2], "0.0%") != 0;
}

static bool both_have_latencies(void *arg)
{
	struct vt_term *t = arg;

	vt_term_see(t, false);
	return strstr(t->screen, "anon-zero") && strstr(t->screen, "cow-zero") &&
	       has_latencies(t, "anon-zero") && has_latencies(t, "cow-zero");
}

/* One VMA whose faults have two causes, half of them each; no other VMA of the process faults. */
static void causes_of_a_vma_have_latencies(void **state)
{
	struct vt_cmd work;
	struct vt_term t;
	char pid[16];

	(void)state;
	vt_start(&work, NULL, VT_ARGS(vt_workload("readwrite")));
	vt_await_text(&work, "ready");
	snprintf(pid, sizeof(pid), "%d", work.pid);
	vt_top_open(&t, 120, 30, VT_UTF8, VT_ARGS("-i", "200ms", "-p", pid));
	vt_term_await(&t, "readwrite");
	vt_term_keys(&t, "Enter");
	vt_term_await(&t, "[anon]");
	vt_term_keys(&t, "Enter");
	vt_term_await(&t, "cow-zero");
	vt_await(both_have_latencies, &t, "latencies of both causes", VT_PATIENCE);
	vt_top_quit(&t);
	vt_signal(&work, SIGTERM);
	vt_wait(&work, VT_PATIENCE);
	vt_equal(work.exit, 0, "exit status of the workload: %s", work.err);
	vt_free(&work);
}

static void rates_update_and_freeze(void **state)
{
	struct vt_cmd storm, clock;
	struct vt_term t;
	char *frozen;

	(void)state;
	vt_start(&storm, NULL, VT_ARGS(vt_workload("storm"), "--seconds", "3600"));
	vt_top_open(&t, 80, 24, VT_UTF8, VT_ARGS("-n", "storm", "-i", "200ms"));
	vt_await(is_fast, &t, "faults, as a rate", VT_PATIENCE);
	vt_contains(t.screen, "per second, every 200ms");
	row_of(&t, " storm");
	vt_term_keys(&t, "Space");
	vt_term_await(&t, "FROZEN");
	frozen = strdup(vt_term_see(&t, false));
	vt_run(&clock, NULL, VT_ARGS("sleep", "1"));
	vt_free(&clock);
	assert_string_equal(vt_term_see(&t, false), frozen);
	free(frozen);
	vt_term_keys(&t, "+");
	vt_term_await(&t, "every 500ms");
	vt_term_keys(&t, "Space");
	vt_term_await_gone(&t, "FROZEN");
	vt_term_keys(&t, "t");
	vt_term_await(&t, "since the start");
	vt_top_quit(&t);
	vt_free(&storm);
}

/* A storm at full rate beside it, processes by the thousand: keys are answered, the counts right. */
static void storms_and_thousands_of_processes(void **state)
{
	struct json_object *did;
	struct vt_cmd storm;
	struct vt_term t;
	char *result = strdup(vt_path("churn.json"));

	(void)state;
	vt_start(&storm, NULL, VT_ARGS(vt_workload("storm"), "--seconds", "3600"));
	vt_top_open(&t, 120, 40, VT_UTF8,
		    VT_ARGS("--view", "causes", "--", vt_workload("churn"), "--procs", "2000",
			    "--pages", "5", "--result", result));
	vt_term_await(&t, "anon-zero");
	vt_term_keys(&t, "4");
	vt_term_await(&t, "CALLS");
	vt_term_keys(&t, "5");
	vt_term_await(&t, "STOLEN");
	vt_term_keys(&t, "1");
	vt_term_await(&t, "COMM");
	vt_term_await(&t, VT_TOP_ENDED);
	did = vt_json_file(result);
	/* all but the command's own before its exec, which getrusage counts, too */
	vt_cmp(number_after(&t, "minor "), <=,
	       vt_int(did, "self.minor") + vt_int(did, "children.minor"), "minor faults");
	vt_cmp(number_after(&t, "minor "), >=,
	       vt_int(did, "self.minor") + vt_int(did, "children.minor") - 200, "minor faults");
	/* places for latencies and calls may run out at that rate: then the log says so */
	if (number_after(&t, "lost ")) {
		vt_term_keys(&t, "6");
		vt_term_await(&t, "lost: ");
	}
	json_object_put(did);
	free(result);
	vt_top_quit(&t);
	vt_free(&storm);
}

/* --- stacks ---------------------------------------------------------------------------------- */

static void stack_names(void **state)
{
	char callchain[512], line[256];
	const char *at, *begin;
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
	snprintf(callchain, sizeof(callchain), "%s/O0-fp/callchain", vt_workload("callchain"));
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "top", "--batch", "--view", "stacks", "--", callchain,
		       "direct", "1234"));
	vt_equal(cmd.exit, 0, "exit status");
	/* the last frame is of the whole run */
	at = strstr(cmd.out, " END");
	vt_true(at);
	at = strstr(at, "leaf < direct_c < direct_b");
	vt_true(at);
	for (begin = at; begin > cmd.out && begin[-1] != '\n'; begin--)
		;
	snprintf(line, sizeof(line), "%.*s", (int)(at - begin), begin);
	vt_contains(line, "1,234");
	vt_check_width(cmd.out, 80);
	vt_free(&cmd);
}

static bool names_the_writer(void *arg)
{
	const struct vt_cmd *top = arg;
	char *text = vt_peek(top);
	const bool named = strstr(text, "wl_write");

	free(text);
	return named || vt_ended(top);
}

/* Also those that are unwound here, later than their faults are counted: in a frame's rates, not in the last one alone. */
static void unwound_stacks_have_rates(void **state)
{
	struct vt_cmd storm, top;
	const char *named, *end;
	char pid[16];

	(void)state;
	vt_start(&storm, NULL, VT_ARGS(vt_workload("storm"), "--seconds", "3600"));
	snprintf(pid, sizeof(pid), "%d", storm.pid);
	vt_start(&top, NULL,
		 VT_ARGS(vt_vmascope(), "top", "--batch", "--view", "stacks", "-U", "--unwind",
			 "dwarf", "--stack-size", "4", "-i", "200ms", "-p", pid));
	vt_await(names_the_writer, &top, "a stack in a frame", VT_PATIENCE);
	vt_signal(&top, SIGINT);
	vt_wait(&top, VT_PATIENCE);
	vt_equal(top.exit, 0, "exit status: %s", top.err);
	named = strstr(top.out, "wl_write");
	end = strstr(top.out, " END");
	vt_true(named && end && named < end);
	vt_signal(&storm, SIGTERM);
	vt_wait(&storm, VT_PATIENCE);
	vt_free(&storm);
	vt_free(&top);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(all_views_at_all_sizes),
	VT_TEST(wide_terminal_shows_more),
	VT_TEST(resize_redraws),
	VT_TEST(counts_equal_stat),
	VT_TEST(rows_are_sorted_and_filtered),
	VT_TEST(mouse_sorts_and_selects),
	VT_TEST(rates_update_and_freeze),
	VT_TEST(causes_of_a_vma_have_latencies),
	VT_TEST(storms_and_thousands_of_processes),
	VT_TEST(stack_names),
	VT_TEST(unwound_stacks_have_rates),
};

VT_MAIN(tests)
