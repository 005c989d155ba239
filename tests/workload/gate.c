// SPDX-License-Identifier: GPL-2.0-only
/*
 * gate - wait for the end of stdin, then become another program:
 *
 *	gate PROGRAM [ARGUMENT…]
 */
#include "workload.h"

int main(int argc, char **argv)
{
	wl_init("gate");
	if (argc < 2)
		_exit(WL_EXIT_USAGE);
	/* as the test has set it: wl_init() has turned huge pages off */
	if (prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0))
		wl_die("PR_SET_THP_DISABLE");
	wl_gate();
	execvp(argv[1], argv + 1);
	wl_die("%s", argv[1]);
}
