// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop_twice_test - a command that is asked twice to end drops what is left at once, and counts it.
 *
 * It is stopped while its target makes events, and finds both signals when it goes on: however fast the
 * machine is, nothing of them has been read before it knows.
 */
#include "behind.h"
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULTS "5000"
#define NR_FAULTS 5000
/** Room for all of it, with a copy of the stack for each. */
#define RING "--ring", "131072"

/* ask_twice - @args: of the command; -p PID is added */
static void ask_twice(struct vt_behind *t, const char *const *args)
{
	vt_behind_start(t, FAULTS, args);
	/* one of each kind can be pending */
	vt_signal(&t->cmd, SIGINT);
	vt_signal(&t->cmd, SIGTERM);
	vt_signal(&t->cmd, SIGCONT);
	vt_wait(&t->cmd, VT_PATIENCE);
	vt_equal(t->cmd.exit, 0, "exit status: %s", t->cmd.err);
	vt_true(!vt_ended(&t->target.work));
	vt_gated_run(&t->target);
}

/* @totals: of a view of the run: all faults, though none of their events was read */
static void check_totals(const struct vt_behind *t, struct json_object *totals)
{
	struct json_object *known = t->target.known;

	vt_equal(vt_int(totals, "minor"),
		 vt_int(known, "self.minor") - vt_int(known, "at_gate.minor"), "minor faults");
	vt_equal(vt_int(totals, "major"),
		 vt_int(known, "self.major") - vt_int(known, "at_gate.major"), "major faults");
	vt_cmp(vt_int(totals, "minor"), >=, NR_FAULTS, "minor faults");
}

static void trace(void **state)
{
	struct json_object *lines, *last;
	struct vt_behind t;

	(void)state;
	ask_twice(&t, VT_ARGS("trace", "-j", RING));
	lines = vt_json_lines(t.cmd.out, "trace");
	vt_equal(json_object_array_length(lines), 1, "lines, with the summary");
	last = json_object_array_get_idx(lines, 0);
	vt_equal(vt_int(last, "events"), 0, "events that were printed");
	vt_equal(vt_int(last, "lost"), vt_int(last, "generated"), "lost = generated");
	vt_cmp(vt_int(last, "lost"), >=, NR_FAULTS, "lost");
	check_totals(&t, vt_get(last, "totals"));
	json_object_put(lines);
	vt_behind_free(&t);
}

static void record(void **state)
{
	const char *file = vt_path("twice.rec");
	struct json_object *json, *last;
	size_t lines;
	struct vt_behind t;

	(void)state;
	ask_twice(&t, VT_ARGS("record", "-q", "-o", file, RING));
	last = vt_report_trace(file, 0, &lines);
	vt_equal(vt_int(last, "faults"), 0, "events of faults that were recorded");
	vt_cmp(vt_int(last, "lost"), >=, NR_FAULTS, "lost");
	json_object_put(last);
	json = vt_report_json(file, 0);
	check_totals(&t, vt_get(json, "totals"));
	json_object_put(json);
	vt_behind_free(&t);
}

#define UNWIND "--unwind", "dwarf", "--stack-size", "4"

/** check_not_unwound - @rest: where faults count whose stack was copied, and is not unwound */
static void check_not_unwound(const struct vt_behind *t, struct json_object *json, const char *rest)
{
	struct json_object *row;
	int64_t with_stack = 0;

	check_totals(t, vt_get(json, "totals"));
	vt_each(row, json, "stacks") with_stack += vt_int(row, "faults");
	vt_equal(with_stack, 0, "faults with a stack");
	vt_equal(vt_int(json, rest), vt_int(json, "totals.faults"), "%s", rest);
}

/* No copy of a stack is unwound: these faults have a row of their own. */
static void unwinding(void **state)
{
	const char *file = vt_path("unwinding.rec");
	struct json_object *json;
	struct vt_cmd report;
	struct vt_behind t;

	(void)state;
	ask_twice(&t, VT_ARGS("stat", "-j", "--by", "stack", UNWIND, RING));
	json = vt_json(t.cmd.out, "stat");
	check_not_unwound(&t, json, "stacks_rest.not_unwound");
	vt_equal(vt_int(json, "lost.samples"), vt_int(json, "totals.faults"), "lost copies");
	json_object_put(json);
	vt_behind_free(&t);
	ask_twice(&t, VT_ARGS("stat", "-j", "--by", "stack", UNWIND, RING, "--vma", "*"));
	json = vt_json(t.cmd.out, "stat");
	check_not_unwound(&t, json, "stacks_rest.either");
	json_object_put(json);
	vt_behind_free(&t);
	ask_twice(&t, VT_ARGS("stat", "--by", "function", UNWIND, RING));
	vt_contains(t.cmd.out, "[stacks not unwound]");
	vt_behind_free(&t);
	ask_twice(&t, VT_ARGS("record", "-q", "-o", file, "-U", UNWIND, RING));
	vt_report(&report, file, VT_ARGS("-j", "--by", "stack"), 0);
	json = vt_json(report.out, "report");
	check_not_unwound(&t, json, "stacks_rest.not_unwound");
	json_object_put(json);
	vt_report(&report, file, VT_ARGS("--by", "stack"), 0);
	vt_contains(report.out, "[stacks not unwound]");
	vt_free(&report);
	vt_behind_free(&t);
}

/* Those that have no events to read, or only names to look for, end with all of their figures. */
static void counting_commands(void **state)
{
	static const char *const by[] = { "vma", "stack" };
	struct json_object *json;
	struct vt_behind t;

	(void)state;
	for (size_t i = 0; i < sizeof(by) / sizeof(*by); i++) {
		ask_twice(&t, VT_ARGS("stat", "-j", "--by", by[i]));
		json = vt_json(t.cmd.out, "stat");
		check_totals(&t, vt_get(json, "totals"));
		json_object_put(json);
		vt_behind_free(&t);
	}
	ask_twice(&t, VT_ARGS("shootdown", "-j", "--by", "stack", "--unwind", "dwarf", RING));
	json = vt_json(t.cmd.out, "shootdown");
	vt_cmp(vt_int(json, "totals.calls"), >=, 2, "memory calls");
	json_object_put(json);
	vt_behind_free(&t);
	ask_twice(&t, VT_ARGS("top", "--batch", "-i", "100ms"));
	vt_contains(t.cmd.out, "END");
	vt_behind_free(&t);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(trace),
	VT_TEST(record),
	VT_TEST(unwinding),
	VT_TEST(counting_commands),
};

VT_MAIN(tests)
