// SPDX-License-Identifier: GPL-2.0-only
/* machine.c - read settings of the machine from /sys and /proc. */
#include "sys/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cpu_list.h"
#include "util/str.h"

/** Enough for any list of CPUs written by hand. */
#define LINE_SIZE 4096

/** read_line - read the first line of a file. Return: @line; NULL: there is none. */
static const char *read_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	char *got = f ? fgets(line, (int)size, f) : NULL;

	if (f)
		fclose(f);
	if (!got)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/**
 * read_cpus - read a file in /sys/devices/system/cpu; "(null)" means that the feature is not
 * configured.
 */
static char *read_cpus(const char *path)
{
	char line[LINE_SIZE];
	const char *list = read_line(path, line, sizeof(line));

	return list && cpu_list_valid(list) ? strdup(list) : NULL;
}

static uint64_t read_max_map_count(void)
{
	char line[STR_NUMBER_LEN];
	const char *text = read_line("/proc/sys/vm/max_map_count", line, sizeof(line));
	uint64_t n;

	return text && !str_parse_u64(text, UINT32_MAX, &n) ? n : 0;
}

void machine__read(struct machine *m)
{
	m->isolated = read_cpus("/sys/devices/system/cpu/isolated");
	m->nohz_full = read_cpus("/sys/devices/system/cpu/nohz_full");
	m->max_map_count = read_max_map_count();
}

void machine__free(struct machine *m)
{
	free(m->isolated);
	free(m->nohz_full);
	memset(m, 0, sizeof(*m));
}
