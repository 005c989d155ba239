// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_sudo_test - serve as it is started by hand, by sudo: no thread of it keeps what it does not need.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "http.h"
#include "privileges.h"
#include "scope.h"
#include "system.h"

/** Processes of sudo that may be between: itself, and the one that owns a terminal. */
#define MOST_SUDOS 3

/** vmascope_below - the process that sudo has started */
static pid_t vmascope_below(pid_t pid)
{
	for (int i = 0; i < MOST_SUDOS; i++) {
		char path[64], *comm;
		bool found;

		pid = vt_child_of(pid);
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		comm = vt_read_file(path, NULL);
		found = !strcmp(comm, "vmascope\n");
		free(comm);
		if (found)
			return pid;
	}
	fail_msg("no vmascope below sudo");
	return 0;
}

static void root_is_dropped_under_sudo(void **state)
{
	struct vt_serve serve;
	pid_t pid;

	(void)state;
	if (system("command -v sudo >/dev/null"))
		fail_msg("no sudo (run: sudo make deps)");
	vt_serve_start_by(&serve, VT_ARGS("sudo", "-n", "--"));
	pid = vmascope_below(serve.cmd.pid);
	vt_check_serve(pid);
	/* sudo does not hand on what comes from its own process group */
	vt_sys(kill(pid, SIGTERM));
	vt_wait(&serve.cmd, VT_PATIENCE);
	vt_equal(serve.cmd.exit, 0, "exit status: %s", serve.cmd.err);
	close(serve.port_fd);
	vt_free(&serve.cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(root_is_dropped_under_sudo),
};

VT_MAIN(tests)
