// SPDX-License-Identifier: GPL-2.0-only
/*
 * numa - memory of one node, read from a CPU of another, until NUMA balancing has asked often enough.
 *
 * The pages stay mapped and writable, so each fault after their first touch is one that NUMA
 * balancing has caused: getrusage counts them.
 *
 * A child does that, because such a fault may come at any moment up to its end: its exact usage is
 * what wait4(2) returns. The memory of the program itself is left alone by NUMA balancing.
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

/* With a memory policy of its own, as wl_init() sets, a task is not scanned by NUMA balancing. */
static void set_policy(int mode)
{
	if (syscall(SYS_set_mempolicy, mode, NULL, 0UL))
		wl_die("set_mempolicy");
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* What the child found out, for its parent. */
struct found {
	unsigned long hints;
	int node_before;
	int node_after;
};

static void be_asked(struct found *found)
{
	struct rusage before, after;
	struct wl_range *r;
	double limit;
	char *p;

	set_policy(MPOL_DEFAULT);
	run_on(from_cpu);
	p = wl_map_anon(pages * WL_PAGE);
	r = wl_range_add("anon", p, pages * WL_PAGE);
	wl_warm();
	wl_write(p, pages, WL_PAGE);
	found->node_before = node_of(p);

	run_on(to_cpu);
	wl_usage_of(RUSAGE_THREAD, &before);
	limit = seconds() + 120;
	while (found->hints < hints && seconds() < limit) {
		wl_read(p, pages, WL_PAGE);
		wl_usage_of(RUSAGE_THREAD, &after);
		found->hints = (unsigned long)(after.ru_minflt - before.ru_minflt);
	}
	r->faults = pages + found->hints;
	found->node_after = node_of(p);
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
	struct found *found;
	char extra[128];
	pid_t worker;

	wl_init("numa");
	wl_options(argc, argv, options);
	found = wl_mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	worker = wl_fork();
	if (!worker) {
		be_asked(found);
		_exit(0);
	}
	wl_reap(worker);
	if (found->hints < hints)
		wl_skip("%lu faults of NUMA balancing in 120 s, not %lu", found->hints, hints);
	snprintf(extra, sizeof(extra),
		 "\"worker\":%d,\"hints\":%lu,\"node_before\":%d,\"node_after\":%d,", worker,
		 found->hints, found->node_before, found->node_after);
	wl_finish(extra);
}
