// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm - anonymous first-touch faults as fast as they go, for some seconds or up to a number, or
 * until SIGTERM.
 */
#include "workload.h"

#define CHUNK_PAGES 2048UL

static unsigned long seconds, faults = 100000, nr_threads = 1;
static bool pin_threads;
static struct timespec deadline;

static volatile sig_atomic_t told_to_end;

static void on_term(int sig)
{
	(void)sig;
	told_to_end = 1;
}

static bool over(void)
{
	struct timespec now;

	if (!seconds || told_to_end)
		return told_to_end;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > deadline.tv_sec ||
	       (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

static void *storm_main(void *arg)
{
	unsigned long id = (unsigned long)arg, left = seconds ? ~0UL : faults / nr_threads;
	char *p = wl_map_anon(CHUNK_PAGES * WL_PAGE);
	struct wl_range *r = wl_range_add("anon", p, CHUNK_PAGES * WL_PAGE);

	snprintf(r->cause, sizeof(r->cause), "anon-zero");
	if (pin_threads)
		wl_pin(id);
	wl_warm();
	while (left && !over()) {
		size_t n = left < CHUNK_PAGES ? left : CHUNK_PAGES;

		wl_write(p, n, WL_PAGE);
		if (madvise(p, CHUNK_PAGES * WL_PAGE, MADV_DONTNEED))
			wl_die("madvise");
		r->faults += n;
		left -= n;
	}
	r->minor = r->write = r->faults;
	return NULL;
}

int main(int argc, char **argv)
{
	struct timespec begin, end;
	pthread_t thread[64];
	bool gate = false;
	char extra[128];

	wl_init("storm");
	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "seconds", .number = &seconds },
			   { "faults", .number = &faults },
			   { "threads", .number = &nr_threads },
			   { "pin", .flag = &pin_threads },
			   { "gate", .flag = &gate },
			   { "stay", .flag = &wl_stay },
			   { 0 },
		   });
	signal(SIGTERM, on_term);
	if (!nr_threads || nr_threads > 64)
		return WL_EXIT_USAGE;
	if (gate)
		wl_gate();
	clock_gettime(CLOCK_MONOTONIC, &begin);
	deadline = begin;
	deadline.tv_sec += (time_t)seconds;
	for (unsigned long i = 0; i < nr_threads; i++)
		if ((errno = pthread_create(&thread[i], NULL, storm_main, (void *)i)))
			wl_die("pthread_create");
	for (unsigned long i = 0; i < nr_threads; i++)
		pthread_join(thread[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	snprintf(extra, sizeof(extra), "\"elapsed_ns\":%ld,",
		 (end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec);
	wl_finish(extra);
}
