// SPDX-License-Identifier: GPL-2.0-only
/*
 * filewait_test - faults that wait for another's read of their page are told apart from those that
 * find it in the page cache, and from those that read it; whichever way faults are seen.
 */
#include "cause_check.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>

static const char *const all[] = { NULL };
static const char *const raw[] = { "--no-feature", "tp_btf", NULL };
static const char *const no_tables[] = { "--no-feature", "page-tables", NULL };

static void check_waits(const char *mode, const char *const *filters)
{
	struct json_object *range;
	struct vt_scope s;

	vt_stat(&s, filters, VT_ARGS("filewait", mode));
	vt_check_usage(s.json, s.work);
	vt_check_sums(s.json);
	vt_check_cause_sums(s.json);
	vt_check_causes(s.json, s.work);
	range = vt_at(s.work, "ranges", 0);
	vt_equal(vt_cause_count(s.json, vt_int(range, "pid"), vt_hex(range, "start"),
				vt_hex(range, "end"), "file-map"),
		 0, "file-map in mode %s: of no page it was in the page cache", mode);
	vt_scope_free(&s);
}

static void waits(const char *mode)
{
	/* it needs FUSE */
	if (!vt_possible(VT_ARGS(vt_workload("filewait"), "--rounds", "1", mode)))
		return;
	check_waits(mode, all);
	check_waits(mode, raw);
	check_waits(mode, no_tables);
}

static void waits_for_the_same_page(void **state)
{
	(void)state;
	waits("same");
}

static void waits_for_readahead(void **state)
{
	(void)state;
	waits("ahead");
}

static void private_write_waits(void **state)
{
	(void)state;
	waits("write");
}

static const struct CMUnitTest tests[] = {
	VT_TEST(waits_for_the_same_page),
	VT_TEST(waits_for_readahead),
	VT_TEST(private_write_waits),
};

VT_MAIN(tests)
