// SPDX-License-Identifier: GPL-2.0-only
/* child.c - run a command so that it is traced from its exec on. */
#include "sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/limits.h"
#include "util/log.h"
#include "util/startup.h"

static void be_quiet(void)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			_exit(126);
}

static void wait_and_exec(int go_fd, int error_fd, char *const *argv)
{
	sigset_t none;
	char go;
	int err;

	/* the command inherits neither ignored nor blocked signals */
	startup__restore();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (read(go_fd, &go, 1) != 1)
		_exit(0); /* not released: vmascope gave up, and has reported the reason */
	execvp(argv[0], argv);
	err = errno;
	if (write(error_fd, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

int child__start(struct child *c, char *const *argv, bool quiet)
{
	int go[2], error[2], err;

	memset(c, 0, sizeof(*c));
	c->pidfd = c->go_fd = c->error_fd = -1;
	if (pipe2(go, O_CLOEXEC))
		goto fail;
	if (pipe2(error, O_CLOEXEC)) {
		close(go[0]);
		close(go[1]);
		goto fail;
	}
	c->pid = fork();
	if (!c->pid) {
		close(go[1]);
		if (quiet)
			be_quiet();
		wait_and_exec(go[0], error[1], argv);
	}
	close(go[0]);
	close(error[1]);
	c->go_fd = go[1];
	c->error_fd = error[0];
	if (c->pid < 0)
		goto fail;
	c->pidfd = syscall(SYS_pidfd_open, c->pid, 0);
	if (c->pidfd >= 0)
		return 0;
fail:
	err = -errno;
	vs_fail(VS_EXIT_FAILURE, limit_hint(err), "cannot start a process: %s", strerror(-err));
	return err;
}

int child__go(struct child *c)
{
	int err = 0;
	ssize_t n;

	if (write(c->go_fd, "", 1) != 1)
		return -errno;
	close(c->go_fd);
	c->go_fd = -1;
	/* the pipe closes at a successful exec */
	do {
		n = read(c->error_fd, &err, sizeof(err));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(err) ? -err : 0;
}

bool child__poll(struct child *c)
{
	if (c->pid > 0 && !c->ended)
		c->ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
	return c->ended;
}

int child__exit_status(const struct child *c)
{
	if (WIFSIGNALED(c->status))
		return 128 + WTERMSIG(c->status);
	return WEXITSTATUS(c->status);
}

void child__cleanup(struct child *c)
{
	if (c->go_fd >= 0)
		close(c->go_fd);
	if (c->pid > 0 && !c->ended && c->go_fd >= 0)
		waitpid(c->pid, &c->status, 0); /* it exits by itself, as its pipe is closed */
	if (c->error_fd >= 0)
		close(c->error_fd);
	if (c->pidfd >= 0)
		close(c->pidfd);
	c->go_fd = c->error_fd = c->pidfd = -1;
}
