// SPDX-License-Identifier: GPL-2.0-only
/* self_metrics.c - what the exporter itself takes: time, memory, descriptors, BPF's run time, tables' fill. */
#include <dirent.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "serve/exporter/exporter.h"
#include "util/log.h"

static uint64_t self_cpu_ns(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000ULL +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000ULL;
}

/** server_cpu_ns - of the process that answers HTTP (proc(5), stat: utime and stime); 0: unknown */
static uint64_t server_cpu_ns(pid_t pid)
{
	unsigned long long user, system;
	char path[64], comm[64];
	uint64_t ns = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%*d %63s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", comm,
			&user, &system) == 3)
		ns = (user + system) * (1000000000ULL / sysconf(_SC_CLK_TCK));
	if (f)
		fclose(f);
	return ns;
}

/** add_memory - of a process: proc(5), statm, in pages */
static void add_memory(const char *path, uint64_t *fixed)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	FILE *f = fopen(path, "re");
	unsigned long long size, resident;

	if (f && fscanf(f, "%llu %llu", &size, &resident) == 2) {
		fixed[FIXED_VSIZE] += size * page;
		fixed[FIXED_RSS] += resident * page;
	}
	if (f)
		fclose(f);
}

/** count_fds - entries of a directory of /proc/PID/fd */
static uint64_t count_fds(const char *path)
{
	DIR *d = opendir(path);
	uint64_t nr = 0;

	while (d && readdir(d))
		nr++;
	if (d)
		closedir(d);
	/* but "." and ".." */
	return nr > 2 ? nr - 2 : 0;
}

/** read_processes - both: this one, and the one that answers HTTP */
static void read_processes(const struct exporter *e, uint64_t *fixed)
{
	struct rlimit limit;
	char path[64];

	fixed[FIXED_CPU_NS] = self_cpu_ns() + server_cpu_ns(e->server_pid);
	fixed[FIXED_VSIZE] = fixed[FIXED_RSS] = 0;
	add_memory("/proc/self/statm", fixed);
	snprintf(path, sizeof(path), "/proc/%d/statm", e->server_pid);
	add_memory(path, fixed);
	/* one is the directory itself */
	fixed[FIXED_FDS] = count_fds("/proc/self/fd") - 1;
	snprintf(path, sizeof(path), "/proc/%d/fd", e->server_pid);
	fixed[FIXED_FDS] += count_fds(path);
	if (!getrlimit(RLIMIT_NOFILE, &limit))
		fixed[FIXED_MAX_FDS] = limit.rlim_cur;
}

static void read_fill(const struct live *l, uint64_t *fixed)
{
	const struct capture *c = l->capture;
	uint64_t *used = &fixed[FIXED_MAP_USED], *size = &fixed[FIXED_MAP_SIZE];

	size[MAP_SLOTS] = capture__nr(c, FREE_SLOTS);
	used[MAP_SLOTS] = size[MAP_SLOTS] - capture__nr_free(c, FREE_SLOTS);
	size[MAP_HISTS] = capture__nr(c, FREE_HISTS);
	used[MAP_HISTS] = size[MAP_HISTS] - capture__nr_free(c, FREE_HISTS);
	size[MAP_CALL_ROWS] = capture__nr(c, FREE_CALL_ROWS);
	used[MAP_CALL_ROWS] = size[MAP_CALL_ROWS] - capture__nr_free(c, FREE_CALL_ROWS);
	size[MAP_PAIRS] = CAPTURE_PAIRS;
	used[MAP_PAIRS] = l->run.shootdown.nr_pairs - l->run.shootdown.nr_gone;
}

/* --- BPF's own statistics ------------------------------------------------------------------- */

/** struct programs - the walk over them */
struct programs {
	uint64_t *fixed;
	unsigned int nr;
};

static int name_program(void *ctx, const char *name, int fd)
{
	struct programs *p = ctx;

	(void)fd;
	if (p->nr < MAX_PROGRAMS)
		metric_programs[p->nr++] = name;
	return 0;
}

static int read_program(void *ctx, const char *name, int fd)
{
	struct programs *p = ctx;
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	(void)name;
	if (p->nr >= MAX_PROGRAMS)
		return 0;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size)) {
		p->fixed[FIXED_RUNS + p->nr] = info.run_cnt;
		p->fixed[FIXED_RUN_NS + p->nr] = info.run_time_ns;
	}
	p->nr++;
	return 0;
}

/** stats_enabled - kernel.bpf_stats_enabled: somebody else has turned them on. */
static bool stats_enabled(void)
{
	FILE *f = fopen("/proc/sys/kernel/bpf_stats_enabled", "re");
	int on = 0;

	if (f && fscanf(f, "%d", &on) != 1)
		on = 0;
	if (f)
		fclose(f);
	return on;
}

void self_metrics__name_programs(struct exporter *e, bool run_stats)
{
	struct programs p = {};

	capture__each_program(e->live->capture, name_program, &p);
	e->run_stats_fd = run_stats ? bpf_enable_stats(BPF_STATS_RUN_TIME) : -1;
	if (run_stats && e->run_stats_fd < 0)
		vs_debug(1, "cannot enable kernel.bpf_stats_enabled: requires CAP_SYS_ADMIN, or "
			    "kernel.bpf_stats_enabled=1");
	if (e->run_stats_fd >= 0 || stats_enabled())
		e->store.known |= NEEDS_RUN_STATS;
}

void self_metrics__read(struct exporter *e)
{
	uint64_t *fixed = e->store.fixed;
	struct programs p = { .fixed = fixed };
	struct vs_stats stats;

	capture__stats(e->live->capture, &stats);
	memcpy(&fixed[FIXED_LOST], stats.lost, sizeof(stats.lost));
	if (e->store.known & NEEDS_RUN_STATS)
		capture__each_program(e->live->capture, read_program, &p);
	fixed[FIXED_START_MS] = e->start_ms;
	fixed[FIXED_MAPPINGS_LIMIT] = e->shootdown.max_map_count;
	read_processes(e, fixed);
	read_fill(e->live, fixed);
}
