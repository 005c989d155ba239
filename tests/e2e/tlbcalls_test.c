// SPDX-License-Identifier: GPL-2.0-only
/*
 * tlbcalls_test - each memory call's own flushes and protections: a workload for each, the kernel's
 * tracer beside it.
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

/** struct mode_run - a run of a mode, and one without a round: what the C library and ld.so do beside it */
struct mode_run {
	struct vt_shot shot;
	struct vt_scope none;
};

/** calls_of - @member of all calls of the mode's kind in @run */
static int64_t calls_of(struct mode_run *r, struct json_object *run, const char *member)
{
	const char *advice = vt_str(r->shot.s.work, "advice");

	return vt_calls_sum(run, vt_str(r->shot.s.work, "call"), *advice ? advice : NULL, member);
}

/** made - what the mode's rounds have of @member of @call: the run without a round has the rest */
static int64_t made(struct mode_run *r, const char *member)
{
	return calls_of(r, r->shot.s.json, member) - calls_of(r, r->none.json, member);
}

/*
 * The workload's own figures: what the kernel's rules say that a mode must flush, where it moved no
 * pages meanwhile. That each call has as many flushes as the tracer saw, vt_shootdown() checks.
 */
static void check_flushes(struct mode_run *r, const char *mode)
{
	struct json_object *work = r->shot.s.work;
	const int64_t flushes = vt_int(work, "flushes");
	const int64_t maybe = vt_int(work, "flushes_maybe");
	/* A flush of other CPUs has a local part: that is all of them. */
	const int64_t got = made(r, "flushes.local"), pages = made(r, "pages");

	if (maybe || !strcmp(mode, "cow")) {
		vt_cmp(got, >=, flushes, "flushes of %s", mode);
		vt_cmp(pages, >=, vt_int(work, "flushed_pages"), "pages of %s", mode);
		/* A child copies its own pages, too: how many is not known. */
		if (maybe)
			vt_cmp(got, <=, flushes + maybe, "flushes of %s", mode);
	} else {
		vt_equal(got, flushes, "flushes of %s", mode);
		vt_equal(pages, vt_int(work, "flushed_pages"), "pages of %s", mode);
	}
	vt_equal(made(r, "flushes.full"), vt_int(work, "full"), "full flushes of %s", mode);
}

static void check_figures(struct mode_run *r, const char *mode)
{
	struct json_object *work = r->shot.s.work;
	const bool moved = r->shot.moved;
	int64_t sent;

	if (vt_int(work, "calls"))
		vt_equal(made(r, "count"), vt_int(work, "calls"), "calls of %s", mode);
	if (!moved)
		check_flushes(r, mode);
	/*
	 * Whether the C library's calls flush other CPUs depends on where their thread ran before, so runs
	 * differ in that. How many interrupts there are, the tracer tells, where it sees them queued.
	 */
	sent = calls_of(r, r->shot.s.json, "flushes.remote");
	if (!moved)
		vt_cmp(sent, <=, calls_of(r, r->shot.s.json, "flushes.local"),
		       "flushes that %s sent, of all", mode);
	if (vt_cpus() == 1)
		vt_equal(sent, 0, "flushes that %s sent", mode);
	if (!sent)
		vt_equal(calls_of(r, r->shot.s.json, "interrupts"), 0, "interrupts by %s", mode);
	else if (vt_int(work, "flushes") && !vt_ftrace_has_csd())
		vt_cmp(calls_of(r, r->shot.s.json, "interrupts"), >, 0, "interrupts by %s", mode);
}

/* Both runs of @mode, with @count rounds */
static void begin_mode(struct mode_run *r, const char *mode, const char *count, const char *pages)
{
	vt_shootdown(&r->shot, NULL, VT_ARGS("tlbcalls", "--count", count, "--pages", pages, mode));
	assert_string_equal(vt_str(r->shot.s.work, "mode"), mode);
	vt_scope_one(&r->none, "shootdown", NULL,
		     VT_ARGS("tlbcalls", "--count", "0", "--pages", pages, mode));
	check_figures(r, mode);
}

static void end_mode(struct mode_run *r)
{
	vt_shootdown_free(&r->shot);
	vt_scope_free(&r->none);
}

static void run_mode(const char *mode, const char *pages)
{
	struct mode_run r;

	begin_mode(&r, mode, "300", pages);
	end_mode(&r);
}

#define MODE(name, mode)                                                                           \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		run_mode(mode, "4");                                                               \
	}

MODE(mprotect, "mprotect")
MODE(mprotect_without_change, "same")
MODE(pkey_mprotect_none, "pkey-mprotect")
MODE(munmap, "munmap")
MODE(munmap_of_untouched_memory, "munmap-untouched")
MODE(mmap_fixed, "mmap-fixed")
MODE(madv_dontneed, "dontneed")
MODE(madv_free, "free")
MODE(madv_willneed, "willneed")
MODE(process_madvise_cold, "process-madvise")
MODE(mremap, "mremap")
MODE(brk, "brk")
MODE(fork_write_protects, "fork")
MODE(copy_on_write, "cow")
MODE(truncated_file, "truncate")
MODE(userfaultfd_writeprotect, "uffd")
MODE(msync_writeback, "msync")

/* Above 33 pages the kernel flushes everything instead (tlb_single_page_flush_ceiling). */
static void many_pages_flush_everything(void **state)
{
	(void)state;
	run_mode("mprotect", "33");
	run_mode("mprotect", "34");
	run_mode("dontneed", "34");
}

/* The advice has rows of its own, and so has a mapping at a fixed address. */
static void advice_has_separate_rows(void **state)
{
	struct json_object *row;
	struct vt_shot shot;
	int64_t fixed = 0, free_count;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("tlbcalls", "--count", "300", "mmap-fixed"));
	vt_each(row, shot.s.json,
		"calls") if (!strcmp(vt_str(row, "call"), "mmap") && vt_bool(row, "fixed"))
		fixed += vt_int(row, "flushes.local");
	if (!shot.moved)
		vt_equal(fixed, 300, "flushes of mmap at a fixed address");
	vt_shootdown_free(&shot);
	vt_shootdown(&shot, NULL, VT_ARGS("tlbcalls", "--count", "300", "free"));
	free_count = vt_calls_sum(shot.s.json, "madvise", "MADV_FREE", "count");
	vt_equal(free_count, 300, "MADV_FREE");
	vt_cmp(vt_calls_sum(shot.s.json, "madvise", NULL, "count"), >, free_count,
	       "all of madvise: a thread's end gives its stack back by MADV_DONTNEED");
	if (!shot.moved)
		vt_equal(vt_calls_sum(shot.s.json, "madvise", "MADV_FREE", "flushes.local"), 300,
			 "flushes of MADV_FREE");
	vt_shootdown_free(&shot);
}

static void writable_and_executable(void **state)
{
	struct mode_run r;

	(void)state;
	begin_mode(&r, "wx-flip", "100", "4");
	vt_equal(vt_calls_sum(r.shot.s.json, "mprotect", NULL, "wx.flips"), 100, "flips");
	vt_equal(vt_calls_sum(r.shot.s.json, "mprotect", NULL, "wx.both"), 0, "both at once");
	end_mode(&r);
	begin_mode(&r, "wx-both", "100", "4");
	vt_equal(vt_calls_sum(r.shot.s.json, "mprotect", NULL, "wx.flips"), 0, "flips");
	vt_equal(vt_calls_sum(r.shot.s.json, "mprotect", NULL, "wx.both"), 100, "both at once");
	end_mode(&r);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(mprotect),
	VT_TEST(mprotect_without_change),
	VT_TEST(pkey_mprotect_none),
	VT_TEST(munmap),
	VT_TEST(munmap_of_untouched_memory),
	VT_TEST(mmap_fixed),
	VT_TEST(madv_dontneed),
	VT_TEST(madv_free),
	VT_TEST(madv_willneed),
	VT_TEST(process_madvise_cold),
	VT_TEST(mremap),
	VT_TEST(brk),
	VT_TEST(fork_write_protects),
	VT_TEST(copy_on_write),
	VT_TEST(truncated_file),
	VT_TEST(userfaultfd_writeprotect),
	VT_TEST(msync_writeback),
	VT_TEST(many_pages_flush_everything),
	VT_TEST(advice_has_separate_rows),
	VT_TEST(writable_and_executable),
};

VT_MAIN(tests)
