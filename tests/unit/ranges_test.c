// SPDX-License-Identifier: GPL-2.0-only
/*
 * ranges_test.c - which call a fault follows: by call, range, process, time, and of the last ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/history/ranges.h"

#define PAGE 4096ULL
#define BASE 0x7f0000000000ULL
#define PID 7
#define NEVER UINT64_MAX

static struct ranges ranges;

static int setup(void **state)
{
	(void)state;
	ranges__init(&ranges);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ranges__free(&ranges);
	return 0;
}

static struct vs_event_call call(enum vs_call call, uint64_t first, uint64_t second, uint64_t third)
{
	return (struct vs_event_call){
		.id = 17, .pid = PID, .call = call, .argument = { first, second, third }
	};
}

static void add(struct vs_event_call e)
{
	ranges__add(&ranges, &e);
}

static uint64_t last(uint64_t address, enum vs_cause cause, uint64_t time_ns)
{
	const struct vs_event_fault fault = { .head.time_ns = time_ns,
					      .pid = PID,
					      .address = address,
					      .cause = cause,
					      .error_code = 7 };

	return ranges__last(&ranges, &fault);
}

/** assert_last - of a first touch */
static void assert_last(uint64_t address, uint64_t id)
{
	assert_int_equal(last(address, VS_CAUSE_ANON_ZERO, NEVER), id);
}

static struct vs_event_call advise(uint64_t start, uint64_t length, uint32_t advice)
{
	struct vs_event_call e = call(VS_CALL_MADVISE, start, length, advice);

	e.detail = advice;
	return e;
}

/** protect - mprotect of a page that was @had */
static struct vs_event_call protect(uint64_t start, uint64_t had, uint64_t prot)
{
	struct vs_event_call e = call(VS_CALL_MPROTECT, start, PAGE, prot);

	e.nr_vmas = 1;
	e.vma[0].flags = had;
	return e;
}

static void range_is_whole_pages(void **state)
{
	const struct vs_event_fault other = {
		.head.time_ns = NEVER, .pid = PID + 1, .address = BASE, .cause = VS_CAUSE_ANON_ZERO
	};

	(void)state;
	add(advise(BASE, 2 * PAGE + 1, VS_MADV_DONTNEED));
	assert_last(BASE - 1, 0);
	assert_last(BASE, 17);
	assert_last(BASE + 3 * PAGE - 1, 17);
	assert_last(BASE + 3 * PAGE, 0);
	assert_int_equal(ranges__last(&ranges, &other), 0);
}

static void latest_call_before_the_fault(void **state)
{
	struct vs_event_call first = advise(BASE, 8 * PAGE, VS_MADV_DONTNEED), second = first;

	(void)state;
	first.head.time_ns = 1000;
	second.head.time_ns = 2000;
	second.id = 18;
	second.argument[1] = PAGE;
	add(first);
	add(second);
	assert_last(BASE, 18);
	assert_last(BASE + PAGE, 17);
	assert_int_equal(last(BASE, VS_CAUSE_ANON_ZERO, 1999), 17);
	assert_int_equal(last(BASE, VS_CAUSE_ANON_ZERO, 999), 0);
}

static void failed_calls_are_ignored(void **state)
{
	struct vs_event_call e = advise(BASE, PAGE, VS_MADV_DONTNEED);

	(void)state;
	e.result = -22;
	add(e);
	assert_last(BASE, 0);
}

static void madvise_counts_if_it_drops_pages(void **state)
{
	static const struct {
		uint32_t advice;
		bool drops;
		bool stores;
	} cases[] = {
		{ 0, false, false },
		{ 3, false, false },
		{ VS_MADV_DONTNEED, true, false },
		{ VS_MADV_FREE, true, false },
		{ 9, true, false },
		{ 14, false, false },
		{ 20, false, true },
		{ 21, false, true },
		{ 24, true, false },
		{ 25, false, false },
		{ 77, false, false },
		{ 102, true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		add(advise(BASE, PAGE, cases[i].advice));
		assert_last(BASE, cases[i].drops ? 17 : 0);
		assert_int_equal(last(BASE, VS_CAUSE_SWAP_IN, NEVER), cases[i].stores ? 17 : 0);
		ranges__forget(&ranges, PID);
	}
}

/* A copy, a write that is noticed, and a signal follow from mprotect; a first touch never does. */
static void mprotect_counts_if_it_removes_a_permission(void **state)
{
	(void)state;
	add(protect(BASE, VS_VM_READ | VS_VM_WRITE, VS_PROT_READ));
	assert_last(BASE, 0);
	assert_int_equal(last(BASE, VS_CAUSE_COW, NEVER), 17);
	assert_int_equal(last(BASE, VS_CAUSE_WRITE_NOTIFY, NEVER), 17);
	assert_int_equal(last(BASE, VS_CAUSE_SEGV_ACCERR, NEVER), 17);
	ranges__forget(&ranges, PID);
	add(protect(BASE, VS_VM_READ | VS_VM_EXEC, VS_PROT_READ));
	assert_int_equal(last(BASE, VS_CAUSE_SEGV_ACCERR, NEVER), 17);
	assert_int_equal(last(BASE, VS_CAUSE_COW, NEVER), 0);
	ranges__forget(&ranges, PID);
	add(protect(BASE, 0, VS_PROT_READ | VS_PROT_WRITE));
	add(protect(BASE, VS_VM_READ | VS_VM_WRITE, VS_PROT_READ | VS_PROT_WRITE));
	assert_int_equal(last(BASE, VS_CAUSE_SEGV_ACCERR, NEVER), 0);
	assert_int_equal(last(BASE, VS_CAUSE_COW, NEVER), 0);
}

/* Given back, made inaccessible, then accessible again: the pages are gone because of the first. */
static void permission_removed_and_restored(void **state)
{
	struct vs_event_call none = protect(BASE, VS_VM_READ | VS_VM_WRITE, 0);

	(void)state;
	add(advise(BASE, PAGE, VS_MADV_DONTNEED));
	none.id = 18;
	add(none);
	none = protect(BASE, 0, VS_PROT_READ | VS_PROT_WRITE);
	none.id = 19;
	add(none);
	assert_last(BASE, 17);
}

static void mapping_ends_earlier_ranges(void **state)
{
	struct vs_event_call grow = call(VS_CALL_BRK, BASE + PAGE, BASE, 0);
	struct vs_event_call moved = call(VS_CALL_MREMAP, BASE + 64 * PAGE, PAGE, PAGE);
	struct vs_event_call map = call(VS_CALL_MMAP, 0, PAGE, 0);
	const struct vs_event_call calls[] = { map, call(VS_CALL_MUNMAP, BASE, PAGE, 0), grow,
					       moved };

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct vs_event_call e = calls[i];

		e.result = e.call == VS_CALL_BRK      ? (int64_t)(BASE + PAGE)
			   : e.call == VS_CALL_MUNMAP ? 0
						      : (int64_t)BASE;
		add(advise(BASE, 2 * PAGE, VS_MADV_DONTNEED));
		assert_last(BASE, 17);
		add(e);
		assert_last(BASE, 0);
		assert_last(BASE + PAGE, 17);
		ranges__forget(&ranges, PID);
	}
}

/* In place of pages that were there it is as MADV_DONTNEED is; else it maps what nobody had. */
static void map_fixed_replaces_pages(void **state)
{
	struct vs_event_call e = call(VS_CALL_MMAP, BASE, PAGE, 0);

	(void)state;
	e.detail = VS_MMAP_FIXED;
	e.result = (int64_t)BASE;
	add(e);
	assert_last(BASE, 0);
	e.flush[VS_FLUSH_LOCAL] = 1;
	add(e);
	assert_last(BASE, 17);
}

static void mremap_dontunmap_leaves_a_range(void **state)
{
	struct vs_event_call e = call(VS_CALL_MREMAP, BASE, 4 * PAGE, 4 * PAGE);

	(void)state;
	e.result = (int64_t)(BASE + 64 * PAGE);
	add(e);
	assert_last(BASE, 0);
	e.argument[3] = 4; /* MREMAP_DONTUNMAP */
	add(e);
	assert_last(BASE + 3 * PAGE, 17);
	assert_last(BASE + 4 * PAGE, 0);
	assert_last(BASE + 64 * PAGE, 0);
}

static void calls_that_remove_no_pages(void **state)
{
	static const enum vs_call calls[] = { VS_CALL_MMAP, VS_CALL_FORK, VS_CALL_EXEC,
					      VS_CALL_EXIT, VS_CALL_PROCESS_MADVISE };

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		add(call(calls[i], BASE, PAGE, 0));
		assert_last(BASE, 0);
	}
}

static void only_the_latest_are_kept(void **state)
{
	(void)state;
	for (uint64_t i = 0; i <= RANGES_PER_PROCESS; i++) {
		struct vs_event_call e = advise(BASE + i * PAGE, PAGE, VS_MADV_DONTNEED);

		e.id = 100 + i;
		add(e);
	}
	assert_last(BASE, 0);
	for (uint64_t i = 1; i <= RANGES_PER_PROCESS; i++)
		assert_last(BASE + i * PAGE, 100 + i);
	ranges__forget(&ranges, PID);
	assert_last(BASE + PAGE, 0);
	ranges__forget(&ranges, PID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(range_is_whole_pages),
		TEST(latest_call_before_the_fault),
		TEST(failed_calls_are_ignored),
		TEST(madvise_counts_if_it_drops_pages),
		TEST(mprotect_counts_if_it_removes_a_permission),
		TEST(permission_removed_and_restored),
		TEST(mapping_ends_earlier_ranges),
		TEST(map_fixed_replaces_pages),
		TEST(mremap_dontunmap_leaves_a_range),
		TEST(calls_that_remove_no_pages),
		TEST(only_the_latest_are_kept),
	};

	return cmocka_run_group_tests_name("ranges", tests, NULL, NULL);
}
