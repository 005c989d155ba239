/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * observe.h - what a storm sees of its parent, the tool that traces it, and of all BPF programs.
 */
#ifndef OBSERVE_H
#define OBSERVE_H

#include "workload.h"

#include <bpf/bpf.h>
#include <dirent.h>

#define OBSERVE_MAX_PROGRAMS 256

/** struct program_time - a BPF program's clock, which runs if kernel.bpf_stats_enabled does */
struct program_time {
	uint32_t id;
	uint64_t runs;
	uint64_t ns;
	char name[BPF_OBJ_NAME_LEN];
};

/**
 * struct observation - at one moment
 * @at_ns: that moment; @tool_ns: CPU time of all threads of the parent
 */
struct observation {
	uint64_t at_ns;
	uint64_t tool_ns;
	size_t nr;
	struct program_time program[OBSERVE_MAX_PROGRAMS];
};

/** read_line_value - the number behind @key in a file of "KEY VALUE" lines, 0 without one */
static uint64_t read_line_value(const char *path, const char *key)
{
	unsigned long value = 0;
	char line[256];
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			value = strtoul(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return value;
}

/** each_value - add up read_line_value() of @file in every directory, or of every file, under @dir */
static uint64_t each_value(const char *dir, const char *file, const char *key)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	uint64_t sum = 0;
	char path[512];

	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, entry->d_name, file);
		sum += read_line_value(path, key);
	}
	if (d)
		closedir(d);
	return sum;
}

static void observe_programs(struct observation *o)
{
	uint32_t id = 0;

	while (o->nr < OBSERVE_MAX_PROGRAMS && !bpf_prog_get_next_id(id, &id)) {
		struct program_time *p = &o->program[o->nr];
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &len)) {
			*p = (struct program_time){ id, info.run_cnt, info.run_time_ns, "" };
			snprintf(p->name, sizeof(p->name), "%s", info.name);
			o->nr++;
		}
		close(fd);
	}
}

/** observe - take it all down */
static void observe(struct observation *o)
{
	struct timespec now;
	char dir[64];

	o->nr = 0;
	observe_programs(o);
	/* the first field of schedstat is the time on a CPU, in ns */
	snprintf(dir, sizeof(dir), "/proc/%d/task", getppid());
	o->tool_ns = each_value(dir, "/schedstat", "");
	clock_gettime(CLOCK_MONOTONIC, &now);
	o->at_ns = now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void observe_print_programs(const struct observation *begin, const struct observation *end)
{
	for (size_t i = 0; i < end->nr; i++) {
		const struct program_time *p = &end->program[i];
		uint64_t runs = p->runs, ns = p->ns;

		for (size_t j = 0; j < begin->nr; j++) {
			if (begin->program[j].id != p->id)
				continue;
			runs -= begin->program[j].runs;
			ns -= begin->program[j].ns;
		}
		if (runs)
			wl_printf("prog %s %lu %lu\n", p->name, runs, ns);
	}
}

/**
 * observe_print - what has happened since @begin
 *
 * The memory of BPF maps is not the process's own; /proc/PID/fdinfo has it.
 */
static void observe_print(const struct observation *begin)
{
	static struct observation end;
	char path[64];

	observe(&end);
	wl_printf("elapsed_ns %lu\ntool_ns %lu\n", end.at_ns - begin->at_ns,
		  end.tool_ns - begin->tool_ns);
	observe_print_programs(begin, &end);
	snprintf(path, sizeof(path), "/proc/%d/status", getppid());
	wl_printf("peak_kib %lu\n", read_line_value(path, "VmHWM:"));
	snprintf(path, sizeof(path), "/proc/%d/fdinfo", getppid());
	wl_printf("maps_kib %lu\n", each_value(path, "", "memlock:") / 1024);
}

#endif /* OBSERVE_H */
