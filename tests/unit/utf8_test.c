// SPDX-License-Identifier: GPL-2.0-only
/*
 * utf8_test.c - strings from outside: decoded, cleaned, escaped, measured, cut.
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

#include "util/utf8.h"

#define NR(array) (sizeof(array) / sizeof(*(array)))

static void only_valid_utf8_is_decoded(void **state)
{
	static const struct {
		const char *s;
		int len;
		uint32_t cp;
	} cases[] = {
		{ "", 0, 0 },
		{ "a", 1, 'a' },
		{ "\xc3\xa9", 2, 0xe9 },
		{ "\xe2\x80\xa6", 3, 0x2026 },
		{ "\xf0\x9f\x98\x80", 4, 0x1f600 },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
		{ "\x80", -EILSEQ, 0 },
		{ "\xc3", -EILSEQ, 0 },
		{ "\xc3(", -EILSEQ, 0 },
		{ "\xc1\xbf", -EILSEQ, 0 },
		{ "\xe0\x9f\xbf", -EILSEQ, 0 },
		{ "\xed\xa0\x80", -EILSEQ, 0 },
		{ "\xf4\x90\x80\x80", -EILSEQ, 0 },
		{ "\xf8\x88\x80\x80\x80", -EILSEQ, 0 },
		{ "\xff", -EILSEQ, 0 },
	};

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		uint32_t cp = 0;

		assert_int_equal(utf8_decode(cases[i].s, &cp), cases[i].len);
		if (cases[i].len > 0)
			assert_int_equal(cp, cases[i].cp);
	}
}

static void assert_owned(char *text, const char *expected)
{
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void cleaning_replaces_only_invalid_bytes(void **state)
{
	(void)state;
	assert_owned(utf8_clean(""), "");
	assert_owned(utf8_clean("a\xc3\xa9\n"), "a\xc3\xa9\n");
	assert_owned(utf8_clean("\xff"
				"a\xc3"),
		     "\xef\xbf\xbd"
		     "a\xef\xbf\xbd");
}

static void control_bytes_are_escaped(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		const char s[] = { (char)byte, '\0' };
		char *text = utf8_printable(s, true);

		assert_non_null(text);
		if (byte >= 0x20 && byte < 0x7f)
			assert_string_equal(text, s);
		else
			assert_int_equal(text[0], '\\');
		free(text);
	}
	assert_owned(utf8_printable("a\tb\r\n", true), "a\\tb\\r\\n");
	assert_owned(utf8_printable("n\\t", true), "n\\t");
}

static void bidi_controls_are_escaped(void **state)
{
	(void)state;
	assert_owned(utf8_printable("\xc2\x9b"
				    "31m",
				    true),
		     "\\xc2\\x9b"
		     "31m");
	assert_owned(utf8_printable("\xe2\x80\xae", true), "\\xe2\\x80\\xae");
	assert_owned(utf8_printable("\xe2\x81\xa6", true), "\\xe2\\x81\\xa6");
	assert_owned(utf8_printable("h\xc3\xa9", true), "h\xc3\xa9");
	assert_owned(utf8_printable("h\xc3\xa9", false), "h\\xc3\\xa9");
}

static void width_is_in_columns(void **state)
{
	(void)state;
	assert_int_equal(utf8_width(""), 0);
	assert_int_equal(utf8_width("abc"), 3);
	assert_int_equal(utf8_width("h\xc3\xa9"), 2);
	assert_int_equal(utf8_width("e\xcc\x81"), 1);
	assert_int_equal(utf8_width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
	assert_int_equal(utf8_width("\xff"), 1);
	/* a Hebrew letter with a point, a watch: combining and wide characters outside the usual blocks */
	assert_int_equal(utf8_width("\xd7\x90\xd6\xb8"), 1);
	assert_int_equal(utf8_width("\xe2\x8c\x9a"), 2);
}

static void cutting_keeps_the_requested_end(void **state)
{
	(void)state;
	assert_owned(utf8_truncate("abcdefgh", 8, UTF8_KEEP_START, true), "abcdefgh");
	assert_owned(utf8_truncate("abcdefgh", 5, UTF8_KEEP_START, true), "abcd…");
	assert_owned(utf8_truncate("abcdefgh", 5, UTF8_KEEP_END, true), "…efgh");
	assert_owned(utf8_truncate("abcdefgh", 5, UTF8_KEEP_ENDS, true), "ab…gh");
	assert_owned(utf8_truncate("abcdefgh", 6, UTF8_KEEP_ENDS, true), "abc…gh");
	assert_owned(utf8_truncate("abcdefgh", 5, UTF8_KEEP_END, false), "...gh");
	assert_owned(utf8_truncate("abcdefgh", 1, UTF8_KEEP_END, true), "a");
	assert_owned(utf8_truncate("abcdefgh", 0, UTF8_KEEP_END, true), "");
	/* a character of two columns is not cut in two */
	assert_owned(utf8_truncate("\xe6\xbc\xa2\xe5\xad\x97"
				   "x",
				   4, UTF8_KEEP_END, true),
		     "…\xe5\xad\x97"
		     "x");
	assert_owned(utf8_truncate("x\xe6\xbc\xa2\xe5\xad\x97", 3, UTF8_KEEP_START, true), "x…");
}

static void cut_text_fits_its_width(void **state)
{
	static const char *const texts[] = { "/usr/lib/libc.so.6",
					     "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", "\xff\xfe\xfd",
					     "e\xcc\x81\xcc\x81xyz" };

	(void)state;
	for (size_t i = 0; i < NR(texts); i++) {
		for (size_t width = 0; width < 24; width++) {
			for (int keep = UTF8_KEEP_START; keep <= UTF8_KEEP_END; keep++) {
				char *cut = utf8_truncate(texts[i], width, keep, width % 2);

				assert_non_null(cut);
				assert_true(utf8_width(cut) <= width);
				free(cut);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_valid_utf8_is_decoded),
		cmocka_unit_test(cleaning_replaces_only_invalid_bytes),
		cmocka_unit_test(control_bytes_are_escaped),
		cmocka_unit_test(bidi_controls_are_escaped),
		cmocka_unit_test(width_is_in_columns),
		cmocka_unit_test(cutting_keeps_the_requested_end),
		cmocka_unit_test(cut_text_fits_its_width),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
