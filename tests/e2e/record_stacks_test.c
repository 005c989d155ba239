// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_stacks_test - stacks of a recording: of faults, of memory calls, of single events, named
 * without asking anybody.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <string.h>

/* callchain's own calls, which touched so many pages, are told by name without asking anybody. */
static void fault_stacks_are_recorded_by_name(void **state)
{
	const char *file = vt_path("recording");
	char callchain[512];
	struct vt_cmd cmd;

	(void)state;
	snprintf(callchain, sizeof(callchain), "%s/O0-fp/callchain", vt_workload("callchain"));
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "record", "-U", "-o", file, "--", callchain, "direct",
		       "1234"));
	vt_equal(cmd.exit, 0, "exit status of record -U");
	vt_free(&cmd);
	vt_report(&cmd, file, VT_ARGS("--by", "stack", "--folded"), 0);
	vt_contains(cmd.out, ";main;direct;direct_b;direct_c;leaf 1234\n");
	vt_free(&cmd);
	vt_report(&cmd, file, VT_ARGS("--by", "stack"), 0);
	vt_contains(cmd.out, "direct_c");
	vt_free(&cmd);
	vt_report(&cmd, file, VT_ARGS("--by", "process", "--folded"), 2);
	vt_contains(cmd.err, "--folded requires stacks (add --by stack)");
	vt_free(&cmd);
	vt_report(&cmd, file, VT_ARGS("--view", "trace", "--by", "stack"), 2);
	vt_contains(cmd.err, "cannot be used with --view trace");
	vt_free(&cmd);
	vt_report(&cmd, file, VT_ARGS("--by", "stack", "--flame", "/no/such/dir/x"), 1);
	vt_equal(strcmp(cmd.err,
			"vmascope: cannot write /no/such/dir/x: No such file or directory\n"),
		 0, "difference of the only message: %s", cmd.err);
	vt_free(&cmd);
}

/** has_frame - @name is among the frames at @member of @row. */
static bool has_frame(struct json_object *row, const char *member, const char *name)
{
	struct json_object *frame;

	vt_each(frame, row, member) if (vt_get(frame, "name") &&
					!strcmp(vt_str(frame, "name"), name)) return true;
	return false;
}

/** calls_of - Σ of calls of mprotect by @function, and of all calls, by stack */
static int64_t calls_of(struct json_object *json, const char *function, int64_t *all)
{
	struct json_object *row;
	int64_t n = 0;

	*all = 0;
	vt_each(row, json, "stacks")
	{
		*all += vt_int(row, "count");
		if (!strcmp(vt_str(row, "call"), "mprotect") && has_frame(row, "frames", function))
			n += vt_int(row, "count");
	}
	return n;
}

/** record_sites - site_6 makes 600 calls of mprotect, each other site 100 */
static void record_sites(struct vt_recorded *r, const char *const *options)
{
	vt_record(r, options, VT_ARGS("sites", "--calls", "300", "--others", "50"));
}

static void call_stacks_are_recorded(void **state)
{
	struct json_object *by_stack, *by_site;
	int64_t with, without, sites = 0;
	struct json_object *row;
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
	record_sites(&r, VT_ARGS("-U", "--events", "memcall,shootdown"));
	vt_report(&cmd, r.file, VT_ARGS("-j", "--view", "shootdown", "--by", "stack"), 0);
	by_stack = vt_json(cmd.out, "by stack");
	vt_free(&cmd);
	vt_report(&cmd, r.file, VT_ARGS("-j", "--view", "shootdown", "--by", "site"), 0);
	by_site = vt_json(cmd.out, "by site");
	vt_free(&cmd);
	vt_equal(calls_of(by_stack, "site_6", &with), 600, "calls of site_6");
	vt_equal(calls_of(by_stack, "site_3", &without), 100, "calls of site_3");
	vt_each(row, by_site, "sites") sites += vt_int(row, "count");
	vt_equal(with, sites, "calls by stack and by site");
	json_object_put(by_stack);
	json_object_put(by_site);

	vt_report(&cmd, r.file, VT_ARGS("--view", "shootdown", "--by", "stack"), 0);
	vt_contains(cmd.out, "site_6+0x");
	vt_check_width(cmd.out, 80);
	vt_free(&cmd);
	vt_report(&cmd, r.file,
		  VT_ARGS("--view", "shootdown", "--by", "stack", "--folded", "--weight", "calls"),
		  0);
	vt_contains(cmd.out, ";site_6;");
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/**
 * events_of - how many events of the view trace have @function among their @frames
 * @type: only events of this type; NULL: all
 */
static int64_t events_of(const char *file, const char *type, const char *option, const char *frames,
			 const char *function)
{
	struct vt_cmd cmd;
	char *line, *rest;
	int64_t n = 0;

	vt_report(&cmd, file, VT_ARGS("-j", "--view", "trace", option), 0);
	for (rest = cmd.out; (line = strsep(&rest, "\n"));) {
		struct json_object *event = *line ? vt_json(line, "event") : NULL;

		if (event && vt_get(event, frames) &&
		    (!type || !strcmp(vt_str(event, "type"), type)))
			n += has_frame(event, frames, function);
		json_object_put(event);
	}
	vt_free(&cmd);
	return n;
}

static void event_stacks_are_recorded(void **state)
{
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	record_sites(&r, VT_ARGS("-UK", "--events", "fault,memcall"));
	/* it may fault, too, where it first writes to a page of the program's data */
	vt_equal(events_of(r.file, "memcall", "-U", "frames", "site_6"), 600, "calls of site_6");
	vt_equal(events_of(r.file, NULL, "-U", "kernel_frames", "do_syscall_64"), 0,
		 "events with frames that were not asked for");
	vt_cmp(events_of(r.file, NULL, "-K", "kernel_frames", "do_syscall_64"), >=, 1500,
	       "events within system calls");
	vt_equal(events_of(r.file, NULL, "-T", "frames", "site_6"), 0,
		 "stacks where none are asked for");
	vt_report(&cmd, r.file, VT_ARGS("--view", "trace", "-U"), 0);
	vt_contains(cmd.out, "\n      site_6+0x");
	vt_free(&cmd);
	vt_report(&cmd, r.file, VT_ARGS("-U"), 2);
	vt_contains(cmd.err, "require --view trace");
	vt_free(&cmd);
	vt_recorded_free(&r);
}

static void missing_stacks_are_reported(void **state)
{
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_record(&r, VT_ARGS("--events", "fault,memcall"), VT_ARGS("storm", "--faults", "100"));
	for (int i = 0; i < 3; i++) {
		static const char *const views[3][4] = {
			{ "--by", "stack" },
			{ "--view", "shootdown", "--by", "stack" },
			{ "--view", "trace", "-U" },
		};
		const char *const argv[] = { views[i][0], views[i][1], views[i][2], views[i][3],
					     NULL };

		vt_report(&cmd, r.file, argv, 1);
		vt_contains(cmd.err, "has no stacks (record it with -U)");
		vt_free(&cmd);
	}
	vt_recorded_free(&r);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(fault_stacks_are_recorded_by_name),
	VT_TEST(call_stacks_are_recorded),
	VT_TEST(event_stacks_are_recorded),
	VT_TEST(missing_stacks_are_reported),
};

VT_MAIN(tests)
