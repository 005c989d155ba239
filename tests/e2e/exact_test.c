// SPDX-License-Identifier: GPL-2.0-only
/*
 * exact_test - counts equal getrusage and what the workload knows, to the last fault.
 */
#include "check.h"
#include "ftrace.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

static void run_exact(const char *const *work, int64_t at_least)
{
	struct vt_scope s;

	vt_stat(&s, NULL, work);
	vt_cmp(vt_int(s.work, "faults"), >=, at_least, "faults that the workload makes");
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_check_ranges(s.json, s.work);
	vt_equal(vt_int(s.json, "lost.events"), 0, "lost events");
	vt_equal(vt_int(s.json, "lost.slots"), 0, "lost slots");
	vt_equal(vt_int(s.json, "lost.unattributed"), 0, "unattributed faults");
	vt_scope_free(&s);
}

/* VMASCOPE_REPEAT: fewer, where the same was shown before (the sanitizer build). */
static void threads_and_children_repeated(void **state)
{
	const char *env = getenv("VMASCOPE_REPEAT");
	int times = env && atoi(env) > 0 ? atoi(env) : 8;

	(void)state;
	for (int i = 0; i < times; i++)
		run_exact(VT_ARGS("exact"), 200000);
}

static void one_process(void **state)
{
	(void)state;
	run_exact(VT_ARGS("exact", "--threads", "0", "--children", "0", "--pages", "1500"), 16000);
}

static void threads(void **state)
{
	(void)state;
	run_exact(VT_ARGS("exact", "--threads", "32", "--children", "0", "--pages", "100"), 19000);
}

static void children(void **state)
{
	(void)state;
	run_exact(VT_ARGS("exact", "--threads", "0", "--children", "200", "--pages", "20"), 32000);
}

/* Counts of faults that the kernel takes for the task: in the process, and told as gup. */
static void kernel_initiated_faults(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("gup", "--pages", "1000"));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_cmp(vt_int(s.json, "totals.gup"), >=, vt_bool(s.work, "direct") ? 5000 : 4000,
	       "faults without a trap");
	vt_cmp(vt_int(s.json, "totals.gup"), <=, vt_int(s.json, "totals.faults"), "gup in faults");
	vt_scope_free(&s);
}

/* Faults of @work from its gate on: before, libraries are loaded, which takes as many as it happens to. */
static int64_t from_the_gate(struct json_object *work)
{
	return vt_int(work, "self.minor") - vt_int(work, "at_gate.minor");
}

/* The workload's faults must be the same with and without the tracer. */
static void tracing_adds_no_faults_to_the_process(void **state)
{
	struct vt_cmd plain;
	struct vt_scope s;
	struct json_object *work;
	const char *result = vt_path("plain.json");

	(void)state;
	vt_run(&plain, NULL,
	       VT_ARGS(vt_workload("storm"), "--gate", "--result", result, "--faults", "50000"));
	vt_equal(plain.exit, 0, "storm's exit status");
	work = vt_json_file(result);
	vt_stat(&s, NULL, VT_ARGS("storm", "--gate", "--faults", "50000"));
	vt_check_usage(s.json, s.work);
	vt_cmp(from_the_gate(work), >=, 50000, "faults of the workload");
	vt_cmp(llabs(from_the_gate(s.work) - from_the_gate(work)), <, 100,
	       "difference of getrusage with and without vmascope");
	json_object_put(work);
	vt_free(&plain);
	vt_scope_free(&s);
}

/*
 * From the exec on, and nothing before: the faults since sched_process_exec, by the kernel's tracer. Before,
 * vmascope's child takes others, and the kernel takes some in the new address space.
 */
static void counts_begin_with_the_exec(void **state)
{
	static struct vt_ktally kernel;
	struct vt_scope s;
	size_t n;

	(void)state;
	for (int i = 0; i < 5; i++) {
		vt_ftrace_start();
		vt_ftrace_add_faults();
		vt_stat(&s, NULL, VT_ARGS("storm", "--faults", "100"));
		vt_ftrace_stop(&n);
		vt_ftrace_tally(&kernel, (pid_t)vt_int(s.work, "pid"), NULL, NULL);
		vt_check_usage(s.json, s.work);
		vt_equal(vt_int(s.json, "totals.faults") - vt_int(s.json, "totals.gup"),
			 kernel.faults, "faults that trapped = by the tracer, from the exec on");
		vt_equal(vt_len(s.json, "processes"), 1, "processes");
		vt_cmp(vt_int(vt_at(s.json, "processes", 0), "before_exec.minor"), >, 0,
		       "faults before the exec");
		vt_scope_free(&s);
	}
}

static const struct CMUnitTest tests[] = {
	VT_TEST(one_process),
	VT_TEST(threads),
	VT_TEST(children),
	VT_TEST(threads_and_children_repeated),
	VT_TEST(kernel_initiated_faults),
	VT_TEST(tracing_adds_no_faults_to_the_process),
	VT_TEST(counts_begin_with_the_exec),
};

VT_MAIN(tests)
