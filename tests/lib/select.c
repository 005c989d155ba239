// SPDX-License-Identifier: GPL-2.0-only
/* select.c - run all tests of a program, or those that VMASCOPE_TEST selects. */
#include "check.h"
#include "system.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** is_named - @name matches one of the comma-separated @patterns. */
static bool is_named(const char *patterns, const char *name)
{
	char *copy = strdup(patterns), *save;
	bool found = false;

	if (!copy)
		return true;
	for (char *p = strtok_r(copy, ",", &save); p && !found; p = strtok_r(NULL, ",", &save))
		found = !fnmatch(p, name, 0);
	free(copy);
	return found;
}

int vt_run_tests(const struct CMUnitTest *tests, size_t nr)
{
	const char *patterns = getenv("VMASCOPE_TEST");
	struct CMUnitTest *selected = calloc(nr + 1, sizeof(*selected));
	size_t n = 0;
	int failed;

	if (!selected) {
		fprintf(stderr, "test: out of memory\n");
		return 1;
	}
	for (size_t i = 0; i < nr; i++)
		if (!patterns || !*patterns || is_named(patterns, tests[i].name))
			selected[n++] = tests[i];
	failed = _cmocka_run_group_tests("tests", selected, n, vt_require_root, vt_group_done);
	free(selected);
	return failed;
}
