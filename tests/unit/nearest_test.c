// SPDX-License-Identifier: GPL-2.0-only
/*
 * nearest_test - which word a misspelled one is meant to be: edits are counted, near words are found, far
 * ones are not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/nearest.h"

static const char list[] = "stat, trace, shootdown, record, report, top, serve, doctor, explain";

static void assert_meant(const char *words, const char *word, const char *meant)
{
	char found[NEAREST_LEN];
	const char *near = nearest__find(found, words, word);

	if (!meant != !near || (meant && strcmp(meant, near)))
		fail_msg("'%s' is meant to be '%s', found: '%s'", word, meant ? meant : "(none)",
			 near ? near : "(none)");
}

static void one_edit(void **state)
{
	(void)state;
	assert_meant(list, "tracee", "trace"); /* one too many */
	assert_meant(list, "rport", "report"); /* one missing */
	assert_meant(list, "serva", "serve");  /* another one */
	assert_meant(list, "toip", "top");
	assert_meant(list, "sttat", "stat");
	/* neighbours in the wrong order are one edit: "tpo" is three letters, of which two edits are too many */
	assert_meant(list, "tpo", "top");
	assert_meant(list, "STAT", "stat");
}

static void two_edits(void **state)
{
	(void)state;
	assert_meant(list, "shotdwon", "shootdown");
	assert_meant(list, "expalni", "explain");
	assert_meant(list, "doctorum", "doctor");
	assert_meant(list, "rexorx", "record");
}

static void distant_words_are_not_suggested(void **state)
{
	(void)state;
	assert_meant(list, "shtdwon", NULL); /* three */
	assert_meant(list, "pot", NULL);     /* two of three letters */
	assert_meant(list, "", NULL);
	assert_meant(list, "x", NULL);
	assert_meant("", "stat", NULL);
	assert_meant("a", "a", "a");
}

/* The nearest, not the first; the first of equals. */
static void nearest_word_is_suggested(void **state)
{
	(void)state;
	assert_meant("abcdxx, abcdex, abcdef", "abcdey", "abcdex");
	assert_meant("abcdef, abcdex", "abcdey", "abcdef");
	assert_meant(list, "recort", "record");
}

static void prefixes_are_completed(void **state)
{
	(void)state;
	assert_meant(list, "shoot", "shootdown");
	assert_meant(list, "ex", "explain");
	assert_meant(list, "re", NULL); /* two begin so */
	assert_meant(list, "e", NULL);
}

/* Words that are too long are none, and do no harm. */
static void long_words(void **state)
{
	char word[4 * NEAREST_LEN], words[8 * NEAREST_LEN];

	(void)state;
	for (size_t len = NEAREST_LEN - 2; len < NEAREST_LEN + 3; len++) {
		memset(word, 'a', len);
		word[len] = '\0';
		strcpy(words, word);
		strcat(words, ", stat");
		assert_meant(words, word, len < NEAREST_LEN ? word : NULL);
		assert_meant(words, "sta", "stat");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_edit),
		cmocka_unit_test(two_edits),
		cmocka_unit_test(distant_words_are_not_suggested),
		cmocka_unit_test(nearest_word_is_suggested),
		cmocka_unit_test(prefixes_are_completed),
		cmocka_unit_test(long_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
