// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads_test.c - the table of threads, its bound, and the rows made of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/threads.h"
#include "view/faults/threads.h"

static struct threads threads;

static int set_up(void **state)
{
	(void)state;
	threads__init(&threads);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	threads__free(&threads);
	return 0;
}

static void update(uint32_t tid, uint64_t since_ns, uint64_t until_ns, uint64_t fault_ns)
{
	struct vs_thread t = {
		.pid = tid / 10 * 10,
		.tid = tid,
		.faults = fault_ns / 100,
		.fault_ns = fault_ns,
		.since_ns = since_ns,
		.until_ns = until_ns,
	};

	snprintf(t.comm, sizeof(t.comm), "t%u", tid);
	threads__update(&threads, &t);
}

static const struct vs_thread *find(uint32_t tid, uint64_t since_ns)
{
	for (size_t i = 0; i < threads.nr; i++)
		if (threads.list[i]->tid == tid && threads.list[i]->since_ns == since_ns)
			return threads.list[i];
	return NULL;
}

static void latest_state_replaces(void **state)
{
	(void)state;
	update(11, 1000, 0, 100);
	update(12, 1000, 0, 200);
	update(11, 1000, 0, 300);
	update(11, 1000, 5000, 400);
	assert_int_equal(threads.nr, 2);
	assert_int_equal(find(11, 1000)->fault_ns, 400);
	assert_int_equal(find(11, 1000)->until_ns, 5000);
	assert_int_equal(find(12, 1000)->fault_ns, 200);
}

/* The kernel gives thread ids again: a later thread of the same id is another one. */
static void reused_thread_ids(void **state)
{
	(void)state;
	update(11, 1000, 2000, 100);
	update(11, 3000, 0, 50);
	assert_int_equal(threads.nr, 2);
	assert_int_equal(find(11, 1000)->fault_ns, 100);
	assert_int_equal(find(11, 3000)->fault_ns, 50);
}

/* Ended threads in any order of time, three times as many as are kept. */
static void exited_with_least_time_are_dropped_first(void **state)
{
	const uint32_t n = 3 * THREADS_MAX;
	uint64_t total = 0, kept = 0;

	(void)state;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t ns = (uint64_t)i * 7919 % n * 100 + 1;

		update(i + 1, 1000, 2000, ns);
		total += ns;
	}
	assert_true(threads.nr <= THREADS_MAX);
	assert_true(threads.nr >= THREADS_MAX / 2);
	assert_int_equal(threads.nr + threads.dropped, n);
	for (size_t i = 0; i < threads.nr; i++)
		kept += threads.list[i]->fault_ns;
	assert_int_equal(kept + threads.dropped_ns, total);
	for (uint32_t i = 0; i < n; i++) /* those that spent most are all there */
		if ((uint64_t)i * 7919 % n >= n - THREADS_MAX / 4)
			assert_non_null(find(i + 1, 1000));
}

/* Who still runs will be told of again, so it is never dropped, however little it spent. */
static void running_threads_are_kept(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= 100; i++)
		update(i, 1000, 0, i);
	for (uint32_t i = 101; i <= 2 * THREADS_MAX; i++)
		update(i, 1000, 2000, 1000000 + i);
	for (uint32_t i = 1; i <= 100; i++)
		assert_non_null(find(i, 1000));
	assert_true(threads.nr <= THREADS_MAX);
	assert_true(threads.dropped > 0);
}

/* More that run than are to be kept: all are, and the list stays whole when some end. */
static void running_threads_may_exceed_the_bound(void **state)
{
	const uint32_t n = THREADS_MAX + 50;

	(void)state;
	for (uint32_t i = 1; i <= n; i++)
		update(i, 1000, 0, i);
	assert_int_equal(threads.nr, n);
	assert_int_equal(threads.dropped, 0);
	for (uint32_t i = 1; i <= n; i++)
		update(i, 1000, 2000, i);
	update(n + 1, 1000, 0, 1);
	assert_int_equal(threads.nr + threads.dropped, n + 1);
	assert_true(threads.nr <= THREADS_MAX);
	assert_non_null(find(n + 1, 1000));
	assert_non_null(find(n, 1000));
	assert_null(find(1, 1000));
	for (uint32_t i = 1; i <= 3 * THREADS_MAX; i++)
		update(n + 1 + i, 3000, 0, i);
	assert_non_null(find(n + 2, 3000));
}

/* Among many that run, those that have ended are still bounded. */
static void exited_threads_are_bounded(void **state)
{
	const uint32_t living = 3 * THREADS_MAX, nr = 20 * THREADS_MAX;
	size_t ended = 0;

	(void)state;
	for (uint32_t i = 1; i <= living; i++)
		update(i, 1000, 0, i);
	for (uint32_t i = living + 1; i <= living + nr; i++)
		update(i, 1000, 2000, i);
	assert_int_equal(threads.alive, living);
	assert_int_equal(threads.nr + threads.dropped, living + nr);
	for (size_t i = 0; i < threads.nr; i++)
		ended += threads.list[i]->until_ns != 0;
	assert_int_equal(threads.nr - ended, living);
	/* THREADS_MAX / 2 and a third of that and of those that live, until they are worth sorting */
	assert_true(ended <= (4 * (THREADS_MAX / 2) + living) / 3 + 1);
	/* all that have ended are no longer kept for being alive */
	for (uint32_t i = 1; i <= living; i++)
		update(i, 1000, 2000, i);
	assert_int_equal(threads.alive, 0);
	update(living + nr + 1, 1000, 2000, 1);
	assert_true(threads.nr <= THREADS_MAX);
}

static void assert_share(uint64_t since, uint64_t until, uint64_t start, uint64_t end,
			 uint64_t fault_ns, double want)
{
	struct vs_thread t = { .since_ns = since, .until_ns = until, .fault_ns = fault_ns };
	double got = thread_share(&t, start, end);

	assert_true(got > want - 1e-9);
	assert_true(got < want + 1e-9);
}

static void share_of_time(void **state)
{
	(void)state;
	assert_share(2000, 4000, 1000, 9000, 500, 0.25); /* lived within the run */
	assert_share(500, 4000, 2000, 9000, 500, 0.25);	 /* began before it */
	assert_share(2000, 0, 1000, 4000, 500, 0.25);	 /* lives on */
	assert_share(500, 0, 1000, 3000, 500, 0.25);
	assert_share(2000, 9000, 1000, 4000, 500, 0.25); /* learnt of after its end */
	assert_share(2000, 4000, 1000, 9000, 0, 0);
	assert_share(2000, 4000, 1000, 9000, 2001, 1); /* never more than all of it */
	assert_share(2000, 2000, 1000, 9000, 10, 0);   /* no time at all */
	assert_share(9500, 0, 1000, 9000, 10, 0);
}

static uint64_t u64(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table__cell(t, row, key);

	assert_true(c->known);
	return c->u64;
}

static void rows_are_sorted(void **state)
{
	struct table *t;

	(void)state;
	update(11, 1000, 3000, 500);
	update(22, 2000, 0, 2000);
	update(13, 500, 6000, 900);
	t = threads_view__make(&threads, 1000, 6000, false, 0);
	assert_non_null(t);
	assert_int_equal(t->nr_rows, 3);
	assert_true(t->def->json_only);
	assert_string_equal(t->def->key, "threads");
	assert_int_equal(u64(t, 0, "tid"), 22);
	assert_int_equal(u64(t, 0, "pid"), 20);
	assert_int_equal(u64(t, 0, "fault_ns"), 2000);
	assert_int_equal(u64(t, 0, "faults"), 20);
	assert_int_equal(u64(t, 0, "lived_ns"), 4000);
	assert_false(table__cell(t, 0, "exited")->b);
	assert_true(table__cell(t, 0, "share_percent")->f64 > 49.999);
	assert_true(table__cell(t, 0, "share_percent")->f64 < 50.001);
	assert_string_equal(table__cell(t, 0, "comm")->str, "t22");
	assert_int_equal(u64(t, 1, "tid"), 13);
	assert_int_equal(u64(t, 1, "lived_ns"), 5000);
	assert_int_equal(u64(t, 2, "tid"), 11);
	assert_true(table__cell(t, 2, "exited")->b);
	assert_int_equal(u64(t, 2, "lived_ns"), 2000);
	table__free(t);
}

/* A fault in flight counts in intervals alone: a thread that has no other gets no row of the run. */
static void a_fault_in_flight_is_no_row(void **state)
{
	const struct vs_thread flying = { .tid = 1, .so_far_ns = 500, .since_ns = 1000 };
	struct table *t;

	(void)state;
	update(22, 2000, 0, 2000);
	threads__update(&threads, &flying);
	t = threads_view__make(&threads, 1000, 6000, false, 0);
	assert_int_equal(t->nr_rows, 1);
	assert_int_equal(u64(t, 0, "tid"), 22);
	table__free(t);
	threads.so_far = true;
	threads__update(&threads, &flying);
	t = threads_view__make(&threads, 1000, 6000, false, 0);
	assert_int_equal(t->nr_rows, 2);
	assert_int_equal(u64(t, 1, "tid"), 1);
	assert_int_equal(u64(t, 1, "fault_ns"), 500);
	table__free(t);
}

static void text_respects_the_row_limit(void **state)
{
	struct table *t;

	(void)state;
	for (uint32_t i = 1; i <= 30; i++)
		update(i, 1000, 0, i);
	t = threads_view__make(&threads, 1000, 2000, true, 5);
	assert_non_null(t);
	assert_false(t->def->json_only);
	assert_int_equal(t->nr_rows, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(u64(t, i, "tid"), 30 - i);
	table__free(t);
}

static void no_threads(void **state)
{
	struct table *t = threads_view__make(&threads, 1000, 2000, true, 5);

	(void)state;
	assert_non_null(t);
	assert_int_equal(t->nr_rows, 0);
	table__free(t);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(latest_state_replaces),
		TEST(reused_thread_ids),
		TEST(exited_with_least_time_are_dropped_first),
		TEST(running_threads_are_kept),
		TEST(exited_threads_are_bounded),
		TEST(running_threads_may_exceed_the_bound),
		TEST(share_of_time),
		TEST(rows_are_sorted),
		TEST(a_fault_in_flight_is_no_row),
		TEST(text_respects_the_row_limit),
		TEST(no_threads),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
