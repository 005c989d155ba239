// SPDX-License-Identifier: GPL-2.0-only
/*
 * growing_text_test.c - util/text: what it appends is what printf() prints.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/str.h"
#include "util/text.h"

static void assert_is(struct text *t, const char *expected)
{
	assert_false(t->failed);
	assert_int_equal(t->len, strlen(expected));
	assert_memory_equal(t->at, expected, t->len);
	text__free(t);
	assert_null(t->at);
	assert_int_equal(t->len, 0);
}

/* All lengths of numbers, and the numbers beside those where another digit begins. */
static void numbers_match_printf(void **state)
{
	(void)state;
	for (int shift = 0; shift < 64; shift++) {
		for (int beside = -1; beside <= 1; beside++) {
			const uint64_t v = (UINT64_C(1) << shift) + (uint64_t)beside;
			struct text t = {};
			char expected[200], plain[STR_NUMBER_LEN];

			snprintf(expected, sizeof(expected), "%" PRIu64 " %" PRId64 " %" PRIx64, v,
				 (int64_t)v, v);
			text__u64(&t, v);
			text__putc(&t, ' ');
			text__i64(&t, (int64_t)v);
			text__putc(&t, ' ');
			text__hex(&t, v);
			assert_is(&t, expected);
			snprintf(expected, sizeof(expected), "%" PRIu64, v);
			str_format_u64(plain, sizeof(plain), v);
			assert_string_equal(plain, expected);
		}
	}
	for (uint64_t v = 1, n = 0; n < 20; n++, v *= 10) {
		struct text t = {};
		char expected[64];

		snprintf(expected, sizeof(expected), "%" PRIu64 " %6" PRIu64 " %06" PRIu64, v - 1,
			 v - 1, v);
		text__u64(&t, v - 1);
		text__putc(&t, ' ');
		text__padded(&t, v - 1, 6, ' ');
		text__putc(&t, ' ');
		text__padded(&t, v, 6, '0');
		assert_is(&t, expected);
	}
}

static void text_is_truncated_to_the_limit(void **state)
{
	char four[4];

	(void)state;
	str_format_u64(four, sizeof(four), 123456);
	assert_string_equal(four, "123");
	str_format_count(four, sizeof(four), 123456);
	assert_string_equal(four, "123");
}

static void text_grows(void **state)
{
	char *expected = calloc(1, 100001);
	struct text t = {};

	(void)state;
	assert_non_null(expected);
	for (int i = 0; i < 10000; i++) {
		snprintf(expected + (size_t)i * 10, 11, "%s%05d", "ab--c", i);
		text__put(&t, "abc", 2);
		text__fill(&t, '-', 2);
		text__puts(&t, "c");
		text__printf(&t, "%05d", i);
	}
	assert_is(&t, expected);
	text__put(&t, "", 0);
	text__fill(&t, 'x', 0);
	assert_int_equal(t.len, 0);
	free(expected);
}

/* More than there is: it is marked, keeps what it had, and takes nothing more. */
static void out_of_memory_is_sticky(void **state)
{
	struct text t = {};

	(void)state;
	text__puts(&t, "kept");
	assert_null(text__room(&t, SIZE_MAX / 2));
	assert_true(t.failed);
	text__fill(&t, 'x', 100000);
	assert_int_equal(t.len, 4);
	assert_memory_equal(t.at, "kept", 4);
	text__free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_match_printf),
		cmocka_unit_test(text_is_truncated_to_the_limit),
		cmocka_unit_test(text_grows),
		cmocka_unit_test(out_of_memory_is_sticky),
	};

	return cmocka_run_group_tests_name("growing_text", tests, NULL, NULL);
}
