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
#include <time.h>
#include <unistd.h>

#include "sys/limits.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/startup.h"

/** Limit for the child to reach its wait, even on an overloaded machine. */
#define SLEEP_LIMIT_NS 60000000000ULL

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

/** state_of - the state letter in /proc/PID/stat; 0: it can't be read */
static char state_of(pid_t pid)
{
	char path[64], text[512], *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	end = strrchr(text, ')');
	return end && end[1] == ' ' ? end[2] : 0;
}

/**
 * await_sleep - wait until the child sleeps, waiting to be released
 *
 * Before that it still takes faults, on another CPU: a fault that is in progress when the child is
 * marked would be counted as if the command had taken it.
 */
static void await_sleep(pid_t pid)
{
	const struct timespec nap = { .tv_nsec = 50000 };
	const uint64_t limit_ns = clock__monotonic_ns() + SLEEP_LIMIT_NS;
	char state;

	/* wait while it runs, or handles a fault that reads from disk */
	while (((state = state_of(pid)) == 'R' || state == 'D') && clock__monotonic_ns() < limit_ns)
		nanosleep(&nap, NULL);
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
	if (c->pidfd >= 0) {
		await_sleep(c->pid);
		return 0;
	}
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
