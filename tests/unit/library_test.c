// SPDX-License-Identifier: GPL-2.0-only
/*
 * library_test.c - functions of libraries that are installed, and those that are not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/library.h"

static void functions_are_found(void **state)
{
	double (*root)(double) = (double (*)(double))library__function("libm.so.6", "sqrt");

	(void)state;
	assert_non_null(root);
	assert_true(root(9) == 3);
}

static void missing_functions_are_null(void **state)
{
	(void)state;
	assert_null(library__function("libm.so.6", "no_such_function"));
	assert_null(library__function("libnosuchlibrary.so.1", "sqrt"));
}

static void names_are_demangled(void **state)
{
	char *(*demangle)(const char *, char *, size_t *, int *) = library__demangler();
	char *name;
	int status;

	(void)state;
	assert_non_null(demangle);
	name = demangle("_ZN3one3twoEi", NULL, NULL, &status);
	assert_int_equal(status, 0);
	assert_string_equal(name, "one::two(int)");
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found),
		cmocka_unit_test(missing_functions_are_null),
		cmocka_unit_test(names_are_demangled),
	};

	return cmocka_run_group_tests_name("library", tests, NULL, NULL);
}
