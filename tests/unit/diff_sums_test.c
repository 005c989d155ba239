// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff_sums_test.c - sums of two runs by name: exact, and no larger than there are names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "view/diff/diff_sums.h"

#define ROWS 100000

static void memory_depends_on_names_not_rows(void **state)
{
	struct sums s = {};
	char name[32];

	(void)state;
	for (uint64_t i = 0; i < ROWS; i++) {
		snprintf(name, sizeof(name), "call %u", (unsigned int)(i % 20));
		sums__add(&s, i % 2 ? SIDE_B : SIDE_A, name, i, 1, 10);
	}
	assert_true(s.cap <= 128);
	sums__merge(&s);
	assert_int_equal(s.nr, 20);
	for (size_t i = 0; i < s.nr; i++) {
		const struct sum *sum = &s.list[i];
		unsigned int n;

		assert_int_equal(sscanf(sum->name, "call %u", &n), 1);
		/* n, n + 20, ..., of one side alone */
		assert_int_equal(sum->count[n % 2], ROWS / 20 * (n + (ROWS - 20) / 2));
		assert_int_equal(sum->count[!(n % 2)], 0);
		/* that of nothing is not there */
		assert_int_equal(sum->timed[n % 2], ROWS / 20 - !n);
	}
	sums__free(&s);
}

static void as_many_names_as_rows(void **state)
{
	struct sums s = {};
	char name[32];

	(void)state;
	for (unsigned int i = 0; i < ROWS; i++) {
		snprintf(name, sizeof(name), "%u", i);
		sums__add(&s, SIDE_A, name, 1, 0, 0);
		sums__add(&s, SIDE_B, name, 2, 0, 0);
	}
	sums__merge(&s);
	assert_int_equal(s.nr, ROWS);
	for (size_t i = 0; i < s.nr; i++) {
		assert_int_equal(s.list[i].count[SIDE_A], 1);
		assert_int_equal(s.list[i].count[SIDE_B], 2);
	}
	sums__free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_depends_on_names_not_rows),
		cmocka_unit_test(as_many_names_as_rows),
	};

	return cmocka_run_group_tests_name("diff_sums", tests, NULL, NULL);
}
