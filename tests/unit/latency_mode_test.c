// SPDX-License-Identifier: GPL-2.0-only
/* latency_mode_test.c - the error of sampled latencies, and what documents say of the mode. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/hist.h"
#include "view/common/latency_mode.h"
#include "view/common/stat_cells.h"

#define PERIOD 61

static const struct vs_hist none;

/** add - @samples of @ns each, of weight @weight */
static void add(struct vs_hist *h, uint64_t ns, uint64_t samples, uint64_t weight)
{
	h->bucket[hist__bucket(ns)] += samples * weight;
	h->sum_ns += ns * samples * weight;
	if (ns > h->max_ns)
		h->max_ns = ns;
}

/* The standard deviation of a number that was counted by sampling: that of n samples is √n. */
static void error_of_equal_latencies(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 1000000; n *= 10) {
		struct vs_hist h = {};
		const double want = 196 / sqrt(n) * sqrt(1 - 1.0 / PERIOD);
		double got;

		add(&h, 1000, n, PERIOD);
		got = latency_error(&h, &none, PERIOD).time_percent;
		/* the middle of the bucket stands for the latency */
		assert_true(fabs(got - want) <= want / 16);
	}
}

/* Those that are all measured have no error, however long they are. */
static void major_faults_add_no_error(void **state)
{
	struct vs_hist all = {}, exact = {};
	struct latency_error few, with;

	(void)state;
	add(&all, 1000, 10000, PERIOD);
	few = latency_error(&all, &none, PERIOD);
	add(&exact, 10000000, 50, 1);
	add(&all, 10000000, 50, 1);
	with = latency_error(&all, &exact, PERIOD);
	assert_true(with.time_percent < few.time_percent);
	/* as a share of a larger sum, it is smaller */
	assert_true(fabs(with.time_percent * all.sum_ns -
			 few.time_percent * (all.sum_ns - exact.sum_ns)) < all.sum_ns / 1000.0);
	assert_true(latency_error(&all, &none, PERIOD).time_percent > with.time_percent);
}

static void quantile_is_within_its_bounds(void **state)
{
	struct vs_hist h = {};
	struct latency_error e;

	(void)state;
	for (uint64_t i = 1; i <= 10000; i++)
		add(&h, 100 * i, 1, PERIOD);
	e = latency_error(&h, &none, PERIOD);
	/* 1.96 * √(0.99 * 0.01 / 10000) = 0.00195 */
	assert_in_range(e.p99_least, 988000 * 15 / 16, 988100 * 17 / 16);
	assert_in_range(e.p99_most, 991900 * 15 / 16, 1000000);
	assert_true(e.p99_least <= latency_quantile(&h, 0.99));
	assert_true(e.p99_most >= latency_quantile(&h, 0.99));
}

/* With few samples, one that is longer than all of them may have been missed. */
static void few_samples_do_not_bound_a_high_quantile(void **state)
{
	struct vs_hist h = {};
	struct latency_error e;

	(void)state;
	e = latency_error(&none, &none, PERIOD);
	assert_true(e.time_percent < 0);
	assert_int_equal(e.p99_least, 0);
	add(&h, 1000, 100, PERIOD);
	e = latency_error(&h, &none, PERIOD);
	assert_int_equal(e.p99_most, 0);
	assert_true(e.p99_least > 0);
	memset(&h, 0, sizeof(h));
	add(&h, 1000, 10000, PERIOD);
	assert_true(latency_error(&h, &none, PERIOD).p99_most > 0);
}

static const struct cell *cell_of(struct document *d, const char *key)
{
	assert_int_equal(d->nr_tables, 1);
	assert_string_equal(d->tables[0]->def->key, "latency_mode");
	return table__cell(d->tables[0], 0, key);
}

static void documents_have_the_mode(void **state)
{
	static const struct {
		uint32_t period;
		const char *name;
	} modes[] = { { 0, "off" }, { 1, "every" }, { 2, "sample" }, { 61, "sample" } };
	const struct latency_error error = { .samples = 7, .time_percent = 5, .p99_least = 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		const struct run_facts run = { .latency_period = modes[i].period };
		const bool sampled = modes[i].period > 1;
		struct document d = {};

		latency_mode__add(&run, &error, &d);
		assert_string_equal(cell_of(&d, "mode")->str, modes[i].name);
		assert_int_equal(cell_of(&d, "period")->known, modes[i].period > 0);
		assert_int_equal(cell_of(&d, "samples")->known, sampled);
		assert_int_equal(cell_of(&d, "time_error_percent")->known, sampled);
		assert_int_equal(cell_of(&d, "p99_least_ns")->known, sampled);
		assert_false(cell_of(&d, "p99_most_ns")->known);
		document__free(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(error_of_equal_latencies),
		cmocka_unit_test(major_faults_add_no_error),
		cmocka_unit_test(quantile_is_within_its_bounds),
		cmocka_unit_test(few_samples_do_not_bound_a_high_quantile),
		cmocka_unit_test(documents_have_the_mode),
	};

	return cmocka_run_group_tests_name("latency_mode", tests, NULL, NULL);
}
