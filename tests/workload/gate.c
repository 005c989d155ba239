// SPDX-License-Identifier: GPL-2.0-only
/*
 * gate - wait for the end of stdin, then become another program, or run it:
 *
 *	gate [--reap] PROGRAM [ARGUMENT…]
 *
 * --reap: it runs in a child, and this program ends when nothing is left of it: children whose parent
 * ended before them become this program's. Exits as PROGRAM did.
 */
#include "workload.h"

/* Return: the exit status of @pid, 128 + signal if that ended it, once no descendant is left. */
static int reap_all(pid_t pid)
{
	int status = 0, now;
	pid_t ended;

	do {
		ended = waitpid(-1, &now, 0);
		if (ended == pid)
			status = WIFSIGNALED(now) ? 128 + WTERMSIG(now) : WEXITSTATUS(now);
	} while (ended > 0 || errno == EINTR);
	if (errno != ECHILD)
		wl_die("waitpid");
	return status;
}

int main(int argc, char **argv)
{
	const bool reap = argc > 1 && !strcmp(argv[1], "--reap");
	char **program = argv + 1 + reap;
	pid_t pid = 0;

	wl_init("gate");
	if (!*program)
		_exit(WL_EXIT_USAGE);
	/* as the test has set it: wl_init() has turned huge pages off */
	if (prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0))
		wl_die("PR_SET_THP_DISABLE");
	if (reap && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		wl_die("PR_SET_CHILD_SUBREAPER");
	wl_gate();
	if (reap)
		pid = wl_fork();
	if (pid)
		_exit(reap_all(pid));
	execvp(program[0], program);
	wl_die("%s", program[0]);
}
