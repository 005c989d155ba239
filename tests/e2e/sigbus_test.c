// SPDX-License-Identifier: GPL-2.0-only
/*
 * sigbus_test - a page that can't be had has a crash record with the reason, the offset in the file
 * and the file's size now; so has a process that leaves a core dump, whose own faults come after.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define HUGEPAGES "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define CAUSES "sigbus,segv-maperr"

static void same_text(struct json_object *crash, const char *member, const char *want)
{
	if (strcmp(vt_str(crash, member), want))
		fail_msg("%s is '%s' instead of '%s'", member, vt_str(crash, member), want);
}

/* A number that is there, or null where the workload has 0. */
static void same_number(struct json_object *crash, const char *member, struct json_object *work)
{
	int64_t want = vt_int(work, member);

	if (want)
		vt_equal(vt_int(crash, member), want, "%s of the crash", member);
	else
		vt_true(!vt_get(crash, member));
}

static void check_crash(struct json_object *row, struct json_object *work, bool handled)
{
	struct json_object *crash = vt_get(row, "crash");
	const bool bus = strcmp(vt_str(work, "mode"), "null");

	if (!crash)
		fail_msg("no crash record in %s", json_object_to_json_string(row));
	same_text(crash, "kind", vt_str(work, "kind"));
	same_text(crash, "signal", bus ? "SIGBUS" : "SIGSEGV");
	same_text(row, "outcome", "incomplete");
	vt_equal(vt_bool(crash, "handled"), handled, "handled");
	vt_equal(vt_hex(row, "address"), vt_hex(work, "address"), "address");
	if (handled) /* only a handler is given the code */
		same_text(crash, "si_code",
			  vt_int(work, "code") == BUS_MCEERR_AR ? "BUS_MCEERR_AR" : "BUS_ADRERR");
	same_number(crash, "file_size", work);
	same_number(crash, "fs_limit", work);
	if (!bus)
		return;
	vt_true(*vt_str(crash, "reason"));
	if (vt_int(work, "file_size"))
		vt_equal(vt_int(crash, "file_offset"), vt_int(work, "file_offset"),
			 "offset in the file");
	vt_equal(vt_hex(row, "vma.start"), vt_hex(work, "map"), "start of the VMA");
	vt_equal(vt_hex(row, "vma.end"), vt_hex(work, "map_end"), "end of the VMA");
}

/* `trace`: one crash, of @pid; nothing else has these causes. */
static void check_trace(const char *mode, bool die)
{
	struct json_object *row, *summary;
	struct vt_scope s;
	size_t n;

	vt_trace(&s, VT_ARGS("--cause", CAUSES),
		 die ? VT_ARGS("sigbus", "--die", mode) : VT_ARGS("sigbus", mode));
	n = json_object_array_length(s.json);
	vt_equal(n, 2, "lines of %s: one crash, and the summary", mode);
	row = json_object_array_get_idx(s.json, 0);
	summary = json_object_array_get_idx(s.json, 1);
	check_crash(row, s.work, !die);
	vt_equal(vt_int(row, "pid"), vt_int(s.work, die ? "child" : "pid"), "process");
	vt_equal(vt_int(summary, "totals.incomplete"), 1, "incomplete");
	vt_equal(vt_int(summary, "totals.handled"), !die, "handled");
	if (die)
		vt_equal(vt_int(s.work, "signal"), strcmp(mode, "null") ? SIGBUS : SIGSEGV,
			 "signal that ended the child");
	vt_scope_free(&s);
}

/* `stat`: every fault but that one is complete, those of the dump too. */
static void check_stat(const char *mode, bool die)
{
	struct vt_scope s;

	vt_stat(&s, NULL, die ? VT_ARGS("sigbus", "--die", mode) : VT_ARGS("sigbus", mode));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_equal(vt_int(s.json, "totals.incomplete"), 1, "incomplete");
	vt_equal(vt_int(s.json, strcmp(mode, "null") ? "totals.causes.sigbus"
						     : "totals.causes.segv-maperr"),
		 1, "faults with that cause");
	vt_equal(vt_sum_pid(s.json, vt_int(s.work, die ? "child" : "pid"), "incomplete"), 1,
		 "incomplete faults of the process");
	vt_scope_free(&s);
}

static void check(const char *mode)
{
	if (!vt_possible(VT_ARGS(vt_workload("sigbus"), mode)))
		return;
	check_trace(mode, false);
	check_trace(mode, true);
	check_stat(mode, false);
	check_stat(mode, true);
}

static void truncated_file(void **state)
{
	(void)state;
	check("truncated");
}

static void full_tmpfs(void **state)
{
	(void)state;
	check("tmpfs-full");
}

/* One page is free, and no more can be had. */
static void empty_hugetlb_pool(void **state)
{
	(void)state;
	vt_compact();
	vt_add(HUGEPAGES "nr_hugepages", 1);
	vt_set(HUGEPAGES "nr_overcommit_hugepages", "0");
	check("hugetlb-empty");
}

static void hwpoisoned_page(void **state)
{
	(void)state;
	check("poisoned");
}

static void read_error(void **state)
{
	(void)state;
	check("unreadable");
}

/* The dump reads the memory by faults without a trap: the crash is none of these. */
static void core_dump(void **state)
{
	(void)state;
	check_trace("null", true);
	check_stat("null", true);
}

/* Counts say that a fault raised a signal, and what shows where and why; this then does. */
static void stat_names_the_command_for_details(void **state)
{
	const char *recording = vt_path("sigbus.rec");
	const char *const commands[][12] = {
		{ "stat", "--", vt_workload("sigbus"), "--die", "truncated", NULL },
		{ "record", "--cause", CAUSES, "-o", recording, "--", vt_workload("sigbus"),
		  "--die", "truncated", NULL },
		{ "report", recording, NULL },
		{ "report", recording, "--view", "trace", NULL },
	};
	static const char *const texts[] = {
		"faults that raised a signal: 1 sigbus\n"
		"  for details: trace or record --cause sigbus\n",
		"",
		"faults that raised a signal: 1 sigbus\n",
		"SIGBUS: beyond the end of the file",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		const char *argv[16] = { vt_vmascope() };
		struct vt_cmd cmd;

		for (size_t n = 0; commands[i][n]; n++)
			argv[n + 1] = commands[i][n];
		vt_run(&cmd, NULL, argv);
		vt_equal(cmd.exit, 0, "exit status of %s: %s", commands[i][0], cmd.err);
		vt_contains(cmd.out, texts[i]);
		vt_free(&cmd);
	}
}

static const struct CMUnitTest tests[] = {
	VT_TEST(truncated_file),
	VT_TEST(full_tmpfs),
	VT_TEST(empty_hugetlb_pool),
	VT_TEST(hwpoisoned_page),
	VT_TEST(read_error),
	VT_TEST(core_dump),
	VT_TEST(stat_names_the_command_for_details),
};

VT_MAIN(tests)
