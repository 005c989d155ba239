// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksm_test - faults that give a process back what KSM had merged: exact in number, and told as KSM's
 * and with their VMA where a hook sees them.
 */
#include "cause_check.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

#define SETTINGS "/sys/kernel/mm/ksm/"

static bool ends_by_fexit(struct json_object *stat)
{
	return !strcmp(vt_str(vt_need(stat, "hooks", json_type_object), "fault_end"),
		       "fexit/handle_mm_fault");
}

static void unmerged_pages(void **state)
{
	struct json_object *range;
	int64_t pid, pages, ksm;
	struct vt_scope s;

	(void)state;
	vt_set(SETTINGS "pages_to_scan", "2000");
	vt_set(SETTINGS "sleep_millisecs", "10");
	vt_set(SETTINGS "run", "1");
	vt_stat(&s, NULL, VT_ARGS("ksm", "--pages", "500"));
	vt_check_sums(s.json);
	vt_check_cause_sums(s.json);
	vt_check_usage(s.json, s.work);
	pid = vt_int(s.work, "pid");
	range = vt_at(s.work, "ranges", 0);
	pages = vt_int(range, "gup");
	vt_cmp(vt_int(vt_process(s.json, pid), "gup"), >=, pages, "faults without a trap");
	ksm = vt_cause_count(s.json, pid, vt_hex(range, "start"), vt_hex(range, "end"), "ksm");
	vt_equal(ksm, ends_by_fexit(s.json) ? pages : 0, "told as KSM's, in their VMA");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(unmerged_pages),
};

VT_MAIN(tests)
