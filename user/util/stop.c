// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop.c - the end of a run: signals, the end of the duration, and writes that block.
 *
 * Handlers are installed without SA_RESTART, so that a signal interrupts a write. A signal that
 * comes just before the write is what the timer is for: while a write is under way and the run was
 * asked to end, SIGALRM comes every TICK_NS.
 */
#include "util/stop.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/startup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/** A write that blocks is interrupted this often, once the run was asked to end. */
#define TICK_NS 20000000L
/** A pipe that is not read is enlarged to this size, once: as large as any user may make one. */
#define PIPE_MORE (1u << 20)

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static const int end_signals[] = { SIGINT, SIGTERM, SIGHUP };
#define NR_END_SIGNALS ARRAY_SIZE(end_signals)

/**
 * @enough: see stop__catch()
 * @signals: that have come; @forward: the last one that was sent to this process alone
 * @at_ns: end of the duration
 * @first_ns: of the first signal; @enough_ns: when enough had come; 0: not yet
 * @hurried: see stop__hurried()
 * @writing: a write is under way; @progress_ns: it began, or went on
 * @give_up: of stop__guard()
 * @unread: a write did not complete in time
 * @child: process id of the command; 0: none
 */
static struct {
	unsigned int enough;
	volatile sig_atomic_t signals;
	volatile sig_atomic_t forward;
	volatile uint64_t at_ns;
	volatile uint64_t first_ns;
	volatile uint64_t enough_ns;
	volatile sig_atomic_t hurried;
	volatile sig_atomic_t writing;
	volatile uint64_t progress_ns;
	void (*volatile give_up)(void);
	bool unread;
	volatile sig_atomic_t child;
	timer_t timer;
	bool has_timer;
} stop = { .at_ns = UINT64_MAX, .enough = 1 };

static void set_timer(uint64_t ns, int flags)
{
	/* a time, as our time namespace has it */
	const uint64_t until = flags & TIMER_ABSTIME ? ns + (uint64_t)clock__offsets.monotonic_ns
						     : ns;
	const struct itimerspec when = { .it_value = { .tv_sec = until / 1000000000ULL,
						       .tv_nsec = until % 1000000000ULL } };

	if (stop.has_timer)
		timer_settime(stop.timer, flags, &when, NULL);
}

/** asked_ns - when the run was first asked to end, by a signal or by its duration; 0: not yet. */
static uint64_t asked_ns(uint64_t now)
{
	const uint64_t first = stop.first_ns;

	if (now >= stop.at_ns && (!first || stop.at_ns < first))
		return stop.at_ns;
	return first;
}

/** stalled - the write under way is not worth waiting for. */
static bool stalled(uint64_t now)
{
	const uint64_t asked = asked_ns(now);

	if (stop.hurried)
		return now >= stop.progress_ns + TICK_NS;
	return asked && now >= asked + STOP_GRACE_NS && now >= stop.progress_ns + STOP_STALL_NS;
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	const int err = errno;
	const uint64_t now = clock__monotonic_ns();

	(void)context;
	if (sig == SIGALRM) {
		if (stop.give_up && stop.writing && stalled(now))
			stop.give_up();
	} else {
		stop.signals++;
		if (stop.enough_ns || now >= stop.at_ns)
			stop.hurried = 1;
		if (!stop.first_ns)
			stop.first_ns = now;
		if ((unsigned int)stop.signals >= stop.enough && !stop.enough_ns)
			stop.enough_ns = now;
		/* the terminal's Ctrl-C reaches the command by itself */
		if (info->si_code != SI_KERNEL)
			stop.forward = sig;
	}
	if (stop.writing && asked_ns(now))
		set_timer(TICK_NS, 0);
	errno = err;
}

void stop__catch(unsigned int enough)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };

	stop.enough = enough;
	event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
	sigaction(SIGALRM, &sa, NULL);
	stop.has_timer = !timer_create(CLOCK_MONOTONIC, &event, &stop.timer);
	for (size_t i = 0; i < NR_END_SIGNALS; i++)
		if (end_signals[i] != SIGHUP || !startup__ignored(SIGHUP))
			sigaction(end_signals[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void stop__release(void)
{
	for (size_t i = 0; i < NR_END_SIGNALS; i++)
		if (end_signals[i] != SIGHUP || !startup__ignored(SIGHUP))
			signal(end_signals[i], SIG_DFL);
}

void stop__at(uint64_t ns)
{
	stop.at_ns = ns;
	set_timer(ns, TIMER_ABSTIME);
}

void stop__ask(void)
{
	stop.signals += stop.enough;
	if (!stop.first_ns)
		stop.first_ns = clock__monotonic_ns();
	if (!stop.enough_ns)
		stop.enough_ns = clock__monotonic_ns();
}

void stop__over(void)
{
	stop.enough = 1;
	if (stop.signals && !stop.enough_ns)
		stop.enough_ns = clock__monotonic_ns();
}

bool stop__hurried(void)
{
	return stop.hurried;
}

unsigned int stop__signals(void)
{
	return stop.signals;
}

bool stop__asked(void)
{
	return stop.enough_ns || (stop.at_ns != UINT64_MAX && clock__monotonic_ns() >= stop.at_ns);
}

int stop__to_forward(void)
{
	const int sig = stop.forward;

	stop.forward = 0;
	return sig;
}

uint64_t stop__asked_ns(void)
{
	if (stop.enough_ns)
		return stop.enough_ns;
	return stop.at_ns != UINT64_MAX && clock__monotonic_ns() >= stop.at_ns ? stop.at_ns
									       : UINT64_MAX;
}

uint64_t stop__finish_by(void)
{
	const uint64_t asked = stop__asked_ns();

	if (stop.unread || stop.hurried)
		return clock__monotonic_ns();
	return asked == UINT64_MAX ? asked : asked + STOP_FINISH_NS;
}

bool stop__unread(void)
{
	return stop.unread;
}

static void begin_write(void)
{
	stop.progress_ns = clock__monotonic_ns();
	stop.writing = 1;
	if (asked_ns(stop.progress_ns))
		set_timer(TICK_NS, 0);
}

/** grow - make the pipe @fd take @len bytes more, or what any user may. Return: it is one, and does. */
static bool grow(int fd, size_t len)
{
	const int size = fcntl(fd, F_GETPIPE_SZ);
	const size_t more = len > PIPE_MORE ? len : PIPE_MORE;

	if (size <= 0 || more > INT_MAX / 2)
		return false;
	return fcntl(fd, F_SETPIPE_SZ, size + (int)more) > 0 ||
	       (size < (int)PIPE_MORE && fcntl(fd, F_SETPIPE_SZ, (int)PIPE_MORE) > 0);
}

int stop__write(int fd, const void *buf, size_t len, size_t *done)
{
	int err = 0;

	*done = 0;
	begin_write();
	while (!err && *done < len) {
		const ssize_t n = write(fd, (const char *)buf + *done, len - *done);

		if (n >= 0) {
			*done += n;
			stop.progress_ns = clock__monotonic_ns();
		} else if (errno == EAGAIN) {
			struct pollfd out = { .fd = fd, .events = POLLOUT };

			poll(&out, 1, TICK_NS / 1000000);
		} else if (errno != EINTR) {
			err = -errno;
		}
		if (n >= 0 || err || !stalled(clock__monotonic_ns()))
			continue;
		if (stop.unread || !grow(fd, len - *done))
			err = -ETIMEDOUT;
		stop.unread = true;
	}
	stop.writing = 0;
	return err;
}

void stop__guard(void (*give_up)(void))
{
	stop.give_up = give_up;
	if (give_up)
		begin_write();
	else
		stop.writing = 0;
}

void stop__child(int pid)
{
	stop.child = pid;
}

void stop__exit(int status)
{
	if (stop.child > 0)
		kill(stop.child, SIGTERM);
	_exit(status);
}
