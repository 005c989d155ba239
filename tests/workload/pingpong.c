// SPDX-License-Identifier: GPL-2.0-only
/*
 * pingpong - a thread on one CPU changes a page's protection to and fro while another thread,
 * on a second CPU, keeps reading it: each change must flush the other CPU's TLB.
 */
#include "workload.h"

static unsigned long pairs = 10000;
static char *page;
static atomic_bool stop, running;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		wl_die("cannot run on CPU %d", cpu);
}

static void *reader_main(void *arg)
{
	pin(*(int *)arg);
	while (!atomic_load(&stop)) {
		(void)*(volatile char *)page;
		atomic_store(&running, true);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "pairs", required_argument, NULL, 'p' },
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "result", required_argument, NULL, 'r' },
		{ 0 },
	};
	int c, from = 0, to = 1;
	pthread_t reader;
	char extra[256];

	wl_init("pingpong");
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'p')
			pairs = wl_number("--pairs", optarg);
		else if (c == 'f')
			from = (int)wl_number("--from", optarg);
		else if (c == 't')
			to = (int)wl_number("--to", optarg);
		else if (c == 'r')
			wl_open_result(optarg);
		else
			return WL_EXIT_USAGE;
	}
	page = wl_map_anon(WL_PAGE);
	wl_write(page, 1, WL_PAGE);
	pin(from);
	if ((errno = pthread_create(&reader, NULL, reader_main, &to)))
		wl_die("pthread_create");
	while (!atomic_load(&running))
		sched_yield();
	for (unsigned long i = 0; i < pairs; i++) {
		if (mprotect(page, WL_PAGE, PROT_READ) ||
		    mprotect(page, WL_PAGE, PROT_READ | PROT_WRITE))
			wl_die("mprotect");
		*(volatile char *)page = 1;
	}
	atomic_store(&stop, true);
	pthread_join(reader, NULL);
	snprintf(extra, sizeof(extra),
		 "\"mprotects\":%lu,\"from_cpu\":%d,\"to_cpu\":%d,\"page\":\"0x%lx\",", 2 * pairs,
		 from, to, (unsigned long)page);
	wl_finish(extra);
}
