// SPDX-License-Identifier: GPL-2.0-only
/*
 * hist_test.c - latency histograms: buckets, quantiles and their error, intervals.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/hist.h"

/** The greatest latency that has a bucket of its own kind; above it, the last bucket takes all. */
#define HIGHEST hist__low(VS_HIST_BUCKETS)

static void put(struct vs_hist *h, uint64_t ns)
{
	h->bucket[hist__bucket(ns)]++;
	h->sum_ns += ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
}

static void buckets_are_contiguous(void **state)
{
	(void)state;
	assert_int_equal(hist__low(0), 0);
	for (unsigned int i = 0; i < VS_HIST_BUCKETS; i++) {
		const uint64_t low = hist__low(i), next = hist__low(i + 1);

		assert_true(next > low);
		assert_int_equal(hist__bucket(low), i);
		assert_int_equal(hist__bucket(low + (next - low) / 2), i);
		assert_int_equal(hist__bucket(next - 1), i);
		if (i + 1 < VS_HIST_BUCKETS)
			assert_int_equal(hist__bucket(next), i + 1);
	}
	assert_int_equal(HIGHEST, 1ULL << 38);
}

static void every_latency_has_a_bucket(void **state)
{
	(void)state;
	for (uint64_t ns = 0; ns < 100000; ns++) {
		const unsigned int i = hist__bucket(ns);

		assert_true(hist__low(i) <= ns && ns < hist__low(i + 1));
	}
	assert_int_equal(hist__bucket(HIGHEST), VS_HIST_BUCKETS - 1);
	assert_int_equal(hist__bucket(1ULL << 63), VS_HIST_BUCKETS - 1);
	assert_int_equal(hist__bucket(UINT64_MAX), VS_HIST_BUCKETS - 1);
}

/* events.h: a quantile errs by 1/8 at most; hist.h: by 1/16, as it is the middle of its bucket */
static void quantile_error_is_bounded(void **state)
{
	(void)state;
	for (uint64_t ns = 1; ns < HIGHEST; ns += ns / 37 + 1) {
		struct vs_hist h = {};
		uint64_t told, error;

		put(&h, ns);
		told = hist__quantile(&h, 0.5);
		error = told > ns ? told - ns : ns - told;
		if (error * 16 > ns)
			fail_msg("%llu ns is told as %llu ns", (unsigned long long)ns,
				 (unsigned long long)told);
	}
}

static void quantiles_of_known_values(void **state)
{
	static const struct {
		double q;
		uint64_t rank;
	} cases[] = {
		{ 0, 1 },      { 0.0001, 1 },  { 0.25, 2500 },	{ 0.5, 5000 },
		{ 0.9, 9000 }, { 0.99, 9900 }, { 0.999, 9990 }, { 1, 10000 },
	};
	struct vs_hist h = {};

	(void)state;
	/* 100 ns, 200 ns, … 1 ms: the n-th is n * 100 ns */
	for (uint64_t n = 1; n <= 10000; n++)
		put(&h, n * 100);
	assert_int_equal(hist__count(&h), 10000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const unsigned int bucket = hist__bucket(cases[i].rank * 100);
		const uint64_t low = hist__low(bucket), next = hist__low(bucket + 1);

		assert_int_equal(hist__quantile(&h, cases[i].q), low + (next - low) / 2);
	}
}

/* The rank is rounded up: of two, the first is half of them, and anything above is the second. */
static void quantiles_of_two_values(void **state)
{
	struct vs_hist h = {};

	(void)state;
	put(&h, 3);
	put(&h, 5);
	assert_int_equal(hist__quantile(&h, 0), 3);
	assert_int_equal(hist__quantile(&h, 0.5), 3);
	assert_int_equal(hist__quantile(&h, 0.51), 5);
	assert_int_equal(hist__quantile(&h, 1), 5);
}

static void empty_histogram(void **state)
{
	const struct vs_hist h = {};

	(void)state;
	assert_int_equal(hist__count(&h), 0);
	assert_int_equal(hist__quantile(&h, 0.5), 0);
}

static void add_sums_and_takes_the_maximum(void **state)
{
	struct vs_hist a = {}, b = {};

	(void)state;
	put(&a, 7);
	put(&a, 1000);
	put(&b, 7);
	put(&b, 500);
	hist__add(&a, &b);
	assert_int_equal(hist__count(&a), 4);
	assert_int_equal(a.bucket[7], 2);
	assert_int_equal(a.sum_ns, 1514);
	assert_int_equal(a.max_ns, 1000);
	put(&b, 9999);
	hist__add(&a, &b);
	assert_int_equal(a.max_ns, 9999);
}

static void interval_is_the_difference_to_the_mark(void **state)
{
	struct vs_hist sum = {};
	struct latency l = {};

	(void)state;
	put(&l.hist, 100);
	l.hist.runqueue_ns = 20;
	l.hist.blocked_ns = 70;
	l.hist.unsplit_ns = 1;
	latency__mark(&l);
	put(&l.hist, 5);
	put(&l.hist, 5);
	l.hist.runqueue_ns = 23;
	l.hist.blocked_ns = 74;
	l.hist.unsplit_ns = 6;
	latency__add(&sum, &l, true);
	assert_int_equal(sum.runqueue_ns, 3);
	assert_int_equal(sum.blocked_ns, 4);
	assert_int_equal(sum.unsplit_ns, 5);
	assert_int_equal(hist__count(&sum), 2);
	assert_int_equal(sum.bucket[5], 2);
	assert_int_equal(sum.sum_ns, 10);
	memset(&sum, 0, sizeof(sum));
	latency__add(&sum, &l, false);
	assert_int_equal(hist__count(&sum), 3);
	assert_int_equal(sum.sum_ns, 110);
	assert_int_equal(sum.runqueue_ns, 23);
	assert_int_equal(sum.blocked_ns, 74);
	assert_int_equal(sum.unsplit_ns, 6);
}

static void restart_keeps_earlier_counts(void **state)
{
	struct latency l = {};

	(void)state;
	put(&l.ended, 4);
	put(&l.hist, 4);
	put(&l.hist, 6);
	latency__restart(&l);
	assert_int_equal(hist__count(&l.hist), 1);
	assert_int_equal(l.hist.bucket[4], 1);
}

/* A latency is added to sum and bucket first, and the maximum may be read in between. */
static void maximum_is_at_least_the_mean(void **state)
{
	struct latency l = { 0 };
	struct vs_hist sum = { 0 };

	(void)state;
	put(&l.hist, 9000);
	latency__mark(&l);
	l.hist.bucket[hist__bucket(3331)] += 2;
	l.hist.sum_ns += 2 * 3331 + 1;
	latency__add(&sum, &l, true);
	assert_true(sum.max_ns >= 3332);
	assert_int_equal(latency__longest(3196, 2 * 3331 + 1, 2), 3332);
	assert_int_equal(latency__longest(4000, 2 * 3331, 2), 4000);
	assert_int_equal(latency__longest(0, 0, 0), 0);
}

static void quantiles_without_data(void **state)
{
	struct vs_hist sum = {};

	(void)state;
	latency__mark(NULL);
	latency__restart(NULL);
	latency__add(&sum, NULL, true);
	assert_int_equal(hist__count(&sum), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_are_contiguous),
		cmocka_unit_test(every_latency_has_a_bucket),
		cmocka_unit_test(quantile_error_is_bounded),
		cmocka_unit_test(quantiles_of_known_values),
		cmocka_unit_test(quantiles_of_two_values),
		cmocka_unit_test(empty_histogram),
		cmocka_unit_test(add_sums_and_takes_the_maximum),
		cmocka_unit_test(interval_is_the_difference_to_the_mark),
		cmocka_unit_test(restart_keeps_earlier_counts),
		cmocka_unit_test(maximum_is_at_least_the_mean),
		cmocka_unit_test(quantiles_without_data),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
