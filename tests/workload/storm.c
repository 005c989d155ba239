// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm - anonymous first-touch faults as fast as they go, for some seconds or up to a number.
 */
#include "workload.h"

#define CHUNK_PAGES 2048UL

static unsigned long seconds, faults = 100000, nr_threads = 1;
static bool pin_threads;
static struct timespec deadline;

static bool over(void)
{
	struct timespec now;

	if (!seconds)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > deadline.tv_sec ||
	       (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

static void *storm_main(void *arg)
{
	unsigned long id = (unsigned long)arg, left = seconds ? ~0UL : faults / nr_threads;
	char *p = wl_map_anon(CHUNK_PAGES * WL_PAGE);
	struct wl_range *r = wl_range_add("anon", p, CHUNK_PAGES * WL_PAGE);
	cpu_set_t set;

	snprintf(r->cause, sizeof(r->cause), "anon-zero");
	CPU_ZERO(&set);
	CPU_SET(id, &set);
	if (pin_threads && sched_setaffinity(0, sizeof(set), &set))
		wl_die("cannot run on CPU %lu", id);
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
	static const struct option longs[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "faults", required_argument, NULL, 'f' },
		{ "threads", required_argument, NULL, 't' },
		{ "pin", no_argument, NULL, 'p' },
		{ "gate", no_argument, NULL, 'g' },
		{ "result", required_argument, NULL, 'r' },
		{ 0 },
	};
	struct timespec begin, end;
	pthread_t thread[64];
	bool gate = false;
	char extra[128];
	int c;

	wl_init("storm");
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 's')
			seconds = wl_number("--seconds", optarg);
		else if (c == 'f')
			faults = wl_number("--faults", optarg);
		else if (c == 't')
			nr_threads = wl_number("--threads", optarg);
		else if (c == 'p')
			pin_threads = true;
		else if (c == 'g')
			gate = true;
		else if (c == 'r')
			wl_open_result(optarg);
		else
			return WL_EXIT_USAGE;
	}
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
