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

#include "model/ranges.h"

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

static void assert_last(uint64_t address, uint64_t id)
{
	assert_int_equal(ranges__last(&ranges, PID, address, NEVER), id);
}

static void a_range_is_in_whole_pages(void **state)
{
	(void)state;
	add(call(VS_CALL_MPROTECT, BASE, 2 * PAGE + 1, 1));
	assert_last(BASE - 1, 0);
	assert_last(BASE, 17);
	assert_last(BASE + 3 * PAGE - 1, 17);
	assert_last(BASE + 3 * PAGE, 0);
	assert_int_equal(ranges__last(&ranges, PID + 1, BASE, NEVER), 0);
}

static void the_latest_call_counts_and_none_that_came_later(void **state)
{
	struct vs_event_call first = call(VS_CALL_MUNMAP, BASE, 8 * PAGE, 0), second = first;

	(void)state;
	first.head.time_ns = 1000;
	second.head.time_ns = 2000;
	second.id = 18;
	second.argument[1] = PAGE;
	add(first);
	add(second);
	assert_last(BASE, 18);
	assert_last(BASE + PAGE, 17);
	assert_int_equal(ranges__last(&ranges, PID, BASE, 1999), 17);
	assert_int_equal(ranges__last(&ranges, PID, BASE, 999), 0);
}

static void failed_calls_change_nothing(void **state)
{
	struct vs_event_call e = call(VS_CALL_MPROTECT, BASE, PAGE, 1);

	(void)state;
	e.result = -12;
	add(e);
	assert_last(BASE, 0);
}

static void advice_counts_if_it_drops_pages(void **state)
{
	static const struct {
		uint32_t advice;
		bool drops;
	} cases[] = { { 0, false },	      { 3, false }, { VS_MADV_DONTNEED, true },
		      { VS_MADV_FREE, true }, { 9, true },  { 14, false },
		      { 20, true },	      { 21, true }, { 24, true },
		      { 25, false },	      { 77, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct vs_event_call e = call(VS_CALL_MADVISE, BASE, PAGE, cases[i].advice);

		e.detail = cases[i].advice;
		add(e);
		assert_last(BASE, cases[i].drops ? 17 : 0);
		ranges__forget(&ranges, PID);
	}
}

static void a_heap_that_shrinks(void **state)
{
	/* the second one is where the break was */
	struct vs_event_call grow = call(VS_CALL_BRK, BASE + 8 * PAGE, BASE, 0);
	struct vs_event_call shrink = call(VS_CALL_BRK, BASE + 2 * PAGE + 8, BASE + 8 * PAGE, 0);

	(void)state;
	grow.result = (int64_t)grow.argument[0];
	shrink.result = (int64_t)shrink.argument[0];
	add(grow);
	assert_last(BASE, 0);
	add(shrink);
	assert_last(BASE + 3 * PAGE - 1, 0);
	assert_last(BASE + 3 * PAGE, 17);
	assert_last(BASE + 8 * PAGE - 1, 17);
	assert_last(BASE + 8 * PAGE, 0);
}

static void what_mremap_leaves(void **state)
{
	struct vs_event_call e = call(VS_CALL_MREMAP, BASE, 4 * PAGE, 2 * PAGE);

	(void)state;
	e.result = (int64_t)BASE; /* cut off in place */
	add(e);
	assert_last(BASE + 2 * PAGE - 1, 0);
	assert_last(BASE + 2 * PAGE, 17);
	ranges__forget(&ranges, PID);
	e.argument[2] = 8 * PAGE; /* grown in place */
	add(e);
	assert_last(BASE, 0);
	assert_last(BASE + 5 * PAGE, 0);
	e.result = (int64_t)(BASE + 64 * PAGE); /* moved */
	add(e);
	assert_last(BASE, 17);
	assert_last(BASE + 4 * PAGE, 0);
}

static void calls_that_take_nothing_away(void **state)
{
	static const enum vs_call calls[] = { VS_CALL_MMAP, VS_CALL_FORK, VS_CALL_EXEC,
					      VS_CALL_EXIT, VS_CALL_PROCESS_MADVISE };

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct vs_event_call e = call(calls[i], BASE, PAGE, 0);

		e.detail = VS_MMAP_FIXED;
		add(e);
		assert_last(BASE, 0);
	}
}

static void only_the_last_ones_are_kept(void **state)
{
	(void)state;
	for (uint64_t i = 0; i <= RANGES_PER_PROCESS; i++) {
		struct vs_event_call e = call(VS_CALL_MUNMAP, BASE + i * PAGE, PAGE, 0);

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_range_is_in_whole_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(the_latest_call_counts_and_none_that_came_later,
						setup, teardown),
		cmocka_unit_test_setup_teardown(failed_calls_change_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(advice_counts_if_it_drops_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(a_heap_that_shrinks, setup, teardown),
		cmocka_unit_test_setup_teardown(what_mremap_leaves, setup, teardown),
		cmocka_unit_test_setup_teardown(calls_that_take_nothing_away, setup, teardown),
		cmocka_unit_test_setup_teardown(only_the_last_ones_are_kept, setup, teardown),
	};

	return cmocka_run_group_tests_name("ranges", tests, NULL, NULL);
}
