// SPDX-License-Identifier: GPL-2.0-only
/*
 * refaults_test - faults that follow from memory calls: every one, of the call that is the reason,
 * and none of another. The workload knows how many from getrusage(2).
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

/** is_of - @row is of @call and, if it is not empty, of @advice */
static bool is_of(struct json_object *row, const char *call, const char *advice)
{
	return !strcmp(vt_str(row, "call"), call) &&
	       (!*advice || !strcmp(vt_str(row, "advice"), advice));
}

/** is_own - the calls of @row, of a table by VMA, were on the workload's range; a fork is on none */
static bool is_own(struct json_object *row, struct json_object *work)
{
	return vt_get(row, "start") && vt_hex(row, "start") < vt_hex(work, "end") &&
	       vt_hex(row, "end") > vt_hex(work, "start");
}

/** own - refaults of calls on the workload's range: of @call, or of all but @call */
static int64_t own(struct vt_scope *s, bool of_call, const char *member)
{
	const char *call = vt_str(s->work, "call"), *advice = vt_str(s->work, "advice");
	struct json_object *row;
	int64_t n = 0;

	vt_each(row, s->json,
		"vmas") if (is_own(row, s->work) && is_of(row, call, advice) == of_call)
		n += vt_int(row, member);
	return n;
}

/*
 * A fork is followed by faults on every private page that is written: at most all faults since it, of the
 * process and of its children.
 */
static void check_fork(struct vt_scope *s, const char *mode)
{
	const int64_t want = vt_int(s->work, "refaults"), at_fork = vt_int(s->work, "at_fork");
	const int64_t got = vt_calls_sum(s->json, "fork", NULL, "refaults");
	const int64_t since = vt_int(s->work, "self.minor") + vt_int(s->work, "self.major") -
			      at_fork + vt_int(s->work, "children.minor") +
			      vt_int(s->work, "children.major");

	vt_cmp(got, >=, want, "refaults of fork in mode %s", mode);
	vt_cmp(got, <=, at_fork ? since : want, "refaults of fork in mode %s", mode);
	if (want)
		vt_cmp(vt_calls_sum(s->json, "fork", NULL, "refault_ns"), >, 0,
		       "time of the refaults in mode %s", mode);
}

/* Refaults that the kernel took by itself have no duration. */
static void check_time_unknown(struct vt_scope *s)
{
	const char *call = vt_str(s->work, "call"), *advice = vt_str(s->work, "advice");
	struct json_object *row;
	size_t rows = 0;

	vt_each(row, s->json, "vmas")
	{
		if (!is_own(row, s->work) || !is_of(row, call, advice) || !vt_int(row, "refaults"))
			continue;
		vt_true(!vt_get(row, "refault_ns"));
		rows++;
	}
	vt_each(row, s->json, "refaults")
	{
		if (!is_of(row, call, advice))
			continue;
		vt_true(!vt_get(row, "fault_ns"));
		rows++;
	}
	vt_cmp(rows, >, 1, "rows of refaults");
}

/** check - @unplaced: refaults whose address no hook shows; @timed: the others have a duration */
static void check(struct vt_scope *s, int64_t unplaced, bool timed)
{
	const char *mode = vt_str(s->work, "mode");
	const int64_t want = vt_int(s->work, "refaults");

	if (!strcmp(vt_str(s->work, "call"), "fork")) {
		check_fork(s, mode);
	} else {
		vt_equal(own(s, true, "refaults") + unplaced, want, "refaults in mode %s", mode);
		if (want > unplaced && timed)
			vt_cmp(own(s, true, "refault_ns"), >, 0, "time of the refaults in mode %s",
			       mode);
		else if (want > unplaced)
			check_time_unknown(s);
	}
	vt_equal(own(s, false, "refaults"), 0, "refaults of other calls in mode %s", mode);
	vt_equal(vt_int(s->json, "lost.ranges"), 0, "ranges that were forgotten");
}

static void run(const char *mode)
{
	struct vt_scope s;

	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("refaults", mode));
	check(&s, 0, true);
	vt_scope_free(&s);
}

#define MODE(name, mode)                                                                           \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		run(mode);                                                                         \
	}

MODE(after_madvise_dontneed, "dontneed")
MODE(freed_pages_without_refaults, "free")
MODE(madvise_stops_at_a_hole, "partly")
MODE(mprotect_back_and_forth, "rights")
MODE(mprotect_adds_permissions, "grant")
MODE(mprotect_removes_permissions, "protect")
MODE(mmap_over_a_mapping, "map-over")
MODE(map_fixed_in_place, "map-fixed")
MODE(mremap_moves_pages, "dontunmap")
MODE(fork_parent_copies, "fork-parent")
MODE(fork_parent_reuses, "fork-reuse")
MODE(fork_child_copies, "fork-child")
MODE(fork_orphan_copies, "fork-orphan")
MODE(mapped_after_fork, "fork-before")
MODE(vfork_copies_nothing, "vfork")
MODE(thread_waits_for_fork, "lock")

MODE(after_writeback, "writeback")

/* As many ranges as allocators have: a page here and there, and whole arenas. */
static void many_advised_ranges(void **state)
{
	static const char *const sizes[][3] = { { "100", "17", "18" },	   { "1000", "32", "64" },
						{ "10000", "4", "8" },	   { "10", "4096", "4096" },
						{ "2", "16384", "16384" }, { "600", "1", "64" } };
	struct vt_scope s;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		vt_scope_one(&s, "shootdown", NULL,
			     VT_ARGS("refaults", "--rounds", "1", "--count", sizes[i][0], "--pages",
				     sizes[i][1], "--stride", sizes[i][2], "dontneed"));
		check(&s, 0, true);
		vt_scope_free(&s);
	}
}

/* Its iovecs are its ranges; what it asked for is what it returned. */
static void after_process_madvise(void **state)
{
	struct json_object *row;
	struct vt_scope s;
	int64_t bytes = 0;

	(void)state;
	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("refaults", "vector"));
	check(&s, 0, true);
	vt_equal(vt_calls_sum(s.json, "process_madvise", vt_str(s.work, "advice"), "bytes"),
		 vt_int(s.work, "bytes"), "bytes of process_madvise");
	vt_each(row, s.json, "vmas")
	{
		if (strcmp(vt_str(row, "call"), "process_madvise"))
			continue;
		vt_equal(strcmp(vt_str(row, "vma"), "[anon]"), 0, "VMA");
		vt_equal(vt_hex(row, "end") - vt_hex(row, "start"), (63 * 32 + 16) * 4096UL,
			 "from the first range to the end of the last");
		bytes += vt_int(row, "bytes");
	}
	vt_equal(bytes, vt_int(s.work, "bytes"), "bytes of the VMA");
	vt_scope_free(&s);
}

/* The refaults are another process's; the call, and how much it advised, are the caller's. */
static void after_process_madvise_of_another_process(void **state)
{
	struct vt_scope s;
	int64_t pid;

	(void)state;
	vt_scope_one(&s, "shootdown", VT_ARGS("--by", "process"), VT_ARGS("refaults", "other"));
	pid = vt_int(s.work, "pid");
	vt_equal(vt_calls_sum(s.json, "process_madvise", "MADV_PAGEOUT", "refaults"),
		 vt_int(s.work, "refaults"), "refaults of process_madvise");
	vt_equal(vt_rows_sum(s.json, "by_process", "process_madvise", NULL, pid, "refaults"),
		 vt_int(s.work, "refaults"), "refaults by the process that called");
	vt_equal(vt_rows_sum(s.json, "by_process", "process_madvise", NULL, pid, "bytes"),
		 vt_int(s.work, "bytes"), "bytes of process_madvise");
	vt_equal(vt_int(s.json, "lost.ranges"), 0, "ranges that were forgotten");
	print_message("# %ld refaults\n", (long)vt_int(s.work, "refaults"));
	vt_scope_free(&s);
}

/* Faults that the kernel takes by itself: with fexit their addresses are known, else how many. */
static void kernel_initiated_refaults(void **state)
{
	struct vt_scope s;
	int64_t unplaced;

	(void)state;
	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("refaults", "gup"));
	unplaced = vt_int(s.json, "lost.refaults");
	if (!strncmp(vt_str(s.json, "hooks.fault_end"), "sw-event", 8))
		vt_equal(unplaced, vt_int(s.work, "refaults"), "faults without an address");
	else
		vt_equal(unplaced, 0, "faults without an address");
	check(&s, unplaced, false);
	vt_scope_free(&s);
}

/*
 * The time of faults that waited for a fork's lock is among its refaults': at least what the thread
 * slept in its stores, at most what all that could fault then took.
 */
static void time_waiting_for_fork(void **state)
{
	struct vt_scope s;
	int64_t got;

	(void)state;
	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("forkwait"));
	got = vt_calls_sum(s.json, "fork", NULL, "refault_ns");
	vt_cmp(got, >=, vt_int(s.work, "slept_ns"), "time of refaults, %ld waits",
	       (long)vt_int(s.work, "waits"));
	vt_cmp(got, <=, vt_int(s.work, "stores_ns") + 2 * vt_int(s.work, "forks_ns"),
	       "time of refaults");
	vt_cmp(vt_calls_sum(s.json, "fork", NULL, "refaults"), >=, vt_int(s.work, "waits"),
	       "refaults");
	vt_equal(vt_int(s.json, "lost.ranges"), 0, "ranges that were forgotten");
	print_message("# %ld waits: %ld of %ld ns\n", (long)vt_int(s.work, "waits"),
		      (long)vt_int(s.work, "slept_ns"), (long)got);
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(after_madvise_dontneed),    VT_TEST(freed_pages_without_refaults),
	VT_TEST(madvise_stops_at_a_hole),   VT_TEST(many_advised_ranges),
	VT_TEST(after_process_madvise),	    VT_TEST(after_process_madvise_of_another_process),
	VT_TEST(kernel_initiated_refaults), VT_TEST(mprotect_back_and_forth),
	VT_TEST(mprotect_adds_permissions), VT_TEST(mprotect_removes_permissions),
	VT_TEST(mmap_over_a_mapping),	    VT_TEST(map_fixed_in_place),
	VT_TEST(mremap_moves_pages),	    VT_TEST(after_writeback),
	VT_TEST(fork_parent_copies),	    VT_TEST(fork_parent_reuses),
	VT_TEST(fork_child_copies),	    VT_TEST(fork_orphan_copies),
	VT_TEST(mapped_after_fork),	    VT_TEST(vfork_copies_nothing),
	VT_TEST(thread_waits_for_fork),	    VT_TEST(time_waiting_for_fork),
};

VT_MAIN(tests)
