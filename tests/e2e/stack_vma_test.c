// SPDX-License-Identifier: GPL-2.0-only
/*
 * stack_vma_test - --vma with stacks: of call chains that fault in several VMAs, the faults and the
 * time in those that are asked for are shown, and no others; live, in a recording and in top.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW 1000
#define MANY (3 * FEW)

static const struct {
	const char *glob;
	int64_t faults;
} vmas[] = { { "*vt_few*", FEW }, { "*vt_many*", MANY }, { "*vt_*", FEW + MANY } };
#define NR_VMAS (sizeof(vmas) / sizeof(*vmas))

/* Σ stacks = totals, with their outcomes and time; all of them are known, and come from one function. */
static void check_stacks(struct json_object *json, int64_t faults)
{
	int64_t sum = 0, minor = 0, timed = 0, time_ns = 0;
	struct json_object *stack, *frame;

	vt_each(stack, json, "stacks")
	{
		sum += vt_int(stack, "faults");
		minor += vt_int(stack, "minor");
		timed += vt_int(stack, "timed");
		time_ns += vt_int(stack, "time_ns");
		frame = vt_at(stack, "frames", 0);
		assert_string_equal(vt_str(frame, "name"), "wl_write");
	}
	vt_equal(sum, faults, "faults of all stacks");
	vt_equal(sum, vt_int(json, "totals.faults"), "faults in the VMAs");
	vt_equal(minor, vt_int(json, "totals.minor"), "minor faults in the VMAs");
	vt_equal(timed, vt_int(json, "totals.latency_ns.count"), "faults whose latency is known");
	vt_equal(time_ns, vt_int(json, "totals.latency_ns.sum"), "time in the VMAs");
	vt_equal(vt_int(json, "stacks_rest.no_stack"), 0, "faults without a stack");
	vt_equal(vt_int(json, "stacks_rest.overflow"), 0, "faults without a row");
	vt_equal(vt_int(json, "stacks_rest.either"), 0, "faults without either");
}

static void each_is_counted(const char *const *options)
{
	for (size_t i = 0; i < NR_VMAS; i++) {
		const char *filters[16] = { "--vma", vmas[i].glob };
		struct vt_scope s;

		for (size_t k = 0; options[k]; k++)
			filters[2 + k] = options[k];
		vt_stat(&s, filters, VT_ARGS("twovmas", "--few", "1000"));
		check_stacks(s.json, vmas[i].faults);
		vt_scope_free(&s);
	}
}

static void by_frame_pointer(void **state)
{
	(void)state;
	each_is_counted(VT_ARGS("--by", "stack"));
}

static void with_kernel_stacks(void **state)
{
	static const char *const options[] = { "--by",	"stack",    "-U", "-K",
					       "--vma", "*vt_few*", NULL };
	struct vt_scope s;
	struct json_object *stack;
	int64_t sum = 0;

	(void)state;
	vt_stat(&s, options, VT_ARGS("twovmas", "--few", "1000"));
	vt_each(stack, s.json, "stacks") sum += vt_int(stack, "faults");
	vt_equal(sum, FEW, "faults of all stacks");
	vt_scope_free(&s);
}

/* A filter on how faults end has stacks taken at their end. */
static void with_a_cause_filter(void **state)
{
	(void)state;
	each_is_counted(VT_ARGS("--by", "stack", "--cause", "shmem"));
}

static void by_dwarf(void **state)
{
	(void)state;
	each_is_counted(VT_ARGS("--by", "stack", "--unwind", "dwarf", "--stack-size", "4", "--ring",
				"131072"));
}

static void by_function(void **state)
{
	struct json_object *row, *first = NULL;
	struct vt_scope s;
	int64_t self = 0;

	(void)state;
	vt_stat(&s, VT_ARGS("--by", "function", "--vma", "*vt_few*"),
		VT_ARGS("twovmas", "--few", "1000"));
	vt_each(row, s.json, "functions")
	{
		self += vt_int(row, "self");
		first = first ? first : row;
	}
	vt_equal(self, FEW, "faults of all functions");
	assert_string_equal(vt_str(first, "function"), "wl_write");
	vt_equal(vt_int(first, "self"), FEW, "faults of wl_write()");
	vt_scope_free(&s);
}

/* Σ of the numbers that the lines of folded text end with. */
static int64_t folded_sum(const char *text)
{
	int64_t sum = 0;

	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		const char *number = end;

		while (number > text && number[-1] != ' ')
			number--;
		sum += strtoll(number, NULL, 10);
	}
	return sum;
}

static void as_folded_text(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--by", "stack", "--vma", "*vt_many*", "--folded",
		       "--", vt_workload("twovmas"), "--few", "1000"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_equal(folded_sum(cmd.out), MANY, "faults of all lines");
	vt_free(&cmd);
}

static struct json_object *report(const char *file, const char *glob, const char *by)
{
	struct json_object *json;
	struct vt_cmd cmd;

	vt_report(&cmd, file, VT_ARGS("-j", "--by", by, "--vma", glob), 0);
	json = vt_json(cmd.out, file);
	vt_free(&cmd);
	return json;
}

/* The recording is of all VMAs: which ones are of interest is decided when it is read. */
static void report_of_a_recording(void **state)
{
	struct json_object *json, *row;
	struct vt_recorded r;
	int64_t self = 0;

	(void)state;
	vt_record(&r, VT_ARGS("-U"), VT_ARGS("twovmas", "--few", "1000"));
	for (size_t i = 0; i < NR_VMAS; i++) {
		json = report(r.file, vmas[i].glob, "stack");
		check_stacks(json, vmas[i].faults);
		json_object_put(json);
	}
	json = report(r.file, "*vt_few*", "function");
	vt_each(row, json, "functions") self += vt_int(row, "self");
	vt_equal(self, FEW, "faults of all functions");
	json_object_put(json);
	vt_recorded_free(&r);
}

/* The recorder was asked for them: so is its report, which needs no --vma. */
static void report_of_a_filtered_recording(void **state)
{
	struct json_object *json;
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_record(&r, VT_ARGS("-U", "--vma", "*vt_few*"), VT_ARGS("twovmas", "--few", "1000"));
	vt_report(&cmd, r.file, VT_ARGS("-j", "--by", "stack"), 0);
	json = vt_json(cmd.out, r.file);
	check_stacks(json, FEW);
	json_object_put(json);
	vt_free(&cmd);
	vt_recorded_free(&r);
}

static void report_without_events(void **state)
{
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_record(&r, VT_ARGS("-U", "--events", "memcall"), VT_ARGS("twovmas", "--few", "1000"));
	vt_report(&cmd, r.file, VT_ARGS("--by", "stack", "--vma", "*vt_few*"), 1);
	vt_contains(cmd.err, "does not have");
	vt_free(&cmd);
	vt_recorded_free(&r);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(by_frame_pointer),	VT_TEST(with_kernel_stacks),
	VT_TEST(with_a_cause_filter),	VT_TEST(by_dwarf),
	VT_TEST(by_function),		VT_TEST(as_folded_text),
	VT_TEST(report_of_a_recording), VT_TEST(report_of_a_filtered_recording),
	VT_TEST(report_without_events),
};

VT_MAIN(tests)
