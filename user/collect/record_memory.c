// SPDX-License-Identifier: GPL-2.0-only
/* record_memory.c - how much memory processes have, once a second. */
#include "collect/record_memory.h"

#include <stdio.h>
#include <unistd.h>

/** Processes that are sampled each time at most: reading takes 10 us each. */
#define MAX_SAMPLES 256

/** resident_bytes - of process @pid, by /proc/PID/statm; 0: it has none, or is gone. */
static uint64_t resident_bytes(uint32_t pid)
{
	unsigned long long pages = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/statm", pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%*u %llu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

void record_memory(struct saver *s, uint64_t now_ns)
{
	const struct model *m = &s->run->model;
	unsigned int left = MAX_SAMPLES;

	for (size_t i = 0; i < m->nr_processes && left; i++) {
		struct record_rss rss = { .head.time_ns = now_ns };

		if (m->processes[i]->exited)
			continue;
		left--;
		rss.pid = m->processes[i]->pid;
		rss.bytes = resident_bytes(rss.pid);
		if (rss.bytes)
			saver__event(s, RECORD_RSS, &rss, now_ns);
	}
}
