// SPDX-License-Identifier: GPL-2.0-only
/* behind.c - a command that is stopped while its target makes its faults. */
#include "behind.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "scope.h"
#include "system.h"

static char state_of(pid_t pid)
{
	char path[64], *text, *p, state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	text = vt_read_file(path, NULL);
	p = strrchr(text, ')');
	vt_true(p && p[1] == ' ');
	state = p[2];
	free(text);
	return state;
}

static bool is_stopped(void *arg)
{
	const struct vt_behind *b = arg;

	return state_of(b->cmd.pid) == 'T';
}

/* The result is written at once, at the end. */
static bool is_done(void *arg)
{
	const struct vt_behind *b = arg;
	struct stat st;

	return !stat(b->target.result, &st) && st.st_size > 0;
}

void vt_behind_attach(struct vt_behind *b, const char *faults, const char *const *args)
{
	const char *argv[32] = { vt_vmascope() };
	char pid[16];
	size_t n = 1;

	memset(b, 0, sizeof(*b));
	vt_gated_start(&b->target, VT_ARGS("storm", "--stay", "--faults", faults));
	snprintf(pid, sizeof(pid), "%d", b->target.work.pid);
	while (*args)
		argv[n++] = *args++;
	argv[n++] = "-p";
	argv[n++] = pid;
	argv[n] = NULL;
	vt_start(&b->cmd, NULL, argv);
	vt_await_attached(&b->cmd);
	vt_signal(&b->cmd, SIGSTOP);
	vt_await(is_stopped, b, "the command is stopped", VT_PATIENCE);
}

void vt_behind_fault(struct vt_behind *b)
{
	vt_equal(write(b->target.work.stdin_fd, "", 1), 1, "byte to the gate");
	vt_await(is_done, b, "the target has made its faults", VT_PATIENCE);
}

void vt_behind_start(struct vt_behind *b, const char *faults, const char *const *args)
{
	vt_behind_attach(b, faults, args);
	vt_behind_fault(b);
}

void vt_behind_free(struct vt_behind *b)
{
	vt_free(&b->cmd);
	vt_gated_free(&b->target);
}
