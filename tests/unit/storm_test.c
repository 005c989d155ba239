// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm_test.c - when a storm begins and ends, against which median, and what it hit.
 */
#include "sample.h"

#include "model/history/storm.h"
#include "view/faults/storm.h"

#define SECOND 1000000000ULL

static struct storms storms;
static uint64_t now;
static unsigned int asked;

static void rows(void *ctx, struct storms *s)
{
	assert_ptr_equal(ctx, &now);
	asked++;
	storms__tally(s, STORM_VMA, asked == 1 ? "[heap]" : "[anon]", 0, 100);
	storms__tally(s, STORM_VMA, "[heap]", 0, 10);
	storms__tally(s, STORM_CAUSE, "cow", 0, 110);
	storms__tally(s, STORM_PROCESS, "redis", 5, 50);
	storms__tally(s, STORM_PROCESS, "redis", 6, 60);
	storms__tally(s, STORM_PROCESS, "idle", 7, 0);
}

static int new_storms(void **state)
{
	(void)state;
	storms__init(&storms, rows, &now);
	now = 100 * SECOND;
	asked = 0;
	return 0;
}

static int free_storms(void **state)
{
	(void)state;
	storms__free(&storms);
	return 0;
}

/* An interval of a second. */
static const struct storm *add(uint64_t faults)
{
	const struct storm *ended = storms__add(&storms, now, now + SECOND, faults);

	now += SECOND;
	return ended;
}

static void add_quiet(unsigned int n, uint64_t faults)
{
	while (n--)
		assert_null(add(faults));
}

static void storm_is_reported_when_it_ends(void **state)
{
	const struct storm *s;

	(void)state;
	add_quiet(10, 500);
	assert_null(add(3000));
	assert_true(storms.on);
	assert_null(add(9000));
	assert_null(add(6000));
	s = add(400);
	assert_non_null(s);
	assert_false(storms.on);
	assert_int_equal(s->from_ns, 110 * SECOND);
	assert_int_equal(s->to_ns, 113 * SECOND);
	assert_int_equal(s->faults, 18000);
	assert_int_equal(s->peak, 9000);
	assert_int_equal(s->median, 500);
	assert_int_equal(storm_mean(s), 6000);
	assert_false(s->ongoing);
	assert_int_equal(asked, 3);
	assert_null(storms__end(&storms));
	assert_int_equal(storms.nr, 1);
}

static void busiest_target_is_named(void **state)
{
	const struct storm *s;

	(void)state;
	add_quiet(5, 10);
	add_quiet(3, 5000);
	s = add(10);
	assert_non_null(s);
	assert_string_equal(s->top[STORM_VMA].name, "[anon]");
	assert_int_equal(s->top[STORM_VMA].faults, 200);
	assert_string_equal(s->top[STORM_CAUSE].name, "cow");
	assert_int_equal(s->top[STORM_CAUSE].faults, 330);
	assert_string_equal(s->top[STORM_PROCESS].name, "redis");
	assert_int_equal(s->top[STORM_PROCESS].id, 6);
	/* the next one begins from nothing */
	assert_null(add(5000));
	s = add(10);
	assert_int_equal(s->top[STORM_VMA].faults, 100);
}

static void thresholds_are_exact(void **state)
{
	(void)state;
	add_quiet(STORM_LEAST_INTERVALS, 1000);
	assert_null(add(3999));
	assert_false(storms.on);
	assert_null(add(4000));
	assert_true(storms.on);
	assert_non_null(add(3999));
}

static void few_faults_are_not_a_storm(void **state)
{
	(void)state;
	add_quiet(10, 1);
	add_quiet(1, 999);
	assert_int_equal(storms.nr, 0);
	add_quiet(1, 1000);
	assert_int_equal(storms.nr, 1);
}

static void history_is_required(void **state)
{
	(void)state;
	add_quiet(STORM_LEAST_INTERVALS - 1, 10);
	add_quiet(1, 100000);
	assert_int_equal(storms.nr, 0);
	add_quiet(1, 100000);
	assert_int_equal(storms.nr, 1);
}

static void long_storm_does_not_raise_the_median(void **state)
{
	const struct storm *s;

	(void)state;
	add_quiet(6, 100);
	add_quiet(100, 5000);
	s = storms__end(&storms);
	assert_non_null(s);
	assert_true(s->ongoing);
	assert_int_equal(s->to_ns - s->from_ns, 100 * SECOND);
	assert_int_equal(s->median, 100);
}

static void rate_is_normal_after_a_very_long_storm(void **state)
{
	(void)state;
	add_quiet(6, 100);
	add_quiet(100, 5000);
	assert_non_null(add(100));
	add_quiet(1, 5000);
	assert_false(storms.on);
}

static void rates_are_per_second(void **state)
{
	const struct storm *s;

	(void)state;
	for (int i = 0; i < 5; i++, now += SECOND / 10)
		assert_null(storms__add(&storms, now, now + SECOND / 10, 20));
	assert_null(storms__add(&storms, now, now + SECOND / 10, 100));
	s = storms__end(&storms);
	assert_non_null(s);
	assert_int_equal(s->median, 200);
	assert_int_equal(s->peak, 1000);
}

static void long_names_keep_their_ends(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'x', sizeof(name));
	strcpy(name + sizeof(name) - 10, "/libc.so6");
	storms__tally(&storms, STORM_VMA, name, 0, 1);
	storms__tally(&storms, STORM_VMA, name, 0, 1);
	assert_int_equal(storms.tallies.nr, 1);
	add_quiet(5, 0);
	add_quiet(1, 5000);
	storms__end(&storms);
}

static void text_has_a_summary_and_a_table(void **state)
{
	struct document d = {};
	const struct storm *s;

	(void)state;
	add_quiet(8, 500);
	add_quiet(2, 5000);
	s = add(0);
	storm_view__ended(s, 100 * SECOND, &d);
	storm_view__all(&storms, 100 * SECOND, &d);
	assert_text(render("text", &d, 80, true),
		    "STORM ended: 2.00s from 8.00s, 5,000 faults/s, peak 5,000, median 500\n"
		    "  1% in [heap], 2% cow, 1% by redis (6)\n"
		    "\n"
		    "Fault storms (at least 4 times the median rate and 1000 faults/s)\n"
		    "START  DURATION  FAULTS  PEAK/S  MEAN/S  CAUSE  PID  COMM      %  VMA\n"
		    "8.00s     2.00s  10,000   5,000   5,000  cow      6  redis  1.2%  [heap]\n");
}

static void json_ratio_to_zero_is_null(void **state)
{
	struct document d = {};
	char *text;

	(void)state;
	add_quiet(8, 0);
	add_quiet(2, 5000);
	add_quiet(0, 0);
	storms__end(&storms);
	storm_view__all(&storms, 100 * SECOND, &d);
	text = render("json", &d, 0, true);
	assert_non_null(strstr(text, "\"start_ns\": 8000000000,"));
	assert_non_null(strstr(text, "\"length_ns\": 2000000000,"));
	assert_non_null(strstr(text, "\"ongoing\": true,"));
	assert_non_null(strstr(text, "\"ratio\": null,"));
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, new_storms, free_storms)

static void no_rows(void *ctx, struct storms *s)
{
	(void)ctx;
	(void)s;
}

/* What never ends must not grow: the rates are thinned, and the median stays what it was. */
static void history_of_rates_is_bounded(void **state)
{
	struct storms s;

	(void)state;
	storms__init(&s, no_rows, NULL);
	for (uint64_t i = 0; i < 3 * STORM_MOST_RATES; i++)
		assert_null(storms__add(&s, i * 1000000000, (i + 1) * 1000000000, 1000 + i % 3));
	assert_true(s.nr_rates <= STORM_MOST_RATES);
	assert_true(s.rates[s.nr_rates / 2] == 1001);
	storms__free(&s);
}

static void finished_storms_can_be_removed(void **state)
{
	uint64_t at = 0;
	struct storms s;

	(void)state;
	storms__init(&s, no_rows, NULL);
	for (int n = 0; n < 3; n++) {
		for (int i = 0; i < 6; i++, at++)
			storms__add(&s, at * 1000000000, (at + 1) * 1000000000, 1000);
		storms__add(&s, at * 1000000000, (at + 1) * 1000000000, 50000 + n);
		at++;
		assert_true(s.on);
		storms__forget(&s);
		assert_int_equal(s.nr, 1);
		assert_int_equal(s.list[0].faults, 50000 + n);
	}
	assert_non_null(storms__add(&s, at * 1000000000, (at + 1) * 1000000000, 1000));
	storms__forget(&s);
	assert_int_equal(s.nr, 0);
	storms__free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(history_of_rates_is_bounded),
		cmocka_unit_test(finished_storms_can_be_removed),
		TEST(storm_is_reported_when_it_ends),
		TEST(busiest_target_is_named),
		TEST(thresholds_are_exact),
		TEST(few_faults_are_not_a_storm),
		TEST(history_is_required),
		TEST(long_storm_does_not_raise_the_median),
		TEST(rate_is_normal_after_a_very_long_storm),
		TEST(rates_are_per_second),
		TEST(long_names_keep_their_ends),
		TEST(text_has_a_summary_and_a_table),
		TEST(json_ratio_to_zero_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
