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

/* What libc and ld.so do beside the workload, at most. */
#define BESIDE 40

/*
 * The workload's own figures: what the kernel's rules say that a mode must flush, where it moved no
 * pages meanwhile. That each call has as many flushes as the tracer saw, vt_shootdown() checks.
 */
static void check_flushes(struct vt_shot *shot, const char *mode)
{
	struct json_object *json = shot->s.json, *work = shot->s.work;
	const char *call = vt_str(work, "call"), *advice = vt_str(work, "advice");
	int64_t flushes = vt_int(work, "flushes");
	int64_t most = flushes + vt_int(work, "flushes_maybe") + BESIDE;
	int64_t got, pages, full;

	if (!*advice)
		advice = NULL;
	/* A flush of other CPUs has a local part: that is all of them. */
	got = vt_calls_sum(json, call, advice, "flushes.local");
	pages = vt_calls_sum(json, call, advice, "pages");
	full = vt_calls_sum(json, call, advice, "flushes.full");
	vt_cmp(got, >=, flushes, "flushes of %s", mode);
	vt_cmp(pages, >=, vt_int(work, "flushed_pages"), "pages of %s", mode);
	vt_cmp(full, >=, vt_int(work, "full"), "full flushes of %s", mode);
	/* A child copies its own pages, too: how many is not known. */
	if (strcmp(call, "cow")) {
		vt_cmp(got, <=, most, "flushes of %s", mode);
		vt_cmp(pages, <=, vt_int(work, "flushed_pages") + 4 * most, "pages of %s", mode);
		vt_cmp(full, <=, vt_int(work, "full") + BESIDE, "full flushes of %s", mode);
	}
}

static void check_figures(struct vt_shot *shot, const char *mode)
{
	struct json_object *json = shot->s.json, *work = shot->s.work;
	const char *call = vt_str(work, "call"), *advice = vt_str(work, "advice");
	int64_t calls = vt_int(work, "calls"), flushes = vt_int(work, "flushes"), got;

	if (!*advice)
		advice = NULL;
	if (calls) {
		got = vt_calls_sum(json, call, advice, "count");
		vt_cmp(got, >=, calls, "calls of %s", mode);
		vt_cmp(got, <=, calls + BESIDE, "calls of %s", mode);
	}
	if (!shot->moved)
		check_flushes(shot, mode);
	vt_cmp(vt_calls_sum(json, call, advice, "flushes.remote"), <=,
	       vt_calls_sum(json, call, advice, "flushes.local"), "flushes that %s sent, of all",
	       mode);
	got = vt_calls_sum(json, call, advice, "interrupts");
	if ((!flushes && !shot->moved) || vt_cpus() == 1)
		vt_equal(got, 0, "interrupts by %s", mode);
	/* else as many as the tracer saw queued: none where the other thread was never there */
	else if (!vt_ftrace_has_csd())
		vt_cmp(got, >, 0, "interrupts by %s", mode);
}

static void run_mode(const char *mode, const char *pages)
{
	struct vt_shot shot;

	vt_shootdown(&shot, NULL, VT_ARGS("tlbcalls", "--count", "300", "--pages", pages, mode));
	vt_equal(strcmp(vt_str(shot.s.work, "mode"), mode), 0, "mode");
	check_figures(&shot, mode);
	vt_shootdown_free(&shot);
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

/* /tmp may be a tmpfs, which is never written back. */
static void msync_writeback(void **state)
{
	struct vt_cmd df;

	(void)state;
	vt_run(&df, NULL, VT_ARGS("stat", "-f", "-c", "%T", "/var/tmp"));
	vt_equal(df.exit, 0, "stat's exit status");
	vt_true(!strstr(df.out, "tmpfs"));
	vt_free(&df);
	setenv("TMPDIR", "/var/tmp", 1);
	run_mode("msync", "4");
	unsetenv("TMPDIR");
}

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
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("tlbcalls", "--count", "100", "wx-flip"));
	check_figures(&shot, "wx-flip");
	vt_equal(vt_calls_sum(shot.s.json, "mprotect", NULL, "wx.flips"), 100, "flips");
	vt_equal(vt_calls_sum(shot.s.json, "mprotect", NULL, "wx.both"), 0, "both at once");
	vt_shootdown_free(&shot);
	vt_shootdown(&shot, NULL, VT_ARGS("tlbcalls", "--count", "100", "wx-both"));
	check_figures(&shot, "wx-both");
	vt_equal(vt_calls_sum(shot.s.json, "mprotect", NULL, "wx.flips"), 0, "flips");
	vt_equal(vt_calls_sum(shot.s.json, "mprotect", NULL, "wx.both"), 100, "both at once");
	vt_shootdown_free(&shot);
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
