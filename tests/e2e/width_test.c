// SPDX-License-Identifier: GPL-2.0-only
/*
 * width_test - how wide output is: a terminal gives its width, a pipe or a file has none, but COLUMNS;
 * and what filters that match nothing say. Of a program with a long name, so that lines are long.
 */
#include "check.h"
#include "scope.h"
#include "system.h"
#include "term.h"
#include "top.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* 100 characters, of which comm has the first 15. */
#define TEN "0123456789"
#define NAME "a-name-of-which-" TEN TEN TEN TEN TEN TEN TEN TEN "-end"
#define COMM "a-name-of-which"

static char recording[512], program[512];

/** record - the program with the long name */
static void record(void)
{
	struct vt_cmd cmd;

	vt_equal(unsetenv("COLUMNS"), 0, "unsetenv");
	snprintf(program, sizeof(program), "%s", vt_path("programs"));
	vt_sys(mkdir(program, 0755));
	snprintf(program + strlen(program), sizeof(program) - strlen(program), "/" NAME);
	snprintf(recording, sizeof(recording), "%s", vt_path("long.rec"));
	vt_run(&cmd, NULL, VT_ARGS("cp", vt_workload("causes"), program));
	vt_equal(cmd.exit, 0, "cp: %s", cmd.err);
	vt_free(&cmd);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "record", "-o", recording, "--", program, "--count", "300",
		       "anon-zero"));
	vt_equal(cmd.exit, 0, "record: %s", cmd.err);
	vt_free(&cmd);
}

static void report(struct vt_cmd *cmd, const struct vt_how *how, const char *by, const char *option)
{
	vt_run(cmd, how, VT_ARGS(vt_vmascope(), "report", recording, "--by", by, option));
	vt_equal(cmd->exit, 0, "report: %s", cmd->err);
}

static void pipe_is_not_cut(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	record();
	report(&cmd, NULL, "mapping", "-q");
	vt_contains(cmd.out, program);
	vt_true(!strstr(cmd.out, "...") && !strstr(cmd.out, "…"));
	vt_free(&cmd);
}

static void columns_sets_the_width_of_a_pipe(void **state)
{
	const struct vt_how narrow = { .env = "COLUMNS=70" }, bad = { .env = "COLUMNS=many" };
	struct vt_cmd cmd;

	(void)state;
	record();
	report(&cmd, &narrow, "mapping", "-q");
	vt_check_width(cmd.out, 70);
	vt_true(!strstr(cmd.out, program));
	vt_free(&cmd);
	report(&cmd, &narrow, "process", "-q");
	vt_check_width(cmd.out, 70);
	vt_contains(cmd.out, " " COMM "\n");
	vt_free(&cmd);
	/* -w is stronger, and what is no number is none */
	report(&cmd, &narrow, "mapping", "-w");
	vt_contains(cmd.out, program);
	vt_free(&cmd);
	report(&cmd, &bad, "mapping", "-q");
	vt_contains(cmd.out, program);
	vt_free(&cmd);
}

static void terminal_width_is_used(void **state)
{
	struct vt_term t;

	(void)state;
	record();
	/* the terminal itself would break longer lines, and show the end of the name */
	vt_term_open(&t, 70, 60, VT_UTF8 " COLUMNS=200",
		     VT_ARGS(vt_vmascope(), "report", recording, "--by", "mapping"));
	vt_term_ended(&t, 0);
	vt_contains(t.screen, "…");
	vt_contains(t.screen, " [stack]");
	vt_true(!strstr(t.screen, program));
	vt_term_close(&t);
}

static void filter_without_matches(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	record();
	report(&cmd, NULL, "mapping", "--vma=*no-such-name*");
	vt_contains(cmd.err, "no page faults matched --vma *no-such-name* (without --vma, ");
	vt_free(&cmd);
	report(&cmd, NULL, "mapping", "--vma=[stack]");
	vt_equal(strlen(cmd.err), 0, "stderr: %s", cmd.err);
	vt_free(&cmd);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--cause", "numa-hint,pkey", "--", "true"));
	vt_equal(cmd.exit, 0, "stat: %s", cmd.err);
	vt_contains(cmd.err, "no page faults matched --cause numa-hint,pkey (");
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(pipe_is_not_cut),
	VT_TEST(columns_sets_the_width_of_a_pipe),
	VT_TEST(terminal_width_is_used),
	VT_TEST(filter_without_matches),
};

VT_MAIN(tests)
