// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_lockdown_test - a kernel that is locked down for confidentiality: one line that says so.
 *
 * Lockdown cannot be taken back: tests/vm/guest.sh locks the kernel down and runs this last.
 */
#include "bpf_leak.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

static void need_lockdown(void)
{
	char *level = vt_read_file("/sys/kernel/security/lockdown", NULL);

	vt_contains(level, "[confidentiality]");
	free(level);
}

static void refuses(const char *const *argv)
{
	struct vt_cmd cmd;
	int lines = 0;

	vt_run(&cmd, NULL, argv);
	vt_equal(cmd.exit, 1, "exit status of %s: %.300s", argv[1], cmd.err);
	for (const char *p = cmd.err; *p; p++)
		lines += *p == '\n';
	vt_equal(lines, 1, "lines of %s: %.300s", argv[1], cmd.err);
	vt_contains(cmd.err, "lockdown");
	vt_free(&cmd);
}

static void error_is_one_line(void **state)
{
	(void)state;
	need_lockdown();
	refuses(VT_ARGS(vt_vmascope(), "stat", "--", "true"));
	refuses(VT_ARGS(vt_vmascope(), "trace", "--", "true"));
	refuses(VT_ARGS(vt_vmascope(), "stat", "-j", "-d", "1"));
}

static void doctor_reports_it(void **state)
{
	static struct vt_bpf_ids before;
	struct vt_cmd cmd;

	(void)state;
	need_lockdown();
	vt_bpf_list(&before);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "doctor", "--wide"));
	vt_equal(cmd.exit, 1, "doctor's exit status: %s", cmd.err);
	vt_contains(cmd.out, "vmascope is not supported");
	vt_contains(cmd.out, "lockdown");
	vt_free(&cmd);
	vt_bpf_await_none_new(&before);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(error_is_one_line),
	VT_TEST(doctor_reports_it),
};

VT_MAIN(tests)
