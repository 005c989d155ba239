// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop_test - every command ends when it is to, also while events come faster than it handles them
 * and nobody reads what it prints; what it could not print is counted.
 *
 * The target makes events until the test ends it: a command that ends only with its target is not
 * ended in time, however fast the machine is.
 */
#include "check.h"
#include "scope.h"
#include "system.h"
#include "term.h"
#include "top.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/** Seconds: the target's, if the test does not end it; far more than VT_PATIENCE. */
#define TARGET_SECONDS "900"

/** struct run - a storm, a command that watches it, and its output */
struct run {
	struct vt_cmd target;
	struct vt_cmd cmd;
	int pipe[2];
	char pid[16];
};

static void start_target(struct run *r)
{
	memset(r, 0, sizeof(*r));
	vt_sys(pipe2(r->pipe, O_CLOEXEC));
	vt_start(&r->target, NULL,
		 VT_ARGS(vt_workload("storm"), "--seconds", TARGET_SECONDS, "--threads", "2"));
	snprintf(r->pid, sizeof(r->pid), "%d", r->target.pid);
}

/* The command is over, and the storm is not. */
static void await_end(struct run *r)
{
	vt_wait(&r->cmd, VT_PATIENCE);
	if (vt_ended(&r->target))
		fail_msg("the command ended with its target only: %s", r->cmd.err);
}

static void end_storm(struct run *r)
{
	vt_signal(&r->target, SIGTERM);
	vt_wait(&r->target, VT_PATIENCE);
	vt_free(&r->target);
	close(r->pipe[0]);
	if (r->pipe[1] >= 0)
		close(r->pipe[1]);
}

static void end_target(struct run *r)
{
	end_storm(r);
	vt_free(&r->cmd);
}

/* What is in the pipe by now. */
static char *read_rest(struct run *r)
{
	size_t len = 0, cap = 4 << 20;
	char *text = malloc(cap + 1);
	ssize_t n;

	vt_true(text);
	close(r->pipe[1]);
	r->pipe[1] = -1;
	while ((n = read(r->pipe[0], text + len, cap - len)) > 0)
		len += (size_t)n;
	text[len] = 0;
	return text;
}

/* streamed + dropped = generated, and generated is what the counters in the kernel have. */
static void check_summary(struct run *r)
{
	char *text = read_rest(r);
	struct json_object *lines = vt_json_lines(text, "trace"), *last;
	const size_t n = json_object_array_length(lines);

	vt_cmp(n, >, 0, "lines");
	last = json_object_array_get_idx(lines, n - 1);
	vt_equal(strcmp(vt_str(last, "type"), "summary"), 0, "the last line is the summary");
	vt_equal(vt_int(last, "events"), n - 1, "events = lines");
	vt_cmp(vt_int(last, "lost"), >, 0, "dropped: nobody read");
	vt_equal(vt_int(last, "events") + vt_int(last, "lost"), vt_int(last, "generated"),
		 "streamed + dropped = generated");
	json_object_put(lines);
	free(text);
}

static void trace_ends_by_duration(void **state)
{
	struct run r;

	(void)state;
	start_target(&r);
	vt_start(&r.cmd, NULL,
		 VT_ARGS(vt_vmascope(), "trace", "-p", r.pid, "-d", "1", "-o", "/dev/null"));
	await_end(&r);
	vt_equal(r.cmd.exit, 0, "exit status");
	end_target(&r);
}

static void trace_ends_with_a_blocked_reader(void **state)
{
	struct run r;

	(void)state;
	start_target(&r);
	vt_start(&r.cmd, &(struct vt_how){ .stdout_fd = r.pipe[1] },
		 VT_ARGS(vt_vmascope(), "trace", "-p", r.pid, "-d", "1", "-j"));
	await_end(&r);
	vt_equal(r.cmd.exit, 0, "exit status");
	check_summary(&r);
	end_target(&r);
}

static bool pipe_is_full(void *arg)
{
	const struct run *r = arg;
	struct pollfd fd = { .fd = r->pipe[1], .events = POLLOUT };

	return vt_ended(&r->cmd) || poll(&fd, 1, 0) == 0;
}

/* While it is blocked in a write, which is where it always was before. */
static void signal_ends(int sig, const char *const *args)
{
	const char *argv[24] = { vt_vmascope() };
	struct run r;
	size_t n = 1;

	start_target(&r);
	for (; *args; args++)
		argv[n++] = strcmp(*args, "PID") ? *args : r.pid;
	vt_start(&r.cmd, &(struct vt_how){ .stdout_fd = r.pipe[1] }, argv);
	vt_await(pipe_is_full, &r, "the pipe is full", VT_PATIENCE);
	vt_true(!vt_ended(&r.cmd));
	vt_signal(&r.cmd, sig);
	await_end(&r);
	check_summary(&r);
	end_target(&r);
}

static void trace_ends_by_ctrl_c(void **state)
{
	(void)state;
	signal_ends(SIGINT, VT_ARGS("trace", "-p", "PID", "-j"));
}

static void trace_ends_by_sigterm(void **state)
{
	(void)state;
	signal_ends(SIGTERM, VT_ARGS("trace", "-p", "PID", "-j"));
}

static void trace_of_calls_ends(void **state)
{
	(void)state;
	signal_ends(SIGTERM,
		    VT_ARGS("trace", "-p", "PID", "-j", "--events", "fault,memcall,shootdown"));
}

static void trace_with_stacks_ends(void **state)
{
	(void)state;
	signal_ends(SIGINT, VT_ARGS("trace", "-p", "PID", "-j", "-U"));
}

/* Intervals, frames and documents: what is printed is small, so the pipe is full before. */
static void fill(int fd)
{
	static char zeros[4096];

	vt_sys(fcntl(fd, F_SETFL, O_NONBLOCK));
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	vt_sys(fcntl(fd, F_SETFL, 0));
}

/** All of one target, at once: most of the time of each goes by waiting for its reader. */
#define NR_COUNTING 7

/** start_at_a_full_pipe - @args: PID is the pid of @target */
static void start_at_a_full_pipe(struct run *r, const struct run *target, const char *const *args)
{
	const char *argv[24] = { vt_vmascope() };
	size_t n = 1;

	vt_sys(pipe2(r->pipe, O_CLOEXEC));
	fill(r->pipe[1]);
	for (; *args; args++)
		argv[n++] = strcmp(*args, "PID") ? *args : target->pid;
	vt_start(&r->cmd, &(struct vt_how){ .stdout_fd = r->pipe[1] }, argv);
}

static void counting_commands_end_by_signal(void **state)
{
	const char *recording = vt_path("stop.rec");
	const char *const *const commands[NR_COUNTING] = {
		VT_ARGS("stat", "-p", "PID", "-d", "1"),
		VT_ARGS("stat", "-p", "PID", "-d", "1", "-i", "100ms", "-j"),
		VT_ARGS("stat", "-p", "PID", "-d", "1", "--by", "stack", "--unwind", "dwarf"),
		VT_ARGS("shootdown", "-p", "PID", "-d", "1"),
		VT_ARGS("top", "--batch", "-p", "PID", "-d", "1"),
		VT_ARGS("record", "-p", "PID", "-d", "1", "-o", recording, "--summary"),
		VT_ARGS("serve", "-p", "PID", "-d", "1", "--listen", "127.0.0.1:0", "-q"),
	};
	static struct run runs[NR_COUNTING];
	struct run target;

	(void)state;
	start_target(&target);
	memset(runs, 0, sizeof(runs));
	for (size_t i = 0; i < NR_COUNTING; i++)
		start_at_a_full_pipe(&runs[i], &target, commands[i]);
	for (size_t i = 0; i < NR_COUNTING; i++) {
		struct run *r = &runs[i];

		vt_wait(&r->cmd, VT_PATIENCE);
		if (vt_ended(&target.target))
			fail_msg("%s ended with its target only: %s", commands[i][0], r->cmd.err);
		if (r->cmd.exit && !strstr(r->cmd.err, "the reader did not read it in time"))
			fail_msg("%s: exit status %d: %s", commands[i][0], r->cmd.exit, r->cmd.err);
		vt_free(&r->cmd);
		close(r->pipe[0]);
		close(r->pipe[1]);
	}
	end_storm(&target);
}

/* Messages, too, may go to a pipe that is full. */
static void blocked_stderr_does_not_hang(void **state)
{
	const char *script = "exec \"$0\" trace -p \"$1\" -d 1 2>&1";
	struct run r;

	(void)state;
	start_target(&r);
	fill(r.pipe[1]);
	vt_start(&r.cmd, &(struct vt_how){ .stdout_fd = r.pipe[1] },
		 VT_ARGS("/bin/sh", "-c", script, vt_vmascope(), r.pid));
	await_end(&r);
	end_target(&r);
}

/* `top` in a terminal that nobody reads: the server that stands for it is stopped. */
static bool is_blocked(void *arg)
{
	const pid_t pid = *(const pid_t *)arg;
	char path[64], call[64] = "";
	bool blocked;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	f = fopen(path, "re");
	blocked = f && fgets(call, sizeof(call), f) && strtol(call, NULL, 10) == SYS_write &&
		  strstr(call, " 0x1 ");
	if (f)
		fclose(f);
	return blocked;
}

static bool is_gone(void *arg)
{
	return kill(*(const pid_t *)arg, 0);
}

static void top_ends_in_a_stopped_terminal(void **state)
{
	struct vt_term t;
	pid_t pid;

	(void)state;
	vt_top_open(&t, 120, 40, VT_UTF8,
		    VT_ARGS("-i", "50ms", "--", vt_workload("storm"), "--seconds", TARGET_SECONDS,
			    "--threads", "2"));
	pid = vt_term_pid(&t);
	vt_sys(kill(t.server.pid, SIGSTOP));
	vt_await(is_blocked, &pid, "top is blocked in a write", VT_PATIENCE);
	/* twice: it would wait for its command */
	vt_sys(kill(pid, SIGTERM));
	vt_sys(kill(pid, SIGTERM));
	vt_await(is_gone, &pid, "top has ended", VT_PATIENCE);
	vt_sys(kill(t.server.pid, SIGCONT));
	vt_term_close(&t);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(trace_ends_by_duration),
	VT_TEST(trace_ends_with_a_blocked_reader),
	VT_TEST(trace_ends_by_ctrl_c),
	VT_TEST(trace_ends_by_sigterm),
	VT_TEST(trace_of_calls_ends),
	VT_TEST(trace_with_stacks_ends),
	VT_TEST(counting_commands_end_by_signal),
	VT_TEST(blocked_stderr_does_not_hang),
	VT_TEST(top_ends_in_a_stopped_terminal),
};

VT_MAIN(tests)
