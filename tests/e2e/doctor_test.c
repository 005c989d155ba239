// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_test - `doctor` and the header of `stat` say which variant of each hook is in use.
 */
#include "bpf_leak.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>

static void text_output(void **state)
{
	static struct vt_bpf_ids before;
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
	vt_bpf_list(&before);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "doctor"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_contains(cmd.out, "tp_btf");
	vt_contains(cmd.out, "handle_mm_fault");
	vt_check_width(cmd.out, 80);
	vt_free(&cmd);
	vt_bpf_await_none_new(&before);
}

static void json_output(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "doctor", "--format", "json"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	json_object_put(vt_json(cmd.out, "doctor"));
	vt_free(&cmd);
}

/* What stat says it used is what it can do without: each fallback still counts exactly. */
static void stat_lists_hooks_in_use(void **state)
{
	struct vt_scope s;
	size_t n = 0;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("storm", "--faults", "1000"));
	json_object_object_foreach(vt_need(s.json, "hooks", json_type_object), hook, variant) {
		vt_true(json_object_is_type(variant, json_type_string));
		vt_cmp(strlen(hook), >, 0, "a hook's name");
		n++;
	}
	vt_cmp(n, >=, 3, "hooks");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(text_output),
	VT_TEST(json_output),
	VT_TEST(stat_lists_hooks_in_use),
};

VT_MAIN(tests)
