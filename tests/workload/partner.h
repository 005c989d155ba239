/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * partner.h - a second thread, on a CPU of its own, where it keeps this process's page tables in
 * use: what changes them must flush that CPU's TLB, too.
 */
#ifndef PARTNER_H
#define PARTNER_H

#include "workload.h"

/** How long to wait for the other CPU: the first times, and from then on. */
#define PARTNER_FIRST_TIMES 20
#define PARTNER_FIRST_PATIENCE_NS 200000000L
#define PARTNER_PATIENCE_NS 100000L

/**
 * enum partner_how - what the partner does
 * @PARTNER_NONE: there is none
 * @PARTNER_SPINS: reads its page, again and again
 * @PARTNER_SLEEPS: reads its page once and waits: an idle CPU keeps the page tables, and is not
 *	interrupted for them ("lazy TLB")
 */
enum partner_how {
	PARTNER_NONE,
	PARTNER_SPINS,
	PARTNER_SLEEPS
};

/** struct partner - the thread; @tid is there once partner_start() has returned */
struct partner {
	enum partner_how how;
	unsigned long cpu;
	char *page;
	pid_t tid;
	pthread_t thread;
	int wake[2];
	atomic_bool runs;
	atomic_bool stop;
	atomic_ulong beats;
	bool shares; /* there is one CPU only: it runs in turn with the others */
	unsigned int awaited;
};

static void *partner_main(void *arg)
{
	struct partner *p = arg;
	char c;

	wl_pin(p->cpu);
	p->tid = (pid_t)syscall(SYS_gettid);
	(void)*(volatile char *)p->page;
	atomic_store(&p->runs, true);
	if (p->how == PARTNER_SLEEPS)
		while (read(p->wake[0], &c, 1) < 0 && errno == EINTR)
			;
	while (!atomic_load_explicit(&p->stop, memory_order_relaxed)) {
		(void)*(volatile char *)p->page;
		atomic_fetch_add_explicit(&p->beats, 1, memory_order_relaxed);
	}
	return NULL;
}

static long partner_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

/**
 * partner_await - wait until a partner that spins is on its CPU, as far as can be told
 *
 * Not for long: where others keep its CPU busy, most of the time would go by waiting.
 */
static WL_UNUSED void partner_await(struct partner *p)
{
	unsigned long before = atomic_load_explicit(&p->beats, memory_order_relaxed);
	long end;

	if (p->how != PARTNER_SPINS || p->shares)
		return;
	end = partner_now_ns() + (p->awaited++ < PARTNER_FIRST_TIMES ? PARTNER_FIRST_PATIENCE_NS
								     : PARTNER_PATIENCE_NS);
	while (atomic_load_explicit(&p->beats, memory_order_relaxed) == before &&
	       partner_now_ns() < end)
		;
}

/** partner_start - @p->how, @p->cpu and @p->page are set; returns when it runs there */
static WL_UNUSED void partner_start(struct partner *p)
{
	if (p->how == PARTNER_NONE)
		return;
	p->shares = wl_one_cpu();
	atomic_store(&p->runs, false);
	atomic_store(&p->stop, false);
	if (pipe2(p->wake, O_CLOEXEC))
		wl_die("pipe");
	if ((errno = pthread_create(&p->thread, NULL, partner_main, p)))
		wl_die("pthread_create");
	while (!atomic_load(&p->runs))
		sched_yield();
	if (p->how == PARTNER_SLEEPS) /* until its CPU is idle */
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

static WL_UNUSED void partner_stop(struct partner *p)
{
	if (p->how == PARTNER_NONE)
		return;
	atomic_store(&p->stop, true);
	close(p->wake[1]);
	pthread_join(p->thread, NULL);
	close(p->wake[0]);
}

/** partner_how - @name as enum partner_how, or exit with a usage error */
static WL_UNUSED enum partner_how partner_how(const char *name)
{
	static const char *const names[] = {
		[PARTNER_NONE] = "none",
		[PARTNER_SPINS] = "spins",
		[PARTNER_SLEEPS] = "sleeps",
	};

	for (int how = PARTNER_NONE; how <= PARTNER_SLEEPS; how++)
		if (!strcmp(name, names[how]))
			return (enum partner_how)how;
	dprintf(2, "%s: --partner none, spins or sleeps, not '%s'\n", wl_name, name);
	_exit(WL_EXIT_USAGE);
}

#endif /* PARTNER_H */
