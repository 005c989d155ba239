// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop_test.c - signals and the end of a run: the first asks for it, one more that what is left be dropped.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/clock.h"
#include "util/stop.h"

/** Far in the future, ns. */
#define HOUR_NS 3600000000000ULL

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond))                                                                       \
			_exit(__LINE__ % 256 ? __LINE__ % 256 : 1);                                \
	} while (0)

/* A run has one end: each case is a process of its own. Its status is the line that was not so. */
static void in_process(void (*fn)(void))
{
	const pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void check_running(void)
{
	CHECK(!stop__asked());
	CHECK(!stop__hurried());
	CHECK(stop__finish_by() == UINT64_MAX);
}

static void check_ending(void)
{
	CHECK(stop__asked());
	CHECK(!stop__hurried());
	CHECK(stop__finish_by() == stop__asked_ns() + STOP_FINISH_NS);
}

static void check_hurried(void)
{
	CHECK(stop__asked());
	CHECK(stop__hurried());
	CHECK(stop__finish_by() <= clock__monotonic_ns());
}

static void one_then_one_more(void)
{
	stop__catch(1);
	check_running();
	raise(SIGINT);
	check_ending();
	raise(SIGINT);
	check_hurried();
}

static void second_signal_drops_the_rest(void **state)
{
	(void)state;
	in_process(one_then_one_more);
}

/* The first is the command's, the second ends the run. */
static void of_a_command(void)
{
	stop__catch(2);
	raise(SIGINT);
	check_running();
	raise(SIGTERM);
	check_ending();
	raise(SIGINT);
	check_hurried();
}

/* The command has ended by the first one: the second is about what is left. */
static void of_a_command_that_ends(void)
{
	stop__catch(2);
	raise(SIGINT);
	check_running();
	stop__over();
	check_ending();
	raise(SIGINT);
	check_hurried();
}

/* It has ended by itself: what is left takes its time until a signal comes. */
static void of_a_command_that_has_ended(void)
{
	stop__catch(2);
	stop__over();
	check_running();
	raise(SIGINT);
	check_ending();
	raise(SIGINT);
	check_hurried();
}

static void with_a_command(void **state)
{
	(void)state;
	in_process(of_a_command);
	in_process(of_a_command_that_ends);
	in_process(of_a_command_that_has_ended);
}

static void one_after_its_duration(void)
{
	stop__catch(1);
	stop__at(clock__monotonic_ns() + HOUR_NS);
	check_running();
	stop__at(clock__monotonic_ns());
	check_ending();
	raise(SIGINT);
	check_hurried();
}

static void signal_after_the_duration(void **state)
{
	(void)state;
	in_process(one_after_its_duration);
}

/* A pipe that is full, and that nobody reads: the write is given up, and the next is, too. */
static void write_to_nobody(void)
{
	static char zeros[1 << 16];
	int fds[2], n = 0;
	size_t done;

	CHECK(!pipe(fds));
	stop__catch(1);
	raise(SIGINT);
	raise(SIGINT);
	while (!stop__unread() && n++ < 1000)
		stop__write(fds[1], zeros, sizeof(zeros), &done);
	CHECK(stop__unread());
	/* a reader that is there is written to all the same */
	CHECK(!pipe(fds));
	CHECK(!stop__write(fds[1], zeros, 4096, &done) && done == 4096);
}

static void blocked_writes_are_abandoned(void **state)
{
	(void)state;
	in_process(write_to_nobody);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(second_signal_drops_the_rest),
		cmocka_unit_test(with_a_command),
		cmocka_unit_test(signal_after_the_duration),
		cmocka_unit_test(blocked_writes_are_abandoned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
