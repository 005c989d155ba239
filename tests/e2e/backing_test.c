// SPDX-License-Identifier: GPL-2.0-only
/*
 * backing_test - causes and mapped pages of memory that is no ordinary file or anonymous memory:
 * userfaultfd's minor faults, large folios, devices.
 */
#include "cause_check.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

static void check(struct vt_scope *s)
{
	vt_check_usage(s->json, s->work);
	vt_check_sums(s->json);
	vt_check_cause_sums(s->json);
	vt_check_causes(s->json, s->work);
}

/**
 * run - a mode that this machine may not have; then it must say so, and nothing else
 *
 * Return: whether it has.
 */
static bool run(struct vt_scope *s, const char *mode)
{
	if (!vt_possible(VT_ARGS(vt_workload("backings"), mode)))
		return false;
	vt_stat(s, NULL, VT_ARGS("backings", mode));
	check(s);
	return true;
}

#define MODE(name, mode)                                                                           \
	static void name(void **state)                                                             \
	{                                                                                          \
		struct vt_scope s;                                                                 \
                                                                                                   \
		(void)state;                                                                       \
		if (run(&s, mode))                                                                 \
			vt_scope_free(&s);                                                         \
	}

MODE(userfaultfd_minor_faults, "uffd-minor")
MODE(userfaultfd_minor_faults_by_gup, "uffd-minor-kernel")
MODE(private_mapping_of_dev_zero, "dev-zero")
MODE(character_device, "char-device")

/* A container may be forbidden to read its own disk, but hardly what it has just made. */
static void block_device(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_swap_on_zram("16M");
	if (run(&s, "block-device"))
		vt_scope_free(&s);
}

/* What faults have mapped is resident, whatever the size of the folios is. */
static void large_folios(void **state)
{
	struct json_object *vma, *range;
	struct vt_scope s;
	int64_t mapped = 0;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("backings", "large-folios"));
	check(&s);
	range = vt_at(s.work, "ranges", 0);
	vt_each(vma, vt_process(s.json, vt_int(s.work, "pid")), "vmas")
	{
		if (vt_hex(vma, "start") < vt_hex(range, "end") &&
		    vt_hex(vma, "end") > vt_hex(range, "start"))
			mapped += vt_int(vma, "mapped_pages");
	}
	vt_equal(mapped, vt_int(s.work, "resident"), "pages that %ld faults have mapped",
		 (long)vt_int(range, "faults"));
	print_message("# %ld faults mapped %ld pages\n", (long)vt_int(range, "faults"),
		      (long)mapped);
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(userfaultfd_minor_faults),
	VT_TEST(userfaultfd_minor_faults_by_gup),
	VT_TEST(large_folios),
	VT_TEST(private_mapping_of_dev_zero),
	VT_TEST(block_device),
	VT_TEST(character_device),
};

VT_MAIN(tests)
