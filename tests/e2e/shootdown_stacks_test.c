// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_stacks_test - memory calls by stacks that DWARF finds: whose free() a munmap was, by stack
 * and by function, live, recorded, and of a process that ends right after it was attached to.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <string.h>

#define OFTEN 400
#define SELDOM 30
/* No copy of a stack is lost, however slowly the ring is read: 16 KiB for each of some 1,500 calls. */
#define RING "--ring", "65536"

static bool has_frame(struct json_object *row, const char *name)
{
	struct json_object *frame;

	vt_each(frame, row, "frames") if (vt_get(frame, "name") &&
					  !strcmp(vt_str(frame, "name"), name)) return true;
	return false;
}

/* Calls of munmap below @function; each names what the allocator called, too. */
static int64_t munmaps_below(struct json_object *json, const char *function)
{
	struct json_object *row;
	int64_t calls = 0;

	vt_each(row, json, "stacks")
	{
		if (strcmp(vt_str(row, "call"), "munmap") || !has_frame(row, function))
			continue;
		calls += vt_int(row, "count");
		vt_true(has_frame(row, "main"));
		/* which faults followed a call of this stack, BPF does not count */
		vt_true(!vt_get(row, "refaults"));
	}
	return calls;
}

static void check_stacks(struct json_object *json)
{
	vt_equal(vt_int(json, "lost.samples"), 0, "stacks that were lost");
	vt_equal(munmaps_below(json, "frees_often"), OFTEN, "munmap below frees_often()");
	vt_equal(munmaps_below(json, "frees_seldom"), SELDOM, "munmap below frees_seldom()");
}

/* vt_shootdown() holds the sums of all rows, and of each call, against the kernel's own tracer. */
static void munmap_by_the_freeing_function(void **state)
{
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, VT_ARGS("--by", "stack", "--unwind", "dwarf", RING),
		     VT_ARGS("freeing", "--often", "400", "--seldom", "30"));
	check_stacks(shot.s.json);
	vt_shootdown_free(&shot);
}

/* What they cost others is that of their stacks, too: shot.c compares all sums. */
static void interrupts_have_stacks(void **state)
{
	struct json_object *row;
	int64_t calls = 0, all = 0;
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, VT_ARGS("--by", "stack", "--unwind", "dwarf", RING),
		     VT_ARGS("sites", "--calls", "300", "--others", "50"));
	vt_each(row, shot.s.json, "stacks")
	{
		if (strcmp(vt_str(row, "call"), "mprotect"))
			continue;
		all += vt_int(row, "count");
		if (has_frame(row, "site_6"))
			calls += vt_int(row, "count");
		else if (!vt_len(row, "frames"))
			vt_equal(vt_int(row, "interrupts"), 0, "interrupts without a stack");
	}
	vt_equal(calls, 600, "mprotect below site_6()");
	vt_cmp(all, >=, 600 + 9 * 100, "mprotect of all");
	vt_shootdown_free(&shot);
}

static struct json_object *function(struct json_object *json, const char *name, const char *call)
{
	struct json_object *f;

	vt_each(f, json, "functions") if (!strcmp(vt_str(f, "function"), name) &&
					  !strcmp(vt_str(f, "call"), call)) return f;
	fail_msg("no function %s with calls of %s", name, call);
	return NULL;
}

static void check_functions(struct json_object *json)
{
	struct json_object *often = function(json, "frees_often", "munmap");
	struct json_object *seldom = function(json, "frees_seldom", "munmap");
	struct json_object *both = function(json, "main", "munmap");

	vt_equal(vt_int(often, "count"), OFTEN, "munmap below frees_often()");
	vt_equal(vt_int(seldom, "count"), SELDOM, "munmap below frees_seldom()");
	vt_equal(vt_int(both, "count"), OFTEN + SELDOM, "munmap below main()");
	vt_equal(vt_int(both, "bytes"), vt_int(often, "bytes") + vt_int(seldom, "bytes"),
		 "bytes below main()");
	vt_equal(vt_int(both, "latency_ns.sum"),
		 vt_int(often, "latency_ns.sum") + vt_int(seldom, "latency_ns.sum"),
		 "time below main()");
}

static void function_rows_add_up(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "shootdown", VT_ARGS("--by", "function", "--unwind", "dwarf", RING),
		     VT_ARGS("freeing", "--often", "400", "--seldom", "30"));
	check_functions(s.json);
	vt_scope_free(&s);
}

/* The report has what the live view would have had. */
static void recorded_calls_have_stacks(void **state)
{
	struct vt_recorded r;
	struct vt_cmd cmd;
	struct json_object *json;

	(void)state;
	vt_record(&r, VT_ARGS("--events", "memcall", "-U", "--unwind", "dwarf", RING),
		  VT_ARGS("freeing", "--often", "400", "--seldom", "30"));
	vt_report(&cmd, r.file, VT_ARGS("--view", "shootdown", "--by", "stack", "-j"), 0);
	json = vt_json(cmd.out, "report");
	vt_equal(munmaps_below(json, "frees_often"), OFTEN, "munmap below frees_often()");
	vt_equal(munmaps_below(json, "frees_seldom"), SELDOM, "munmap below frees_seldom()");
	vt_check_shootdown(json);
	json_object_put(json);
	vt_free(&cmd);
	vt_report(&cmd, r.file, VT_ARGS("--view", "shootdown", "--by", "function", "-j"), 0);
	json = vt_json(cmd.out, "report");
	check_functions(json);
	json_object_put(json);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/* Stacks of faults by DWARF are recorded, too; each fault is of one, or it is said that it is not. */
static void recorded_faults_have_stacks(void **state)
{
	struct json_object *json, *row;
	int64_t faults = 0, sum = 0;
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_record(&r, VT_ARGS("-U", "--unwind", "dwarf", RING),
		  VT_ARGS("freeing", "--often", "400", "--seldom", "30"));
	vt_report(&cmd, r.file, VT_ARGS("--by", "stack", "-j"), 0);
	json = vt_json(cmd.out, "report");
	vt_each(row, json, "stacks")
	{
		sum += vt_int(row, "faults");
		if (has_frame(row, "frees_seldom"))
			faults += vt_int(row, "faults");
	}
	/* one page of each block is touched; the allocator has touched its own memory before */
	vt_equal(faults, SELDOM, "faults below frees_seldom()");
	vt_equal(sum + vt_int(json, "stacks_rest.overflow") + vt_int(json, "stacks_rest.no_stack"),
		 vt_int(json, "totals.faults"), "faults of all stacks");
	json_object_put(json);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/* Its code has faulted before, and it is gone before it could be looked at after its first call. */
static void short_lived_process_has_names(void **state)
{
	static const struct vt_how piped = { .stdin_pipe = true };
	const char *output = vt_path("ended.json");
	struct vt_cmd work, scope;
	struct json_object *json, *row;
	int64_t calls = 0;
	char pid[16];

	(void)state;
	vt_start(&work, &piped,
		 VT_ARGS(vt_workload("freeing"), "--gate", "--often", "1", "--seldom", "1"));
	vt_await_text(&work, "ready");
	snprintf(pid, sizeof(pid), "%d", work.pid);
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "shootdown", "-p", pid, "--by", "stack", "--unwind",
			 "dwarf", RING, "-j", "-o", output));
	vt_await_attached(&scope);
	vt_close_stdin(&work);
	vt_wait(&work, VT_PATIENCE);
	vt_wait(&scope, VT_PATIENCE);
	vt_equal(scope.exit, 0, "exit status of shootdown");
	json = vt_json_file(output);
	vt_each(row, json,
		"stacks") if (!strcmp(vt_str(row, "call"), "munmap") &&
			      (has_frame(row, "frees_often") || has_frame(row, "frees_seldom")))
		calls += vt_int(row, "count");
	vt_equal(calls, 2, "munmap with the function that freed");
	json_object_put(json);
	vt_free(&work);
	vt_free(&scope);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(munmap_by_the_freeing_function), VT_TEST(interrupts_have_stacks),
	VT_TEST(function_rows_add_up),		 VT_TEST(recorded_calls_have_stacks),
	VT_TEST(recorded_faults_have_stacks),	 VT_TEST(short_lived_process_has_names),
};

VT_MAIN(tests)
