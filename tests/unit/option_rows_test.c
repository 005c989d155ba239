// SPDX-License-Identifier: GPL-2.0-only
/*
 * option_rows_test.c - the table of options: no command has an option twice, and what a row's help
 * says of its default, its names and its argument is what its parser does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "options/option.h"

static void options_are_unique(void **state)
{
	(void)state;
	for (const struct option_row *a = option_rows; a->name; a++) {
		if (!a->commands || a->commands >> NR_COMMANDS)
			fail_msg("--%s belongs to no command", a->name);
		for (const struct option_row *b = a + 1; b->name; b++)
			if (a->commands & b->commands &&
			    (!strcmp(a->name, b->name) || (a->letter && a->letter == b->letter)))
				fail_msg("--%s and --%s are the same to a command", a->name,
					 b->name);
	}
}

/* A name has one letter, wherever it is. */
static void letter_always_means_the_same_option(void **state)
{
	(void)state;
	for (const struct option_row *a = option_rows; a->name; a++)
		for (const struct option_row *b = a + 1; b->name; b++)
			if (!strcmp(a->name, b->name) != (a->letter && a->letter == b->letter) &&
			    (a->letter || b->letter))
				fail_msg("-%c is --%s and --%s", a->letter ? a->letter : b->letter,
					 a->name, b->name);
}

static void rows_match_their_type(void **state)
{
	(void)state;
	for (const struct option_row *row = option_rows; row->name; row++) {
		const bool word = row->type == OPTION_FLAG || row->type == OPTION_OFF ||
				  row->type == OPTION_TIMES;

		if (row->type != OPTION_CUSTOM && !word != !!row->arg)
			fail_msg("--%s: its type and its argument do not match", row->name);
		if (!row->help || !*row->help || row->help[strlen(row->help) - 1] == '.')
			fail_msg("--%s: its help is no phrase", row->name);
		if ((row->type == OPTION_CUSTOM) != !!row->parse)
			fail_msg("--%s: its type and its parser do not match", row->name);
		if (row->type != OPTION_CUSTOM && row->type != OPTION_TEXT && !word && !row->what)
			fail_msg("--%s: errors have no name for its argument", row->name);
		if (row->list && row->type != OPTION_CUSTOM && row->type != OPTION_NAME)
			fail_msg("--%s: its type and its list of words do not match", row->name);
		if (row->type != OPTION_CUSTOM &&
		    (!row->size || row->field + row->size > sizeof(struct options)))
			fail_msg("--%s: it has no field", row->name);
		if ((row->type == OPTION_NAME || row->type == OPTION_NAMES) != !!row->names)
			fail_msg("--%s: its type and its names do not match", row->name);
		if (row->type == OPTION_NUMBER && (uint64_t)row->least >= row->most)
			fail_msg("--%s: its range is empty", row->name);
	}
}

/* Two options that write to one field are the same option. */
static void field_is_set_by_one_option(void **state)
{
	(void)state;
	for (const struct option_row *a = option_rows; a->name; a++)
		for (const struct option_row *b = a + 1; b->name; b++)
			if (a->size && b->size && a->field < b->field + b->size &&
			    b->field < a->field + a->size &&
			    (strcmp(a->name, b->name) || a->type != b->type))
				fail_msg("--%s and --%s write to the same field", a->name, b->name);
}

/* The number behind "default " in the help. Return: -1 without one. */
static long long told_default(const char *help)
{
	const char *at = strstr(help, "(default ");

	return at && at[9] >= '0' && at[9] <= '9' ? atoll(at + 9) : -1;
}

static void help_states_the_default(void **state)
{
	int checked = 0;

	(void)state;
	for (const struct option_row *row = option_rows; row->name; row++) {
		const long long told = told_default(row->help);
		long long is = row->standard >> row->scale;

		/* where the default is found elsewhere, it is 0 here */
		if (told < 0 || !row->standard)
			continue;
		if (row->type == OPTION_TIME)
			is = row->standard / 1000000000;
		/* one text for several commands */
		if (!strcmp(row->name, "ring") && row->commands == COMMAND_RECORD)
			assert_non_null(strstr(row->help, "for record 65536"));
		else if (told != is)
			fail_msg("--%s: the default is %lld, its help tells %lld", row->name, is,
				 told);
		if (!strcmp(row->name, "ring") && row->commands == COMMAND_RECORD)
			assert_int_equal(is, 65536);
		checked++;
	}
	/* --top, --max-processes, --ring, --interval, --max-series, in all their rows */
	assert_int_equal(checked, 10);
}

static void help_lists_the_values(void **state)
{
	(void)state;
	for (const struct option_row *row = option_rows; row->name; row++) {
		/* there are many causes and rules; a weight is of some views alone */
		if (!row->names || !strcmp(row->name, "cause") || !strcmp(row->name, "explain") ||
		    !strcmp(row->name, "weight"))
			continue;
		for (int i = 0; i < row->nr_names; i++)
			if (!strstr(row->help, row->names[i]) && !strstr(row->arg, row->names[i]))
				fail_msg("--%s: its help does not list '%s'", row->name,
					 row->names[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_unique),
		cmocka_unit_test(letter_always_means_the_same_option),
		cmocka_unit_test(rows_match_their_type),
		cmocka_unit_test(field_is_set_by_one_option),
		cmocka_unit_test(help_states_the_default),
		cmocka_unit_test(help_lists_the_values),
	};

	return cmocka_run_group_tests_name("option_rows", tests, NULL, NULL);
}
