// SPDX-License-Identifier: GPL-2.0-only
/*
 * timeline_test.c - records come out in the order of their times, when they are due, and none is
 * lost; against a sorted list, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/history/timeline.h"

/** struct item - what is put in: @n tells records of one time apart */
struct item {
	uint64_t time;
	uint64_t n;
};

static struct timeline timeline;

static int setup(void **state)
{
	(void)state;
	timeline__init(&timeline);
	timeline.hold_ns = 100;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	timeline__free(&timeline);
	return 0;
}

/* A record of @time that comes to be at @seen. */
static void add(uint64_t time, uint64_t n, uint64_t seen)
{
	const struct item item = { time, n };

	assert_int_equal(timeline__add(&timeline, &item, sizeof(item), time, seen), 0);
}

static void assert_next(uint64_t time, uint64_t n)
{
	const struct item *item = timeline__next(&timeline);

	assert_non_null(item);
	assert_int_equal(item->time, time);
	assert_int_equal(item->n, n);
}

static void assert_none_due(void)
{
	assert_null(timeline__next(&timeline));
}

static void default_hold_time(void **state)
{
	struct timeline t;

	(void)state;
	timeline__init(&t);
	assert_int_equal(t.hold_ns, 250000000);
	assert_int_equal(t.max_records, 65536);
	assert_int_equal(t.max_bytes, 16 << 20);
	assert_null(timeline__next(&t));
	timeline__end(&t);
	assert_null(timeline__next(&t));
	timeline__free(&t);
}

/* A call's record comes after those of its flushes, and begins before them. */
static void call_precedes_its_flushes(void **state)
{
	(void)state;
	add(1010, 1, 1010); /* flush */
	add(1012, 2, 1013); /* interrupt, another CPU */
	add(1000, 3, 1020); /* the call */
	add(1030, 4, 1031); /* a fault after it */
	assert_none_due();
	timeline__end(&timeline);
	assert_next(1000, 3);
	assert_next(1010, 1);
	assert_next(1012, 2);
	assert_next(1030, 4);
	assert_none_due();
	assert_int_equal(timeline.late, 0);
}

static void equal_times_keep_their_order(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 100; n++)
		add(500 + n % 3, n, 600);
	timeline__end(&timeline);
	for (uint64_t time = 0; time < 3; time++)
		for (uint64_t n = time; n < 100; n += 3)
			assert_next(500 + time, n);
	assert_none_due();
	assert_int_equal(timeline.late, 0);
}

static void records_wait_for_the_hold_time(void **state)
{
	(void)state;
	add(1000, 1, 1000);
	add(1050, 2, 1050);
	assert_none_due();
	timeline__advance(&timeline, 1099);
	assert_none_due();
	timeline__advance(&timeline, 1100);
	assert_next(1000, 1);
	assert_none_due();
	/* time does not run backwards, and nobody has to tell it: records do, by when they ended */
	timeline__advance(&timeline, 900);
	add(1060, 3, 1150);
	assert_next(1050, 2);
	assert_none_due();
	add(1200, 4, 1300);
	assert_next(1060, 3);
	assert_next(1200, 4);
	assert_none_due();
}

/* In the first moments after boot, less than a hold time has passed since 0. */
static void nothing_is_due_before_the_hold_time_has_passed_at_all(void **state)
{
	(void)state;
	add(0, 1, 99);
	assert_none_due();
	timeline__advance(&timeline, 100);
	assert_next(0, 1);
}

static void late_records_are_counted(void **state)
{
	(void)state;
	add(1000, 1, 1000);
	add(2000, 2, 2000);
	assert_next(1000, 1);
	assert_none_due();
	/* began before what went out, and lasted longer than the hold time */
	add(900, 3, 2050);
	assert_next(900, 3);
	assert_int_equal(timeline.late, 1);
	/* the same time as what went out is not late */
	add(1000, 4, 2060);
	assert_next(1000, 4);
	assert_int_equal(timeline.late, 1);
	add(999, 5, 2061);
	assert_next(999, 5);
	assert_int_equal(timeline.late, 2);
	timeline__end(&timeline);
	assert_next(2000, 2);
	assert_int_equal(timeline.late, 2);
}

static void oldest_leaves_early_above_the_count_limit(void **state)
{
	(void)state;
	timeline.max_records = 3;
	add(1003, 1, 1003);
	add(1001, 2, 1003);
	add(1002, 3, 1003);
	assert_none_due();
	add(1004, 4, 1004);
	assert_next(1001, 2);
	assert_none_due();
	add(1000, 5, 1004);
	assert_next(1000, 5);
	assert_int_equal(timeline.late, 1);
	timeline__end(&timeline);
	assert_next(1002, 3);
	assert_next(1003, 1);
	assert_next(1004, 4);
	assert_int_equal(timeline.late, 1);
}

static void oldest_leaves_early_above_the_size_limit(void **state)
{
	char large[1000] = "large";
	const char *first;

	(void)state;
	timeline.max_bytes = sizeof(large) + 2 * sizeof(struct item);
	add(1001, 1, 1001);
	add(1002, 2, 1002);
	assert_int_equal(timeline__add(&timeline, large, sizeof(large), 1000, 1003), 0);
	assert_none_due();
	add(1003, 3, 1003);
	first = timeline__next(&timeline);
	assert_non_null(first);
	assert_string_equal(first, "large");
	assert_none_due();
	assert_int_equal(timeline.bytes, 3 * sizeof(struct item));
}

/* The record is a copy: its maker may use the memory again. */
static void records_are_copied(void **state)
{
	struct item item = { 1000, 1 };

	(void)state;
	assert_int_equal(timeline__add(&timeline, &item, sizeof(item), item.time, 1000), 0);
	item = (struct item){ 7, 7 };
	timeline__end(&timeline);
	assert_next(1000, 1);
}

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

/*
 * What began at T ended, and so was emitted, at most 99 later: with a hold of 100 all come out in
 * order, and nothing waits for longer than it must.
 */
static void records_are_sorted_within_the_hold_time(void **state)
{
	uint64_t begin, given = 0, last = 0, last_n = 0;
	const struct item *item;

	(void)state;
	for (uint64_t n = 0; n < 20000; n++) {
		const uint64_t seen = 1000 + n / 4;

		begin = seen - random_below(100);
		add(begin, n, seen);
		while ((item = timeline__next(&timeline))) {
			assert_true(item->time > last || (item->time == last && item->n > last_n));
			assert_true(item->time + 100 <= seen);
			last = item->time;
			last_n = item->n;
			given++;
		}
		/* none of those that wait is older than that */
		assert_true(timeline.nr <= 4 * 200);
	}
	timeline__end(&timeline);
	while ((item = timeline__next(&timeline))) {
		assert_true(item->time >= last);
		last = item->time;
		given++;
	}
	assert_int_equal(given, 20000);
	assert_int_equal(timeline.late, 0);
	assert_int_equal(timeline.bytes, 0);
}

/* Nothing is lost where most are too late, either. */
static void no_record_is_lost(void **state)
{
	uint64_t given = 0, late = 0, last = 0, sum = 0, wanted = 0;
	const struct item *item;

	(void)state;
	timeline.max_records = 50;
	for (uint64_t n = 0; n < 20000; n++) {
		add(random_below(100000), n, 5 * n);
		wanted += n;
		if (n == 19999)
			timeline__end(&timeline);
		while ((item = timeline__next(&timeline))) {
			late += item->time < last;
			last = item->time > last ? item->time : last;
			sum += item->n;
			given++;
		}
		assert_true(timeline.nr <= 50);
	}
	assert_int_equal(given, 20000);
	assert_int_equal(sum, wanted);
	assert_int_equal(timeline.late, late);
	assert_true(late > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_hold_time),
		cmocka_unit_test_setup_teardown(call_precedes_its_flushes, setup, teardown),
		cmocka_unit_test_setup_teardown(equal_times_keep_their_order, setup, teardown),
		cmocka_unit_test_setup_teardown(records_wait_for_the_hold_time, setup, teardown),
		cmocka_unit_test_setup_teardown(
			nothing_is_due_before_the_hold_time_has_passed_at_all, setup, teardown),
		cmocka_unit_test_setup_teardown(late_records_are_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(oldest_leaves_early_above_the_count_limit, setup,
						teardown),
		cmocka_unit_test_setup_teardown(oldest_leaves_early_above_the_size_limit, setup,
						teardown),
		cmocka_unit_test_setup_teardown(records_are_copied, setup, teardown),
		cmocka_unit_test_setup_teardown(records_are_sorted_within_the_hold_time, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_record_is_lost, setup, teardown),
	};

	return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
