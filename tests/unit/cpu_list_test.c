// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpu_list_test.c - lists of CPUs as /sys has them, and what is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/cpu_list.h"

static void lists_are_parsed(void **state)
{
	(void)state;
	assert_true(cpu_list_has("0", 0));
	assert_false(cpu_list_has("0", 1));
	assert_true(cpu_list_has("0-3,8,12-15", 3));
	assert_false(cpu_list_has("0-3,8,12-15", 4));
	assert_true(cpu_list_has("0-3,8,12-15", 8));
	assert_false(cpu_list_has("0-3,8,12-15", 11));
	assert_true(cpu_list_has("0-3,8,12-15", 15));
	assert_false(cpu_list_has("0-3,8,12-15", 16));
	assert_true(cpu_list_has("2-2", 2));
	assert_true(cpu_list_has("4294967295", 4294967295));
}

static void empty_list_has_no_cpu(void **state)
{
	(void)state;
	assert_true(cpu_list_valid(""));
	assert_false(cpu_list_has("", 0));
	assert_false(cpu_list_has(NULL, 0));
}

/* Without nohz_full= the kernel says (null). */
static void invalid_lists_are_refused(void **state)
{
	static const char *const bad[] = {
		"(null)",
		" (null)",
		"a",
		"1,",
		",1",
		"1,,2",
		"1-",
		"-1",
		"3-1",
		"1 ",
		"1-2-3",
		"4294967296",
		"99999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (cpu_list_valid(bad[i]))
			fail_msg("'%s' is taken for a list", bad[i]);
		assert_false(cpu_list_has(bad[i], 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_parsed),
		cmocka_unit_test(empty_list_has_no_cpu),
		cmocka_unit_test(invalid_lists_are_refused),
	};

	return cmocka_run_group_tests_name("cpu_list", tests, NULL, NULL);
}
