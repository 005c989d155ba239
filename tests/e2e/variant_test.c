// SPDX-License-Identifier: GPL-2.0-only
/*
 * variant_test - each variant of each hook, forced by --no-feature, gives the same exact counts.
 *
 * The tests are made at run time: one with what vmascope chooses by itself, and one for each
 * other variant that works on this kernel.
 */
#include "cause_check.h"
#include "check.h"
#include "scope.h"
#include "system.h"
#include "variants.h"

#include <stdio.h>
#include <stdlib.h>

static struct vt_variant variants[VT_VARIANTS_MAX + 1];

/* What @stat used for the hook of @v. */
static const char *used(struct json_object *stat, const struct vt_variant *v)
{
	return vt_str(vt_need(stat, "hooks", json_type_object), v->hook);
}

static void check_variant(struct json_object *stat, const struct vt_variant *v)
{
	if (*v->hook && strcmp(used(stat, v), v->name))
		fail_msg("%s is '%s', not '%s'", v->hook, used(stat, v), v->name);
}

/*
 * Where a lookup of a VMA failed, and is counted as lost, its fault is in no VMA. What vmascope
 * chooses by itself loses none, and what it falls back to loses none in a process that is alone.
 */
static void run(const struct vt_variant *v, const char *const *work, bool alone)
{
	struct vt_scope s;

	vt_stat(&s, v->args, work);
	check_variant(s.json, v);
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	if (alone || strcmp(v->hook, "vma"))
		vt_equal(vt_int(s.json, "lost.lookups"), 0, "lost lookups");
	if (!vt_int(s.json, "lost.lookups"))
		vt_check_ranges(s.json, s.work);
	vt_equal(vt_int(s.json, "lost.events"), 0, "lost events");
	vt_equal(vt_int(s.json, "lost.slots"), 0, "lost slots");
	vt_equal(vt_int(s.json, "lost.unattributed"), 0, "unattributed faults");
	vt_scope_free(&s);
}

/* Threads and children at once, in every kind of mapping; more often where that is quick. */
static void run_exact(const struct vt_variant *v)
{
	const char *env = getenv("VMASCOPE_REPEAT");
	int times = env && atoi(env) > 0 ? 1 : 2;

	for (int i = 0; i < times; i++) {
		run(v, VT_ARGS("exact", "--threads", "0", "--children", "0", "--pages", "400"),
		    true);
		run(v, VT_ARGS("exact", "--threads", "4", "--children", "8", "--pages", "200"),
		    false);
	}
}

/* Causes that need no page table, where the hook tells reads from writes. */
static void run_causes(const struct vt_variant *v)
{
	static const char *const modes[] = { "anon-zero", "file-write" };
	struct vt_scope s;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		vt_stat(&s, v->args, VT_ARGS("causes", "--count", "300", modes[i]));
		check_variant(s.json, v);
		vt_check_usage(s.json, s.work);
		vt_check_cause_sums(s.json);
		if (vt_knows_access(s.json))
			vt_check_causes(s.json, s.work);
		vt_scope_free(&s);
	}
}

static void counts(void **state)
{
	const struct vt_variant *v = *state;

	run_exact(v);
	run_causes(v);
}

static size_t make_tests(struct CMUnitTest *tests)
{
	static char names[VT_VARIANTS_MAX + 1][160];
	struct vt_variant *v = variants;
	size_t all, n = 0;
	struct vt_scope s;

	all = vt_variants(variants);
	vt_stat(&s, NULL, VT_ARGS("storm", "--faults", "100"));
	for (size_t i = 0; i < all; i++, v++) {
		/* hooks that `stat` does not use are tested with the commands that do */
		if (v->in_use || !strcmp(used(s.json, v), "not asked for"))
			continue;
		snprintf(names[n], sizeof(names[n]), "%.31s: %.95s", v->hook, v->name);
		tests[n] = (struct CMUnitTest){ names[n], counts, NULL, vt_test_done, v };
		n++;
	}
	vt_scope_free(&s);
	/* what vmascope chooses: no hook, no arguments */
	memset(&variants[all], 0, sizeof(variants[all]));
	tests[n++] = (struct CMUnitTest){ "the best", counts, NULL, vt_test_done, &variants[all] };
	return n;
}

int main(void)
{
	static struct CMUnitTest tests[VT_VARIANTS_MAX + 1];
	void *none = NULL;
	size_t n;

	if (vt_require_root(&none))
		return 1;
	n = make_tests(tests);
	return _cmocka_run_group_tests("variants", tests, n, NULL, vt_group_done);
}
