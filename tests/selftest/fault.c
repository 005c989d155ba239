// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault.c - a test program that fails in the way its name says; tests/selftest_test.sh runs it.
 *
 * It has one test that passes, and then one that is named like the program (without "_test").
 */
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void passes(void **state)
{
	(void)state;
	vt_equal(1, 1, "a right number");
}

static void wrong(void **state)
{
	(void)state;
	vt_equal(41, 42, "a wrong number");
}

/* cmocka turns this signal into a failed test, and goes on. */
static void segfault(void **state)
{
	(void)state;
	raise(SIGSEGV);
}

static void aborts(void **state)
{
	(void)state;
	abort();
}

/* As the kernel does when memory is short: not to be taken for a hang. */
static void killed(void **state)
{
	(void)state;
	raise(SIGKILL);
}

/* With success: only the missing result shows it. */
static void exits(void **state)
{
	(void)state;
	fflush(stdout);
	_exit(0);
}

static void hangs(void **state)
{
	(void)state;
	for (;;)
		pause();
}

/* A hang that SIGTERM does not end. */
static void stubborn(void **state)
{
	signal(SIGTERM, SIG_IGN);
	hangs(state);
}

static void skips(void **state)
{
	(void)state;
	skip();
}

static void extra(void **state)
{
	(void)state;
	printf("ok 3 - a result that was not planned\n");
}

#define FAULT(f)                                                                                   \
	{                                                                                          \
#f,                                                                                \
		{                                                                                  \
#f, f, NULL, NULL, NULL                                                    \
		}                                                                                  \
	}

static const struct {
	const char *name;
	struct CMUnitTest test;
} faults[] = {
	FAULT(wrong), FAULT(segfault), FAULT(aborts), FAULT(killed), FAULT(exits),
	FAULT(hangs), FAULT(stubborn), FAULT(skips),  FAULT(extra),
};

int main(int argc, char **argv)
{
	struct CMUnitTest tests[2] = { cmocka_unit_test(passes), cmocka_unit_test(passes) };
	char name[64];

	(void)argc;
	snprintf(name, sizeof(name), "%s",
		 strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0]);
	if (strstr(name, "_test"))
		*strstr(name, "_test") = '\0';
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(name, "silent"))
		return 0;
	if (!strcmp(name, "empty")) {
		printf("1..0\n");
		return 0;
	}
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (!strcmp(name, faults[i].name))
			tests[1] = faults[i].test;
	if (!strcmp(name, "status"))
		return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 3;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
