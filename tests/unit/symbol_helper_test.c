// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_helper_test.c - helpers that crash, hang, grow and lie; and that the reader can do no harm.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "symbol/elf/reader.h"
#include "symbol/helper/helper.h"

enum {
	ECHO,
	CRASH,
	ABORT,
	HANG,
	SLEEP,
	EXIT,
	GIVE_FILE,
	TOO_LONG,
	SANDBOX
};

/** struct question - for the helper of this test */
struct question {
	int what;
	int n;
};

static int try_harm(void);

static void serve(struct helper_call *c)
{
	const struct question *q = c->request;
	volatile unsigned int spin = 0;

	c->reply_len = sizeof(int);
	*(int *)c->reply = q->n + 1;
	switch (q->what) {
	case CRASH:
		signal(SIGSEGV, SIG_DFL); /* the sanitizer's */
		raise(SIGSEGV);
		break;
	case ABORT:
		signal(SIGABRT, SIG_DFL);
		abort();
	case HANG:
		for (;;)
			spin++;
	case SLEEP:
		sleep(1000);
		break;
	case EXIT:
		_exit(0);
	case GIVE_FILE:
		for (size_t i = 0; i < c->nr_fds; i++) {
			char text[16] = "";

			*(int *)c->reply += (int)pread(c->fds[i], text, sizeof(text), 0);
			close(c->fds[i]);
		}
		c->reply_fd = open("/dev/zero", O_RDONLY);
		break;
	case TOO_LONG:
		c->reply_len = (size_t)q->n;
		break;
	case SANDBOX:
		*(int *)c->reply = try_harm();
		break;
	}
}

static const struct helper_kind kind = { .name = "test-helper", .serve = serve };
static struct helper helper;

static int ask(int what, int n, int *answer, unsigned int ms)
{
	const struct question q = { what, n };
	struct helper_call c = { .request = &q,
				 .request_len = sizeof(q),
				 .reply = answer,
				 .reply_len = sizeof(*answer) };
	int err = helper__call(&helper, &c, ms);

	if (!err && c.reply_fd >= 0)
		close(c.reply_fd);
	return err;
}

static int set_up(void **state)
{
	(void)state;
	memset(&helper, 0, sizeof(helper));
	return helper__start(&helper, &kind);
}

static int tear_down(void **state)
{
	(void)state;
	helper__stop(&helper);
	/* none is left */
	return waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD;
}

static void helper_answers(void **state)
{
	int answer = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(ask(ECHO, i, &answer, 10000), 0);
		assert_int_equal(answer, i + 1);
	}
	assert_int_equal(helper.starts, 1);
}

static void crashed_helper_is_replaced(void **state)
{
	static const int deaths[] = { CRASH, ABORT, EXIT };
	int answer = 0;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(ask(deaths[i], 0, &answer, 10000), -EPIPE);
		assert_int_equal(helper.crashes, i + 1);
		assert_int_equal(helper.pid, 0);
		assert_int_equal(ask(ECHO, 7, &answer, 10000), 0);
		assert_int_equal(answer, 8);
		assert_int_equal(helper.starts, i + 2);
	}
}

/* Nobody asked it anything: the next question is not to blame. */
static void killed_helper_is_replaced(void **state)
{
	siginfo_t info;
	int answer = 0;

	(void)state;
	assert_int_equal(kill(helper.pid, SIGKILL), 0);
	/* on a loaded machine it ends some time later; it is not reaped here */
	assert_int_equal(waitid(P_PID, (id_t)helper.pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(ask(ECHO, 1, &answer, 10000), 0);
	assert_int_equal(answer, 2);
	assert_int_equal(helper.crashes, 0);
}

/** Seconds in which a helper that would take longer has been killed, however busy the machine is. */
#define KILLED_S 120

static double seconds_of(int what)
{
	struct timespec from, to;
	int answer;

	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(ask(what, 0, &answer, 300), -ETIME);
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static void slow_helper_is_killed(void **state)
{
	int answer = 0;

	(void)state;
	assert_true(seconds_of(HANG) < KILLED_S);
	assert_true(seconds_of(SLEEP) < KILLED_S);
	assert_int_equal(helper.timeouts, 2);
	assert_int_equal(ask(ECHO, 1, &answer, 10000), 0);
}

/*
 * A killed process that someone traces is not its parent's to reap; nor is one that waits for FUSE
 * (a_file_system_that_stalls, in symbolizer_test.c) gone.
 */
static void unreapable_helper_is_abandoned(void **state)
{
	pid_t tracer, left = helper.pid;
	int answer = 0, up[2];
	char ready;

	(void)state;
	assert_int_equal(pipe(up), 0);
	tracer = fork();
	assert_true(tracer >= 0);
	if (!tracer) {
		ready = ptrace(PTRACE_SEIZE, left, NULL, NULL) ? 'n' : 'y';
		ready = write(up[1], &ready, 1) == 1;
		for (;;)
			pause();
	}
	assert_int_equal(read(up[0], &ready, 1), 1);
	assert_int_equal(ready, 'y');
	assert_true(seconds_of(SLEEP) < KILLED_S);
	assert_int_equal(waitpid(left, NULL, WNOHANG), 0);
	assert_int_equal(ask(ECHO, 1, &answer, 10000), 0);
	assert_int_equal(answer, 2);
	assert_int_equal(kill(tracer, SIGKILL), 0);
	assert_int_equal(waitpid(tracer, NULL, 0), tracer);
	assert_int_equal(waitpid(left, NULL, 0), left);
	close(up[0]);
	close(up[1]);
}

/* Ctrl-C goes to all; then the tracer wants names. */
static void helper_ignores_ctrl_c(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
	int answer = 0;

	(void)state;
	assert_int_equal(ask(ECHO, 1, &answer, 10000), 0);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		assert_int_equal(kill(helper.pid, signals[i]), 0);
	usleep(50000);
	assert_int_equal(ask(ECHO, 1, &answer, 10000), 0);
	assert_int_equal(helper.starts, 1);
}

static void files_are_passed_in_both_directions(void **state)
{
	const struct question q = { GIVE_FILE, 0 };
	struct helper_call c = { .request = &q, .request_len = sizeof(q), .nr_fds = 3 };
	int answer = 0, fd = memfd_create("x", 0);
	char zero = 1;

	(void)state;
	assert_int_equal(write(fd, "12345", 5), 5);
	for (int i = 0; i < 100; i++) {
		c.reply = &answer;
		c.reply_len = sizeof(answer);
		c.fds[0] = c.fds[1] = c.fds[2] = fd;
		assert_int_equal(helper__call(&helper, &c, 10000), 0);
		assert_int_equal(answer, 16);
		assert_true(c.reply_fd >= 0);
		assert_int_equal(read(c.reply_fd, &zero, 1), 1);
		assert_int_equal(zero, 0);
		close(c.reply_fd);
	}
	close(fd);
	/* none is left behind: the next one has the lowest number that is free */
	assert_true(dup(0) < 32);
}

static void overlong_answers_are_refused(void **state)
{
	int answer = 0;

	(void)state;
	assert_int_equal(ask(TOO_LONG, 4, &answer, 10000), 0);
	assert_int_not_equal(ask(TOO_LONG, 4096, &answer, 10000), 0);
	assert_int_equal(ask(ECHO, 1, &answer, 10000), 0);
	assert_int_equal(answer, 2);
}

static void helper_inherits_no_files(void **state)
{
	int left = 0, answer;
	char path[64];

	(void)state;
	assert_int_equal(ask(ECHO, 1, &answer, 10000), 0); /* it has begun to serve */
	for (int fd = 4; fd < 256; fd++) {
		struct stat st;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", helper.pid, fd);
		left += !lstat(path, &st);
	}
	assert_int_equal(left, 0);
}

/* --- The sandbox --- */

/* Return: 0, or which harm it could do. */
static int try_harm(void)
{
	int fd[2];

	if (reader__confine())
		return 1;
	if (open("/etc/shadow", O_RDONLY) >= 0)
		return 2;
	if (!setuid(0) && getuid() == 0)
		return 3;
#ifndef __SANITIZE_ADDRESS__
	if (open("/dev/null", O_RDONLY) >= 0 || errno != EPERM)
		return 4;
	if (fork() != -1)
		return 5;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || !pipe(fd))
		return 6;
	if (kill(getppid(), 0) == 0)
		return 7;
	if (syscall(SYS_ptrace, 0, 0, 0, 0) == 0)
		return 8;
	/* memory ends, too */
	if (mmap(NULL, 1UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	    MAP_FAILED)
		return 9;
	fd[0] = memfd_create("x", 0);
	if (lseek(fd[0], 1L << 30, SEEK_SET) != 1L << 30 || write(fd[0], "", 1) >= 0 ||
	    errno != EFBIG)
		return 10;
#endif
	(void)fd;
	free(malloc(1 << 20));
	return 0;
}

static void sandbox_restricts_the_reader(void **state)
{
	int answer = -1;

	(void)state;
	assert_int_equal(ask(SANDBOX, 0, &answer, 10000), 0);
	assert_int_equal(answer, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		TEST(helper_answers),
		TEST(crashed_helper_is_replaced),
		TEST(killed_helper_is_replaced),
		TEST(slow_helper_is_killed),
		TEST(unreapable_helper_is_abandoned),
		TEST(helper_ignores_ctrl_c),
		TEST(files_are_passed_in_both_directions),
		TEST(overlong_answers_are_refused),
		TEST(helper_inherits_no_files),
		TEST(sandbox_restricts_the_reader),
	};

	return cmocka_run_group_tests_name("symbol_helper", tests, NULL, NULL);
}
