// SPDX-License-Identifier: GPL-2.0-only
/*
 * numa - memory of one node, read from a CPU of another, until NUMA balancing has asked often enough.
 *
 * The pages stay mapped and writable, so each fault after their first touch is one that NUMA
 * balancing has caused: getrusage counts them.
 */
#include "workload.h"

static unsigned long pages = 2048, hints = 1000, from_cpu = 0, to_cpu = 1;

static void run_on(unsigned long cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		wl_die("cannot run on CPU %lu", cpu);
}

/* The node of the page at @p, by move_pages(2) without a wish. */
static int node_of(void *p)
{
	int node = -1;

	if (syscall(SYS_move_pages, 0, 1UL, &p, NULL, &node, 0))
		wl_die("move_pages");
	return node;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

int main(int argc, char **argv)
{
	static const struct wl_option options[] = {
		{ "pages", .number = &pages },
		{ "hints", .number = &hints },
		{ "from-cpu", .number = &from_cpu },
		{ "to-cpu", .number = &to_cpu },
		{ 0 },
	};
	struct rusage before, after;
	unsigned long taken = 0;
	struct wl_range *r;
	int node_before;
	double limit;
	char *p, extra[128];

	wl_init("numa");
	wl_options(argc, argv, options);
	run_on(from_cpu);
	p = wl_map_anon(pages * WL_PAGE);
	r = wl_range_add("anon", p, pages * WL_PAGE);
	wl_warm();
	wl_write(p, pages, WL_PAGE);
	node_before = node_of(p);

	run_on(to_cpu);
	wl_usage_of(RUSAGE_THREAD, &before);
	limit = seconds() + 120;
	while (taken < hints && seconds() < limit) {
		wl_read(p, pages, WL_PAGE);
		wl_usage_of(RUSAGE_THREAD, &after);
		taken = (unsigned long)(after.ru_minflt - before.ru_minflt);
	}
	if (taken < hints)
		wl_skip("%lu faults of NUMA balancing in 120 s, not %lu", taken, hints);
	r->faults = pages + taken;
	snprintf(extra, sizeof(extra), "\"hints\":%lu,\"node_before\":%d,\"node_after\":%d,", taken,
		 node_before, node_of(p));
	wl_finish(extra);
}
