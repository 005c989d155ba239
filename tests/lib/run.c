// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - start a program, wait for it with a time limit, and keep its output.
 *
 * Output goes to memfds, so a program never blocks on a test that does not read.
 */
#include "run.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Programs that were started and not yet reaped, so that a failed test leaves none running. */
static pid_t live[64];

static void live_set(pid_t from, pid_t to)
{
	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++)
		if (live[i] == from) {
			live[i] = to;
			return;
		}
}

void vt_kill_left(void)
{
	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++) {
		if (!live[i])
			continue;
		kill(-live[i], SIGKILL);
		kill(live[i], SIGKILL);
		waitpid(live[i], NULL, 0);
		live[i] = 0;
	}
}

unsigned int vt_slow(void)
{
	const char *env = getenv("VMASCOPE_SLOW");

	return env && atoi(env) > 0 ? (unsigned int)atoi(env) : 1;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void nap(void)
{
	struct timespec ts = { .tv_nsec = 2000000 };

	nanosleep(&ts, NULL);
}

void vt_await(bool (*cond)(void *), void *arg, const char *what, unsigned int seconds)
{
	double end = now() + seconds * vt_slow();

	while (!cond(arg)) {
		if (now() > end)
			fail_msg("waited %u s in vain: %s", seconds * vt_slow(), what);
		nap();
	}
}

static char *slurp(int fd, size_t *len)
{
	struct stat st;
	char *buf;
	size_t n = 0;
	ssize_t got;

	vt_sys(fstat(fd, &st));
	buf = malloc((size_t)st.st_size + 1);
	vt_true(buf);
	while (n < (size_t)st.st_size &&
	       (got = pread(fd, buf + n, (size_t)st.st_size - n, (off_t)n)) > 0)
		n += (size_t)got;
	buf[n] = 0;
	if (len)
		*len = n;
	return buf;
}

/* @uid may not have access to the program, so it is opened before. */
static void become(uid_t uid, const char *program, const char *const *argv)
{
	int fd = open(program, O_PATH);

	if (fd < 0 || setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		_exit(126);
	syscall(SYS_execveat, fd, "", argv, environ, 0x1000 /* AT_EMPTY_PATH */);
	_exit(126);
}

/* A socket with an address chosen by the kernel, "@" and five digits, for NOTIFY_SOCKET. */
static int notify_socket(char address[8])
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr.sun_family);
	int fd;

	vt_sys(fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	vt_sys(bind(fd, (struct sockaddr *)&addr, len));
	len = sizeof(addr);
	vt_sys(getsockname(fd, (struct sockaddr *)&addr, &len));
	vt_equal(len, sizeof(addr.sun_family) + 6, "length of an abstract address");
	snprintf(address, 8, "@%.5s", addr.sun_path + 1);
	return fd;
}

static _Noreturn void child(const struct vt_how *how, const char *const *argv, int in, int out,
			    int err)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* a shell starts background commands with SIGINT ignored, nohup ignores SIGHUP */
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	if (how->env)
		putenv((char *)how->env);
	if (how->uid)
		become(how->uid, argv[0], argv);
	execvp(argv[0], (char *const *)argv);
	dprintf(2, "test: cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(126);
}

void vt_start(struct vt_cmd *cmd, const struct vt_how *how, const char *const *argv)
{
	static const struct vt_how ordinary;
	int in[2] = { -1, -1 };
	char notify[8];

	if (!how)
		how = &ordinary;
	memset(cmd, 0, sizeof(*cmd));
	cmd->name = argv[0];
	if (how->stdin_pipe)
		vt_sys(pipe2(in, O_CLOEXEC));
	else
		vt_sys(in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC));
	vt_sys(cmd->out_fd = memfd_create("stdout", MFD_CLOEXEC));
	vt_sys(cmd->err_fd = memfd_create("stderr", MFD_CLOEXEC));
	/* O_APPEND, so that a program and its children don't overwrite each other's output. */
	fcntl(cmd->out_fd, F_SETFL, O_APPEND);
	fcntl(cmd->err_fd, F_SETFL, O_APPEND);
	cmd->notify_fd = notify_socket(notify);
	fflush(NULL);
	vt_sys(cmd->pid = fork());
	if (!cmd->pid) {
		setenv("NOTIFY_SOCKET", notify, 1);
		child(how, argv, in[0], how->stdout_fd ? how->stdout_fd : cmd->out_fd, cmd->err_fd);
	}
	setpgid(cmd->pid, cmd->pid);
	live_set(0, cmd->pid);
	close(in[0]);
	cmd->stdin_fd = in[1];
}

static bool reap(struct vt_cmd *cmd)
{
	pid_t got = waitpid(cmd->pid, &cmd->status, WNOHANG);

	if (!got)
		return false;
	vt_true(got == cmd->pid);
	live_set(cmd->pid, 0);
	cmd->pid = 0;
	cmd->exit = WIFEXITED(cmd->status) ? WEXITSTATUS(cmd->status) : 128 + WTERMSIG(cmd->status);
	return true;
}

static void collect(struct vt_cmd *cmd)
{
	cmd->out = slurp(cmd->out_fd, &cmd->out_len);
	cmd->err = slurp(cmd->err_fd, NULL);
	if (strstr(cmd->err, "Sanitizer") || strstr(cmd->err, "runtime error:"))
		fail_msg("%s: a sanitizer complains:\n%s", cmd->name, cmd->err);
}

void vt_wait(struct vt_cmd *cmd, unsigned int seconds)
{
	double end = now() + seconds * vt_slow();
	int pidfd = (int)syscall(SYS_pidfd_open, cmd->pid, 0);
	struct pollfd pollfd = { .fd = pidfd, .events = POLLIN };

	vt_sys(pidfd);
	while (!reap(cmd)) {
		double left = end - now();

		if (left < 0) {
			pid_t pid = cmd->pid;

			kill(-pid, SIGKILL);
			waitpid(pid, &cmd->status, 0);
			live_set(pid, 0);
			cmd->pid = 0;
			close(pidfd);
			collect(cmd);
			fail_msg("%s: hung: not done after %u s\nstdout: %.2000s\nstderr: %.2000s",
				 cmd->name, seconds * vt_slow(), cmd->out, cmd->err);
		}
		poll(&pollfd, 1, (int)(left * 1000) + 1);
	}
	close(pidfd);
	collect(cmd);
}

void vt_run(struct vt_cmd *cmd, const struct vt_how *how, const char *const *argv)
{
	vt_start(cmd, how, argv);
	vt_wait(cmd, VT_PATIENCE);
}

bool vt_possible(const char *const *argv)
{
	struct vt_cmd cmd;
	bool is;

	vt_run(&cmd, NULL, argv);
	is = cmd.exit != VT_IMPOSSIBLE;
	if (is && cmd.exit)
		fail_msg("%s: exit status %d: %s", argv[0], cmd.exit, cmd.err);
	if (!is)
		print_message("# %s", cmd.err);
	vt_free(&cmd);
	return is;
}

void vt_close_stdin(struct vt_cmd *cmd)
{
	if (cmd->stdin_fd >= 0)
		close(cmd->stdin_fd);
	cmd->stdin_fd = -1;
}

void vt_signal(const struct vt_cmd *cmd, int sig)
{
	vt_true(cmd->pid > 0);
	vt_sys(kill(cmd->pid, sig));
}

bool vt_ended(const struct vt_cmd *cmd)
{
	siginfo_t info = { 0 };

	vt_sys(waitid(P_PID, (id_t)cmd->pid, &info, WEXITED | WNOHANG | WNOWAIT));
	return info.si_pid == cmd->pid;
}

char *vt_peek(const struct vt_cmd *cmd)
{
	return slurp(cmd->out_fd, NULL);
}

char *vt_peek_err(const struct vt_cmd *cmd)
{
	return slurp(cmd->err_fd, NULL);
}

struct text_wait {
	const struct vt_cmd *cmd;
	const char *text;
};

static bool has_text(void *arg)
{
	struct text_wait *w = arg;
	char *out = vt_peek(w->cmd);
	bool found = strstr(out, w->text);

	free(out);
	if (!found && vt_ended(w->cmd)) {
		char *err = slurp(w->cmd->err_fd, NULL);

		fail_msg("%s ended before it printed '%s': %s", w->cmd->name, w->text, err);
	}
	return found;
}

void vt_await_text(const struct vt_cmd *cmd, const char *text)
{
	struct text_wait w = { .cmd = cmd, .text = text };

	vt_await(has_text, &w, text, VT_PATIENCE);
}

void vt_free(struct vt_cmd *cmd)
{
	if (cmd->pid > 0) {
		kill(-cmd->pid, SIGKILL);
		kill(cmd->pid, SIGKILL);
		waitpid(cmd->pid, NULL, 0);
		live_set(cmd->pid, 0);
	}
	vt_close_stdin(cmd);
	if (cmd->out_fd > 0)
		close(cmd->out_fd);
	if (cmd->err_fd > 0)
		close(cmd->err_fd);
	if (cmd->notify_fd > 0)
		close(cmd->notify_fd);
	free(cmd->out);
	free(cmd->err);
	memset(cmd, 0, sizeof(*cmd));
	cmd->stdin_fd = -1;
}

static char dir[128];

const char *vt_path(const char *name)
{
	static unsigned int serial;
	static char path[16][256];
	char *p = path[serial % 16];

	if (!dir[0]) {
		const char *tmp = getenv("TMPDIR");

		snprintf(dir, sizeof(dir), "%s/vmascope-test.XXXXXX", tmp && *tmp ? tmp : "/tmp");
		vt_true(mkdtemp(dir));
		vt_sys(chmod(dir, 01777));
	}
	snprintf(p, sizeof(path[0]), "%s/%u-%s", dir, serial++, name);
	return p;
}

void vt_cleanup(void)
{
	struct vt_cmd rm;

	if (!dir[0])
		return;
	vt_run(&rm, NULL, VT_ARGS("rm", "-rf", dir));
	vt_free(&rm);
	dir[0] = 0;
}

char *vt_read_file(const char *path, size_t *len)
{
	size_t n = 0, room = 1 << 16;
	char *buf = malloc(room);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	while ((got = read(fd, buf + n, room - n - 1)) > 0) {
		n += (size_t)got;
		if (room - n < 4096)
			buf = realloc(buf, room *= 2);
		vt_true(buf);
	}
	close(fd);
	buf[n] = 0;
	if (len)
		*len = n;
	return buf;
}

void vt_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) ? errno : 0;

	/* close it, as what the file belongs to may have to be removed */
	if (fd >= 0)
		close(fd);
	if (err)
		fail_msg("cannot write '%s' to %s: %s", text, path, strerror(err));
}
