// SPDX-License-Identifier: GPL-2.0-only
/*
 * loads_test - loops over memory as will-it-scale has them, in threads and in processes: faults,
 * memory calls and flushes are the kernel's own counts, in every run. `make soak` has more of
 * them (soak_loads_test).
 */
#include "check.h"
#include "load.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>

/* @many: --threads or --processes */
static void run(const char *many, const char *loop)
{
	char program[512]; /* vt_workload() remembers a few */

	snprintf(program, sizeof(program), "%s", vt_workload("loops"));
	vt_load_check(VT_ARGS(program, many, "3", loop), 0, 0);
}

#define LOOP(name, many)                                                                           \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		run(many, #name);                                                                  \
	}

LOOP(page_fault3, "--processes")
LOOP(malloc1, "--threads")
LOOP(fork1, "--processes")
LOOP(mprotect1, "--threads")
LOOP(mremap1, "--processes")

static const struct CMUnitTest tests[] = {
	VT_TEST(page_fault3), VT_TEST(malloc1), VT_TEST(fork1),
	VT_TEST(mprotect1),   VT_TEST(mremap1),
};

VT_MAIN(tests)
