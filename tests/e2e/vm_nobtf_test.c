// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_nobtf_test - a kernel without type information: one line that says so, and no crash.
 *
 * The kernel has it; an empty file system over /sys/kernel/btf hides it for the test's time.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

#define BTF "/sys/kernel/btf"

static void hide_btf(void)
{
	vt_true(!access(BTF "/vmlinux", R_OK));
	vt_sys(mount("none", BTF, "tmpfs", 0, NULL));
	vt_true(access(BTF "/vmlinux", R_OK));
}

static int show_btf(void **state)
{
	int err = umount(BTF);

	return vt_test_done(state) || err;
}

static int lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void refuses(const char *const *argv)
{
	struct vt_cmd cmd;

	vt_run(&cmd, NULL, argv);
	vt_equal(cmd.exit, 1, "exit status of %s", argv[1]);
	vt_equal(lines(cmd.err), 1, "lines of %s: %.300s", argv[1], cmd.err);
	vt_contains(cmd.err, "type information");
	vt_contains(cmd.err, "CONFIG_DEBUG_INFO_BTF");
	vt_free(&cmd);
}

static void error_is_one_line(void **state)
{
	(void)state;
	hide_btf();
	refuses(VT_ARGS(vt_vmascope(), "stat", "--", "true"));
	refuses(VT_ARGS(vt_vmascope(), "stat", "-d", "1"));
	refuses(VT_ARGS(vt_vmascope(), "trace", "--", "true"));
	refuses(VT_ARGS(vt_vmascope(), "stat", "-j", "--", "true"));
}

static void doctor_reports_it(void **state)
{
	struct json_object *json, *feature;
	struct vt_cmd cmd;
	bool found = false;

	(void)state;
	hide_btf();
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "doctor", "-j"));
	vt_equal(cmd.exit, 1, "doctor's exit status");
	json = vt_json(cmd.out, "doctor");
	vt_true(!vt_bool(json, "usable"));
	vt_each(feature, json, "features")
	{
		if (strcmp(vt_str(feature, "feature"), "btf"))
			continue;
		found = true;
		vt_true(!vt_bool(feature, "available"));
		vt_contains(vt_str(feature, "reason"), "CONFIG_DEBUG_INFO_BTF");
	}
	vt_true(found);
	json_object_put(json);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_teardown(error_is_one_line, show_btf),
	cmocka_unit_test_teardown(doctor_reports_it, show_btf),
};

VT_MAIN(tests)
