// SPDX-License-Identifier: GPL-2.0-only
/*
 * stack_test - who called: named rightly, counted exactly, also of processes that are gone; and what
 * was lost is told.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Σ stacks + what has none = faults; so with their time. */
static void check_stacks(struct json_object *json)
{
	int64_t faults = vt_int(json, "stacks_rest.overflow") +
			 vt_int(json, "stacks_rest.no_stack");
	struct json_object *stack;

	vt_each(stack, json, "stacks")
	{
		faults += vt_int(stack, "faults");
		vt_equal(vt_int(stack, "minor") + vt_int(stack, "major") +
				 vt_int(stack, "incomplete"),
			 vt_int(stack, "faults"), "faults of a stack");
	}
	vt_equal(faults, vt_int(json, "totals.faults"), "faults of all stacks");
}

static const char *name_at(struct json_object *stack, size_t frame)
{
	struct json_object *name = frame < vt_len(stack, "frames")
					   ? vt_get(vt_at(stack, "frames", frame), "name")
					   : NULL;

	return name ? json_object_get_string(name) : "?";
}

/* Place of the function @name on the stack, or -1. */
static int place_of(struct json_object *stack, const char *name)
{
	for (size_t i = 0; i < vt_len(stack, "frames"); i++)
		if (!strcmp(name_at(stack, i), name))
			return (int)i;
	return -1;
}

/* The first frame from the inside that is in a file whose path has @part, or -1. */
static int place_in(struct json_object *stack, const char *part)
{
	for (size_t i = 0; i < vt_len(stack, "frames"); i++) {
		struct json_object *frame = vt_at(stack, "frames", i);

		if (vt_get(frame, "module") && strstr(vt_str(frame, "module"), part))
			return (int)i;
	}
	return -1;
}

/* --- shootdowns ---------------------------------------------------------------------------- */

/* Whose calls have stolen most comes first, then whose sent most: which that is, the machine decides. */
static void check_order(struct json_object *json)
{
	int64_t stolen = INT64_MAX, sent = INT64_MAX;
	struct json_object *row;

	vt_each(row, json, "stacks")
	{
		const int64_t ns = vt_int(row, "stolen_ns"), n = vt_int(row, "flushes.remote");

		vt_cmp(ns, <=, stolen, "time stolen, in order");
		if (ns == stolen)
			vt_cmp(n, <=, sent, "flushes sent by those that stole as much, in order");
		stolen = ns;
		sent = n;
	}
}

static struct json_object *stack_of(struct json_object *json, const char *call, const char *caller)
{
	struct json_object *row, *found = NULL;

	vt_each(row, json, "stacks") if (!strcmp(vt_str(row, "call"), call) &&
					 !strcmp(name_at(row, 1), caller))
	{
		vt_true(!found);
		found = row;
	}
	vt_true(found);
	return found;
}

static void top_stack_is_named(void **state)
{
	struct json_object *culprit, *frame;
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, VT_ARGS("--by", "stack", "--lines"),
		     VT_ARGS("sites", "--calls", "3000", "--others", "50"));
	check_order(shot.s.json);
	culprit = stack_of(shot.s.json, "mprotect", vt_str(shot.s.work, "culprit"));
	assert_string_equal(name_at(culprit, 0), "mprotect");
	frame = vt_at(culprit, "frames", 1);
	assert_string_equal(strrchr(vt_str(frame, "file"), '/') + 1, "sites.c");
	vt_equal(vt_int(frame, "line"), vt_int(shot.s.work, "line"), "line of the culprit");
	/* two calls on one line are of the same functions */
	vt_equal(vt_int(culprit, "count"), 2 * 3000, "calls there");
	vt_equal(vt_int(shot.s.json, "lost.stacks"), 0, "stacks lost");
	vt_shootdown_free(&shot);
}

/* Ten sites, two calls in each; all of them are told, and each by its own name. */
static void every_call_site_is_a_stack(void **state)
{
	int64_t calls[10] = {};
	struct json_object *stack;
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, VT_ARGS("--by", "stack"),
		     VT_ARGS("sites", "--calls", "200", "--others", "20"));
	vt_each(stack, shot.s.json, "stacks") if (!strncmp(name_at(stack, 1), "site_", 5))
		calls[atoi(name_at(stack, 1) + 5)] += vt_int(stack, "count");
	for (int i = 0; i < 10; i++)
		vt_equal(calls[i], i == 6 ? 400 : 40, "calls of site_%d", i);
	vt_shootdown_free(&shot);
}

/* The text names the first row of the same recording, by its call and its call site. */
static void top_stack_in_text(void **state)
{
	struct json_object *json, *first;
	const char *line, *name;
	struct vt_cmd cmd, text;
	struct vt_recorded r;

	(void)state;
	vt_columns(80);
	vt_record(&r, VT_ARGS("-q", "--events", "memcall", "-U", "--lines"),
		  VT_ARGS("sites", "--calls", "3000"));
	vt_report(&cmd, r.file, VT_ARGS("--view", "shootdown", "--by", "stack", "-j"), 0);
	vt_report(&text, r.file, VT_ARGS("--view", "shootdown", "--by", "stack"), 0);
	json = vt_json(cmd.out, "report");
	check_order(json);
	stack_of(json, "mprotect", vt_str(r.work, "culprit"));
	first = vt_at(json, "stacks", 0);
	line = strstr(text.out, " of this time for ");
	vt_equal(line != NULL, vt_int(first, "stolen_ns") > 0, "there is a culprit");
	name = name_at(first, 1);
	if (line && !strncmp(name, "site_", 5)) {
		line += strlen(" of this time for ");
		vt_true(!strncmp(line, "mprotect called in ", 19));
		vt_true(!strncmp(line + 19, name, strlen(name)));
		vt_true(!strncmp(line + 19 + strlen(name), " (sites.c:", 10));
	}
	vt_check_width(text.out, 80);
	json_object_put(json);
	vt_free(&text);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/* --- faults -------------------------------------------------------------------------------- */

static void sums_hold(const char *const *filters)
{
	static const char *const works[] = { "exact", "storm", "gup" };

	for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++) {
		struct vt_scope s;

		vt_stat(&s, filters, VT_ARGS(works[i]));
		check_stacks(s.json);
		vt_check_usage(s.json, s.work);
		if (!vt_int(s.json, "lost.samples"))
			vt_equal(vt_int(s.json, "stacks_rest.overflow"), 0, "faults without a row");
		vt_scope_free(&s);
	}
}

static void sums_with_frame_pointers(void **state)
{
	(void)state;
	sums_hold(VT_ARGS("--by", "stack", "-U", "-K"));
}

/* Eight threads that only fault leave the reader no CPU: what is lost is counted, and told. */
static void sums_with_dwarf(void **state)
{
	struct vt_scope s;

	(void)state;
	sums_hold(VT_ARGS("--by", "stack", "--unwind", "dwarf", "--ring", "131072", "--stack-size",
			  "4"));
	vt_stat(&s, VT_ARGS("--by", "stack", "--unwind", "dwarf", "--ring", "64"),
		VT_ARGS("storm"));
	check_stacks(s.json);
	vt_cmp(vt_int(s.json, "lost.samples"), >, 0, "samples that found no room");
	vt_cmp(vt_int(s.json, "stacks_rest.overflow"), >, 0, "faults whose stack was lost");
	vt_scope_free(&s);
}

static void full_stack_table_is_reported(void **state)
{
	struct vt_scope s;
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
	vt_stat(&s, VT_ARGS("--by", "stack", "--stacks", "16"), VT_ARGS("storm"));
	check_stacks(s.json);
	vt_check_usage(s.json, s.work);
	vt_cmp(vt_len(s.json, "stacks"), <=, 14, "stacks");
	vt_cmp(vt_int(s.json, "stacks_rest.overflow"), >, 0, "faults without a row");
	vt_cmp(vt_int(s.json, "lost.stacks"), >, 0, "stacks without a row");
	vt_scope_free(&s);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--by", "stack", "--stacks", "16", "--",
		       vt_workload("storm")));
	vt_contains(cmd.out, "[stack table full]");
	vt_contains(cmd.out, "(use --stacks ");
	vt_check_width(cmd.out, 80);
	vt_free(&cmd);
}

/* The workload is gone when it is asked for; the unwinder finds its thread's start, too. */
static void names_of_an_exited_process(void **state)
{
	struct json_object *first;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--by", "stack"), VT_ARGS("storm"));
	assert_string_equal(name_at(vt_at(s.json, "stacks", 0), 0), "wl_write");
	vt_scope_free(&s);
	vt_stat(&s,
		VT_ARGS("--by", "stack", "--unwind", "dwarf", "--ring", "131072", "--stack-size",
			"4"),
		VT_ARGS("storm"));
	first = vt_at(s.json, "stacks", 0);
	assert_string_equal(name_at(first, 0), "wl_write");
	/* start_thread(), which has a name only where libc's debug file is installed */
	vt_cmp(place_in(first, "libc.so"), >, 0, "place of the C library, which began the thread");
	vt_scope_free(&s);
}

/* A hundred programs that end at once, one after another in one process and its children. */
static void names_of_short_lived_processes(void **state)
{
	static const char *const script = "for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true; done; "
					  "exec /bin/true";
	const char *output = vt_path("true.json");
	int64_t of_true = 0, named = 0;
	struct json_object *json, *stack;
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--by", "stack", "-j", "-o", output, "--", "sh", "-c",
		       script));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	json = vt_json_file(output);
	check_stacks(json);
	vt_each(stack, json, "stacks")
	{
		if (strcmp(vt_str(stack, "comm"), "true"))
			continue;
		of_true += vt_int(stack, "faults");
		if (place_in(stack, "/ld-linux") >= 0)
			named += vt_int(stack, "faults");
	}
	/* the dynamic linker makes most of them */
	vt_cmp(of_true, >, 11 * 20, "faults of /bin/true");
	vt_cmp(named, >, of_true / 4, "of these, told to be in the dynamic linker");
	json_object_put(json);
	vt_free(&cmd);
}

static void names_of_jit_code(void **state)
{
	struct json_object *first;
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--by", "stack"), VT_ARGS("jit"));
	first = vt_at(s.json, "stacks", 0);
	assert_string_equal(name_at(first, 0), "jitted_write");
	assert_string_equal(name_at(first, 1), "run");
	vt_cmp(vt_int(first, "faults"), >, 100000, "faults there");
	vt_scope_free(&s);
}

/* --- other outputs ------------------------------------------------------------------------- */

static void folded_and_flame_graph(void **state)
{
	const char *svg = vt_path("flame.svg");
	int64_t sum = 0, storm = 0;
	struct vt_cmd cmd;
	char *text;
	size_t len;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--by", "stack", "--folded", "--flame", svg, "--",
		       vt_workload("storm"), "--result", vt_path("work.json")));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	for (char *line = strtok(cmd.out, "\n"); line; line = strtok(NULL, "\n")) {
		char *last = strrchr(line, ' ');

		assert_non_null(last);
		vt_cmp(atoll(last), >, 0, "value of %s", line);
		sum += atoll(last);
		if (!strncmp(line, "storm;", 6) && strstr(line, ";wl_write "))
			storm += atoll(last);
	}
	vt_cmp(storm, >=, 100000, "faults of the storm");
	vt_cmp(sum, >=, storm, "faults");
	text = vt_read_file(svg, &len);
	vt_contains(text, "<svg");
	vt_contains(text, "wl_write");
	vt_contains(text, "</svg>");
	free(text);
	vt_free(&cmd);
}

static void traced_events_have_stacks(const char *const *filters)
{
	struct json_object *event;
	int64_t faults = 0, named = 0;
	struct vt_scope s;

	vt_trace(&s, filters, VT_ARGS("sites", "--calls", "20"));
	for (size_t i = 0; i < json_object_array_length(s.json); i++) {
		event = json_object_array_get_idx(s.json, i);
		if (!strcmp(vt_str(event, "type"), "memcall") &&
		    !strcmp(vt_str(event, "call"), "mprotect"))
			named += place_of(event, "site_6") == 1;
		faults += !strcmp(vt_str(event, "type"), "fault") && vt_len(event, "frames");
	}
	vt_equal(named, 40, "mprotects of site_6");
	vt_cmp(faults, >, 50, "faults with a stack");
	vt_scope_free(&s);
}

static void stacks_in_trace(void **state)
{
	(void)state;
	traced_events_have_stacks(VT_ARGS("-U", "--events", "fault,memcall"));
	traced_events_have_stacks(
		VT_ARGS("-U", "--unwind", "dwarf", "--events", "fault,memcall", "--ring", "32768"));
}

static void incompatible_options(void **state)
{
	/* what is said of it; NULL: nothing in particular */
	static const struct {
		const char *says;
		const char *args[6];
	} bad[] = {
		{ "-U requires stacks (add --by stack)", { "stat", "-U" } },
		{ "--unwind dwarf requires stacks (add --by stack)",
		  { "stat", "--unwind", "dwarf" } },
		{ "--lines requires stacks (add --by stack)", { "stat", "--lines" } },
		{ "--stacks requires stacks (add --by stack)", { "stat", "--stacks", "64" } },
		{ "--stack-size requires stacks", { "stat", "--stack-size", "8" } },
		{ "--flame requires stacks", { "stat", "--flame", "/no/such/dir/x" } },
		{ "--weight requires stacks", { "stat", "--weight", "time" } },
		{ "(add --unwind dwarf)", { "stat", "--by", "stack", "--stack-size", "8" } },
		{ "--stacks", { "stat", "--by=stack", "--unwind", "dwarf", "--stacks", "64" } },
		{ NULL, { "stat", "--by", "stack", "--folded", "-j" } },
		{ NULL, { "stat", "--by", "stack", "--weight", "stolen" } },
		{ NULL, { "stat", "--by", "stack", "--stack-size", "5" } },
		{ NULL, { "stat", "--by", "stack", "--stacks", "17" } },
		{ "--lines requires stacks (add --by stack)", { "shootdown", "--lines" } },
		{ "--unwind dwarf requires stacks (add --by stack)",
		  { "shootdown", "--unwind", "dwarf" } },
		{ "(add --unwind dwarf)", { "shootdown", "--by", "stack", "--stack-size", "8" } },
		{ "--folded", { "shootdown", "--by", "stack", "--weight", "sent" } },
		{ "--lines requires stacks (add -U or -K)", { "trace", "--lines" } },
		{ "--stacks requires stacks (add -U or -K)", { "trace", "--stacks", "64" } },
		{ "--unwind dwarf requires user stacks (add -U)",
		  { "trace", "-K", "--unwind", "dwarf" } },
		{ "(add --unwind dwarf)", { "trace", "-U", "--stack-size", "8" } },
		{ "--lines requires stacks (add -U or -K)", { "record", "--lines" } },
		{ "--unwind dwarf requires user stacks (add -U)",
		  { "record", "-K", "--unwind", "dwarf" } },
		{ "--unwind dwarf requires user stacks (add -U)",
		  { "top", "--batch", "-K", "--unwind", "dwarf" } },
		{ "--stacks requires stacks (add -U or -K)",
		  { "top", "--batch", "--stacks", "64" } },
	};
	struct vt_cmd cmd;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *argv[12] = { vt_vmascope() };
		size_t n = 1;

		while (n <= 6 && bad[i].args[n - 1]) {
			argv[n] = bad[i].args[n - 1];
			n++;
		}
		argv[n++] = "--";
		argv[n] = "true";
		vt_run(&cmd, NULL, argv);
		vt_equal(cmd.exit, 2, "exit status of case %zu: %s", i, cmd.err);
		if (bad[i].says)
			vt_contains(cmd.err, bad[i].says);
		vt_free(&cmd);
	}
}

static const struct CMUnitTest tests[] = {
	VT_TEST(top_stack_is_named),
	VT_TEST(every_call_site_is_a_stack),
	VT_TEST(top_stack_in_text),
	VT_TEST(sums_with_frame_pointers),
	VT_TEST(sums_with_dwarf),
	VT_TEST(full_stack_table_is_reported),
	VT_TEST(names_of_an_exited_process),
	VT_TEST(names_of_short_lived_processes),
	VT_TEST(names_of_jit_code),
	VT_TEST(folded_and_flame_graph),
	VT_TEST(stacks_in_trace),
	VT_TEST(incompatible_options),
};

VT_MAIN(tests)
