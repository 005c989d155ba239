// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmachanges_test - VMAs that calls change while other threads map and fault: splits and merges are
 * exact or unknown, and no VMA is seen that exists only inside of a call.
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

/** struct changes - Σ over the rows of mprotect; @known: none of them is null */
struct changes {
	bool known;
	int64_t count, splits, merges, unknown;
};

static void of_mprotect(struct vt_scope *s, const char *const *work, struct changes *c)
{
	struct json_object *row;

	memset(c, 0, sizeof(*c));
	c->known = true;
	vt_scope_one(s, "shootdown", NULL, work);
	vt_check_shootdown(s->json);
	vt_each(row, s->json, "calls")
	{
		const bool known = vt_get(row, "splits");

		if (strcmp(vt_str(row, "call"), "mprotect"))
			continue;
		vt_equal(!!vt_get(row, "merges"), known, "merges are known where splits are");
		vt_equal(vt_int(row, "splits_unknown") == 0, known, "unknown calls, or none");
		c->known = c->known && known;
		c->count += vt_int(row, "count");
		c->unknown += vt_int(row, "splits_unknown");
		if (known) {
			c->splits += vt_int(row, "splits");
			c->merges += vt_int(row, "merges");
		}
	}
}

/*
 * Of calls of a single thread all is known. Before 6.4 (mm_lock_seq), not while somebody reads the
 * process's /proc/PID/maps, as that looks like another thread: of some calls, or of none.
 */
static void check_known(const struct changes *c)
{
	if (vt_kernel_has("mm_lock_seq"))
		vt_true(c->known);
	else if (!c->known)
		vt_cmp(c->unknown, <, c->count, "calls whose splits are not known");
	if (!c->known)
		print_message("# %ld of %ld calls not known\n", (long)c->unknown, (long)c->count);
}

/* What ld.so and libc split is in both runs. */
static void single_thread(void **state)
{
	struct changes none, split, torn;
	struct vt_scope s;

	(void)state;
	of_mprotect(&s, VT_ARGS("vmachanges", "--count", "0", "split"), &none);
	vt_scope_free(&s);
	check_known(&none);
	if (none.known)
		vt_cmp(none.splits, >=, 1, "splits that the workload saw");
	of_mprotect(&s, VT_ARGS("vmachanges", "--count", "20000", "split"), &split);
	vt_scope_free(&s);
	check_known(&split);
	vt_equal(split.count - none.count, 40000, "calls");
	if (none.known && split.known) {
		vt_equal(split.splits, none.splits, "splits by calls that split nothing");
		vt_equal(split.merges, none.merges, "merges by calls that merge nothing");
	}
	of_mprotect(&s, VT_ARGS("vmachanges", "--count", "20000", "torn"), &torn);
	vt_scope_free(&s);
	check_known(&torn);
	if (!none.known || !torn.known)
		return;
	/* mode split splits once before its loop */
	vt_equal(torn.splits, none.splits - 1 + 20000, "splits, one by each first call");
	vt_equal(torn.merges, none.merges + 20000, "merges, one by each second call");
}

/* Another thread's mmap and munmap change the number of VMAs: then nobody knows, or it is exact. */
static void with_another_thread(void **state)
{
	struct changes none, split;
	struct vt_scope s;

	(void)state;
	of_mprotect(&s, VT_ARGS("vmachanges", "--count", "0", "split"), &none);
	vt_scope_free(&s);
	of_mprotect(&s, VT_ARGS("vmachanges", "--threads", "split"), &split);
	vt_scope_free(&s);
	if (split.known) {
		vt_equal(split.splits, none.splits, "splits by calls that split nothing");
		vt_equal(split.merges, none.merges, "merges by calls that merge nothing");
	}
	vt_cmp(split.unknown, <, split.count, "calls whose splits are not known");
	print_message("# %ld of %ld calls not known\n", (long)split.unknown, (long)split.count);
}

static bool is(struct json_object *vma, uint64_t start, uint64_t end, const char *perms)
{
	return vt_hex(vma, "start") == start && vt_hex(vma, "end") == end &&
	       !strcmp(vt_str(vma, "perms"), perms);
}

/* Faults in a half whose protection changes all the time. */
static void check_vmas(const char *const *filters)
{
	uint64_t start, half, end;
	struct json_object *vma;
	struct vt_scope s;
	int64_t faults = 0;

	vt_stat(&s, filters, VT_ARGS("vmachanges", "--threads", "--count", "40000", "torn"));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	start = vt_hex(s.work, "start");
	half = start + (uint64_t)vt_int(s.work, "half");
	end = half + (uint64_t)vt_int(s.work, "half");
	vt_each(vma, vt_process(s.json, vt_int(s.work, "pid")), "vmas")
	{
		if (!vt_get(vma, "start") || vt_hex(vma, "start") >= end ||
		    vt_hex(vma, "end") <= start)
			continue;
		if (!is(vma, start, end, "rw-p") && !is(vma, start, half, "rw-p") &&
		    !is(vma, half, end, "r--p"))
			fail_msg("no such VMA between the calls: %s",
				 json_object_to_json_string(vma));
		faults += vt_int(vma, "faults");
	}
	vt_cmp(faults, >, 0, "faults there");
	print_message("# %ld faults\n", (long)faults);
	vt_scope_free(&s);
}

static void no_vma_of_an_intermediate_state(void **state)
{
	(void)state;
	check_vmas(NULL);
}

/* As before 6.4, where nothing shows that the VMAs were changed meanwhile. */
static void no_such_vma_without_a_sequence(void **state)
{
	(void)state;
	check_vmas(VT_ARGS("--no-feature", "mm-lock-seq"));
}

static const struct CMUnitTest tests[] = {
	VT_TEST(single_thread),
	VT_TEST(with_another_thread),
	VT_TEST(no_vma_of_an_intermediate_state),
	VT_TEST(no_such_vma_without_a_sequence),
};

VT_MAIN(tests)
