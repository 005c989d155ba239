// SPDX-License-Identifier: GPL-2.0-only
/*
 * str_test.c - numbers for people, durations from people, lists and globs.
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

#include "util/str.h"

#define NR(array) (sizeof(array) / sizeof(*(array)))

typedef void format_fn(char *buf, size_t len, uint64_t n);

static void assert_format(format_fn *format, uint64_t n, const char *expected)
{
	char text[STR_NUMBER_LEN];

	format(text, sizeof(text), n);
	assert_string_equal(text, expected);
}

static void times_have_three_digits(void **state)
{
	(void)state;
	assert_format(str_format_ns, 0, "0ns");
	assert_format(str_format_ns, 812, "812ns");
	assert_format(str_format_ns, 999, "999ns");
	assert_format(str_format_ns, 1000, "1.00us");
	assert_format(str_format_ns, 1620, "1.62us");
	assert_format(str_format_ns, 9994, "9.99us");
	assert_format(str_format_ns, 9995, "10.0us");
	assert_format(str_format_ns, 99949, "99.9us");
	assert_format(str_format_ns, 99950, "100us");
	assert_format(str_format_ns, 999499, "999us");
	assert_format(str_format_ns, 999500, "1.00ms");
	assert_format(str_format_ns, 31000000, "31.0ms");
	assert_format(str_format_ns, 2500000000, "2.50s");
	assert_format(str_format_ns, 4000000000000, "4,000s");
	assert_format(str_format_ns, UINT64_MAX, "18,446,744,074s");
	/* rounded as printf() rounds the number: down, though it is in the middle */
	assert_format(str_format_ns, 1005, "1.00us");
	assert_format(str_format_ns, 8345, "8.35us");
	assert_format(str_format_ns, 2125, "2.12us");
}

static void counts_have_separators(void **state)
{
	(void)state;
	assert_format(str_format_count, 0, "0");
	assert_format(str_format_count, 999, "999");
	assert_format(str_format_count, 1000, "1,000");
	assert_format(str_format_count, 123456, "123,456");
	assert_format(str_format_count, 1234567, "1,234,567");
	assert_format(str_format_count, UINT64_MAX, "18,446,744,073,709,551,615");
}

static void bytes_have_binary_units(void **state)
{
	(void)state;
	assert_format(str_format_bytes, 512, "512B");
	assert_format(str_format_bytes, 4096, "4.00KiB");
	assert_format(str_format_bytes, 1536ULL << 20, "1.50GiB");
	assert_format(str_format_bytes, UINT64_MAX, "16,777,216TiB");
}

static void assert_share(uint64_t part, uint64_t whole, const char *text)
{
	char buf[STR_NUMBER_LEN];

	str_format_share(buf, sizeof(buf), part, whole);
	assert_string_equal(buf, text);
}

/* Neither nothing nor all of it is rounded away. */
static void shares_are_percent(void **state)
{
	(void)state;
	assert_share(0, 100, "0.0%");
	assert_share(1, 100000, "<0.1%");
	assert_share(1, 1000, "0.1%");
	assert_share(352, 1000, "35.2%");
	assert_share(99999, 100000, ">99.9%");
	assert_share(100, 100, "100.0%");
	assert_share(310, 100, "310.0%");
	assert_share(5, 0, "0.0%");
}

static void durations_are_parsed(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "5", 5000000000 },	 { "5s", 5000000000 },
		{ "200ms", 200000000 },	 { "1m", 60000000000 },
		{ "2h", 7200000000000 }, { "1.5", 1500000000 },
		{ "0.1s", 100000000 },	 { ".5s", 500000000 },
		{ "7us", 7000 },	 { "1ns", 1 },
		{ "0010", 10000000000 }, { "9000000000", 9000000000000000000 },
	};

	(void)state;
	for (size_t i = 0; i < NR(good); i++) {
		uint64_t ns = 0;

		assert_int_equal(str_parse_duration(good[i].text, &ns), 0);
		assert_int_equal(ns, good[i].ns);
	}
}

static void bad_durations_are_refused(void **state)
{
	static const char *const invalid[] = { "",	"s",   "-5",  "+5",  " 5",  "5 ",
					       "5x",	"5 s", "1e3", "inf", "nan", "0x5",
					       "1.2.3", ".",   ".s",  "5S" };
	static const char *const range[] = { "0",
					     "0s",
					     "0.1ns",
					     "10000000000",
					     "99999999999999h",
					     "99999999999999999999999999999999999" };
	uint64_t ns = 77;

	(void)state;
	for (size_t i = 0; i < NR(invalid); i++)
		assert_int_equal(str_parse_duration(invalid[i], &ns), -EINVAL);
	for (size_t i = 0; i < NR(range); i++)
		assert_int_equal(str_parse_duration(range[i], &ns), -ERANGE);
	assert_int_equal(ns, 77);
}

static void trailing_characters_are_refused(void **state)
{
	static const char *const invalid[] = { "", "-1", "+1", " 1", "1 ", "0x1", "1a", "a" };
	uint64_t n = 77;

	(void)state;
	for (size_t i = 0; i < NR(invalid); i++)
		assert_int_equal(str_parse_u64(invalid[i], UINT64_MAX, &n), -EINVAL);
	assert_int_equal(str_parse_u64("11", 10, &n), -ERANGE);
	assert_int_equal(str_parse_u64("18446744073709551616", UINT64_MAX, &n), -ERANGE);
	assert_int_equal(n, 77);
	assert_int_equal(str_parse_u64("10", 10, &n), 0);
	assert_int_equal(n, 10);
	assert_int_equal(str_parse_u64("18446744073709551615", UINT64_MAX, &n), 0);
	assert_int_equal(n, UINT64_MAX);
}

static void brackets_are_literal_in_globs(void **state)
{
	(void)state;
	assert_true(str_glob("[heap]", "[heap]"));
	assert_false(str_glob("[heap]", "h"));
	assert_true(str_glob("[anon:*]", "[anon:jit code]"));
	assert_false(str_glob("[anon:*]", "[anon]"));
	assert_true(str_glob("*libc*", "/usr/lib/libc.so.6"));
	assert_true(str_glob("*", ""));
	assert_true(str_glob("/lib?/x", "/lib6/x"));
	assert_false(str_glob("libc", "libc.so"));
	assert_true(str_glob("a\\*b", "a*b"));
	assert_false(str_glob("a\\*b", "axb"));
	assert_false(str_glob("", "x"));
	assert_true(str_glob(".*", ".x"));
	assert_true(str_glob("*x", ".x"));
}

static void lists_are_split(void **state)
{
	char **items = NULL;

	(void)state;
	assert_int_equal(str_split("a,bc,d", &items), 3);
	assert_string_equal(items[0], "a");
	assert_string_equal(items[1], "bc");
	assert_string_equal(items[2], "d");
	assert_null(items[3]);
	str_split_free(items);
	assert_int_equal(str_split("one", &items), 1);
	assert_string_equal(items[0], "one");
	str_split_free(items);
	str_split_free(NULL);
}

static void empty_items_are_refused(void **state)
{
	static const char *const bad[] = { "", ",", "a,", ",a", "a,,b" };
	char **items = NULL;

	(void)state;
	for (size_t i = 0; i < NR(bad); i++)
		assert_int_equal(str_split(bad[i], &items), -EINVAL);
	assert_null(items);
}

static void sizes_are_parsed(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = { { "1", 1 },
		     { "4096", 4096 },
		     { "64M", 64 << 20 },
		     { "3KiB", 3072 },
		     { "2GiB", 2ULL << 30 } };
	static const char *const invalid[] = { "",   "M",   "-1",   " 1", "1 M",
					       "1m", "1MB", "1.5G", "1KK" };
	static const char *const range[] = { "0", "0M", "18446744073709551616",
					     "18446744073709551615K" };
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < NR(good); i++) {
		assert_int_equal(str_parse_size(good[i].text, &bytes), 0);
		assert_true(bytes == good[i].bytes);
	}
	for (size_t i = 0; i < NR(invalid); i++)
		assert_int_equal(str_parse_size(invalid[i], &bytes), -EINVAL);
	for (size_t i = 0; i < NR(range); i++)
		assert_int_equal(str_parse_size(range[i], &bytes), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_have_three_digits),
		cmocka_unit_test(counts_have_separators),
		cmocka_unit_test(bytes_have_binary_units),
		cmocka_unit_test(shares_are_percent),
		cmocka_unit_test(durations_are_parsed),
		cmocka_unit_test(bad_durations_are_refused),
		cmocka_unit_test(sizes_are_parsed),
		cmocka_unit_test(trailing_characters_are_refused),
		cmocka_unit_test(brackets_are_literal_in_globs),
		cmocka_unit_test(lists_are_split),
		cmocka_unit_test(empty_items_are_refused),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
