// SPDX-License-Identifier: GPL-2.0-only
/*
 * forkwait - a thread stores to memory that the process's other thread forks meanwhile: how long it
 * slept in its stores, by its own clocks.
 *
 * usage: forkwait [--pages N] [--forks N] [--enough N]
 *
 * It forks until @enough stores slept, @forks times at most: on one CPU hardly any does.
 * A store with a voluntary switch and no other one slept inside of its fault, and nowhere else.
 */
#include "workload.h"

static unsigned long pages = 32768, forks = 40, enough = 3;
static char *at;
static atomic_bool stop;
static _Atomic unsigned long waits;

/** struct result - Σ over the stores; in ns */
static struct {
	unsigned long slept, stores;
} result;

static unsigned long clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		wl_die("clock_gettime");
	return (unsigned long)(ts.tv_sec * 1000000000L + ts.tv_nsec);
}

static void store(char *p)
{
	struct rusage before, after;
	unsigned long wall, cpu;

	memset(&after, 0, sizeof(after));
	wl_usage_of(RUSAGE_THREAD, &before);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	wall = clock_ns(CLOCK_MONOTONIC);
	*(volatile char *)p = 1;
	wall = clock_ns(CLOCK_MONOTONIC) - wall;
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	wl_usage_of(RUSAGE_THREAD, &after);
	result.stores += wall;
	if (after.ru_nvcsw == before.ru_nvcsw || after.ru_nivcsw != before.ru_nivcsw || wall < cpu)
		return;
	atomic_fetch_add(&waits, 1);
	result.slept += wall - cpu;
}

/* Far apart, so that a page table is copied as a whole between two of them. */
static void *writer(void *arg)
{
	wl_pin(1);
	for (unsigned long i = 0; !atomic_load_explicit(&stop, memory_order_relaxed); i++)
		store(at + i * 509 % pages * WL_PAGE);
	return arg;
}

int main(int argc, char **argv)
{
	unsigned long begin, took = 0;
	pthread_t thread;
	char extra[256];

	wl_init("forkwait");
	wl_options(argc, argv,
		   (const struct wl_option[]){ { "pages", .number = &pages },
					       { "forks", .number = &forks },
					       { "enough", .number = &enough },
					       { 0 } });
	at = wl_map_anon(pages * WL_PAGE);
	wl_write(at, pages, WL_PAGE);
	wl_pin(0);
	if ((errno = pthread_create(&thread, NULL, writer, NULL)))
		wl_die("pthread_create");
	usleep(10000);
	for (unsigned long i = 0; i < forks && atomic_load(&waits) < enough; i++) {
		pid_t pid;

		begin = clock_ns(CLOCK_MONOTONIC);
		pid = wl_fork();
		if (!pid)
			_exit(0);
		wl_reap(pid);
		took += clock_ns(CLOCK_MONOTONIC) - begin;
		usleep(10000);
	}
	begin = clock_ns(CLOCK_MONOTONIC);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	took += clock_ns(CLOCK_MONOTONIC) - begin;
	snprintf(extra, sizeof(extra),
		 "\"waits\":%lu,\"slept_ns\":%lu,\"stores_ns\":%lu,\"forks_ns\":%lu,",
		 atomic_load(&waits), result.slept, result.stores, took);
	wl_finish(extra);
}
