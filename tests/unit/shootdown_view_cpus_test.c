// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_view_cpus_test.c - who interrupted whom: pairs, CPUs, and as much of them as fits.
 */
#include "shootdown_sample.h"

static void pairs_name_initiator_and_target(void **state)
{
	const struct table *t = look(*state, "pairs");
	size_t unknown_at = 0, kernel_at = 0;

	assert_int_equal(t->nr_rows, 7);
	assert_int_equal(number(t, 0, "count"), 10);
	assert_int_equal(number(inner(t, 0, "initiator"), 0, "pid"), 100);
	assert_string_equal(text(inner(t, 0, "target"), 0, "comm"), "two");
	assert_int_equal(number(t, 0, "cpu_from"), 0);
	assert_int_equal(number(t, 0, "cpu_to"), 1);
	assert_string_equal(text(t, 0, "kind"), "user");
	assert_int_equal(number(t, 0, "ipi_delay_ns"), 20000);
	assert_int_equal(number(t, 0, "stolen_ns"), 5000);
	for (size_t i = 0; i < t->nr_rows; i++) {
		if (unknown(t, i, "initiator"))
			unknown_at = i;
		if (strcmp(text(t, i, "kind"), "user"))
			kernel_at = i;
	}
	assert_true(unknown_at && kernel_at);
	assert_true(unknown(t, unknown_at, "cpu_from"));
	assert_true(unknown(t, unknown_at, "ipi_delay_ns"));
	assert_int_equal(number(t, unknown_at, "count"), UNKNOWN);
	assert_string_equal(text(t, kernel_at, "kind"), "kernel-range");
	assert_int_equal(number(t, kernel_at, "count"), 4);
}

static void text_merges_cpus_of_a_pair(void **state)
{
	struct seen *s = *state;
	const struct table *t = look(s, "initiators");
	size_t at;

	assert_int_equal(t->nr_rows, 6);
	assert_int_equal(number(t, 0, "count"), 13);
	assert_string_equal(text(t, 0, "initiator"), "one (100)");
	assert_string_equal(text(t, 0, "target"), "two (200)");
	assert_true(known(t, 0, "delay_ns")->f64 == 2000.0);
	at = row_of(t, "initiator", "[unknown]");
	assert_int_equal(number(t, at, "count"), UNKNOWN);
	assert_true(unknown(t, at, "delay_ns"));
	assert_int_equal(number(t, row_of(t, "target", "[idle]"), "count"), 1);
	assert_int_equal(number(t, row_of(t, "kind", "kernel-range"), "count"), 4);
	s->view.limit = 2;
	t = look(s, "initiators");
	assert_int_equal(t->nr_rows, 2);
	assert_non_null(strstr(t->footer, "and 4 more rows with 10 IPIs"));
}

static void rows_by_cpu(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.by = SHOOTDOWN_BY_CPU;
	s->view.isolated = "1,3";
	s->view.nohz_full = "3";
	t = look(s, "cpus");
	assert_int_equal(t->nr_rows, 4);
	assert_int_equal(number(t, 0, "sends"), 17);
	assert_int_equal(number(t, 0, "inflicted_ns"), 17 * 500);
	assert_int_equal(number(t, 0, "receipts"), 2); /* from whom is not known */
	assert_int_equal(number(t, 0, "ipi_delay_ns"), 0);
	assert_int_equal(number(t, 1, "sends"), 7);
	assert_int_equal(number(t, 1, "receipts"), 19);
	assert_int_equal(number(t, 1, "stolen_ns"), 19 * 500);
	assert_true(known(t, 1, "isolated")->b);
	assert_false(known(t, 1, "nohz_full")->b);
	assert_true(known(t, 3, "nohz_full")->b);
	assert_int_equal(sum(t, "receipts"), 10 + 6 + 3 + 1 + 3 + 4 + 2);
	assert_int_equal(sum(t, "sends") + UNKNOWN, sum(t, "receipts"));
	assert_string_equal(text(find(s, "cpus"), 3, "note"), "isolated, nohz_full");
	assert_says(s, "2 isolated or nohz_full CPUs received 20 TLB flush IPIs, 10.0us stolen");
	/* where it is not known which are, none is said not to be */
	s->view.isolated = s->view.nohz_full = NULL;
	t = look(s, "cpus");
	assert_true(unknown(t, 1, "isolated"));
	assert_says_not(s, "isolated or nohz_full");
}

static void few_cpus_are_printed_as_numbers(void **state)
{
	const struct table *t = look(*state, "matrix");

	assert_int_equal(t->nr_rows, 4);
	assert_string_equal(text(t, 0, "from"), "");
	assert_string_equal(text(t, 1, "from"), "0: 16  2: 3");
	assert_string_equal(text(t, 2, "from"), "1: 7");
	assert_string_equal(text(t, 3, "from"), "0: 1");
	assert_int_equal(number(t, 1, "receipts"), 19);
}

/* Every one of @nr CPUs interrupts the next one. */
static void ring(struct shootdown *s, uint32_t nr)
{
	free(s->pairs);
	s->pairs = calloc(nr, sizeof(*s->pairs));
	assert_non_null(s->pairs);
	s->nr_pairs = nr;
	s->nr_cpus = nr;
	for (uint32_t i = 0; i < nr; i++)
		s->pairs[i] = pair(100, i, "one", 200, (i + 1) % nr, "two", 1 + i);
}

static void many_cpus_are_printed_as_shades(void **state)
{
	struct seen *s = *state;
	const struct table *t;
	char *out;

	ring(&s->s, 16);
	t = look(s, "matrix");
	assert_int_equal(t->nr_rows, 16);
	assert_int_equal(t->nr_labels, 16);
	assert_int_equal(t->labels[15], 15);
	assert_int_equal(known(t, 3, "from")->series->nr, 16);
	assert_int_equal(known(t, 3, "from")->series->counts[2], 3);
	assert_int_equal(known(t, 3, "from")->series->counts[3], 0);
	out = render(s, "text", 100);
	assert_non_null(strstr(out, "|0  |1  |2  |3  |4  |5  |6  |7  |8  |9  |10 |11 |12 |13 |14 "
				    "|15"));
	assert_non_null(strstr(out, "count:"));
	free(out);
	s->view.limit = 4;
	t = look(s, "matrix");
	assert_int_equal(t->nr_rows, 4);
	assert_int_equal(number(t, 0, "cpu"), 0); /* the last one's 16 */
	assert_non_null(strstr(t->footer, "and 12 more CPUs"));
}

static void text_fits_the_width(void **state)
{
	struct seen *s = *state;

	for (int by = 0; by < NR_SHOOTDOWN_BY; by++) {
		assert_non_null(shootdown_by_names[by]);
		s->view.by = by;
		assert_fits(render(s, "text", 80), 80);
	}
	for (uint32_t nr = 8; nr <= 1024; nr *= 2) {
		ring(&s->s, nr);
		s->view.limit = 30;
		assert_fits(render(s, "text", 80), 80);
		assert_fits(render(s, "text", 60), 60);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIEW_TEST(pairs_name_initiator_and_target),
		VIEW_TEST(text_merges_cpus_of_a_pair),
		VIEW_TEST(rows_by_cpu),
		VIEW_TEST(few_cpus_are_printed_as_numbers),
		VIEW_TEST(many_cpus_are_printed_as_shades),
		VIEW_TEST(text_fits_the_width),
	};

	return cmocka_run_group_tests_name("shootdown_view_cpus", tests, NULL, NULL);
}
