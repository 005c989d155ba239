// SPDX-License-Identifier: GPL-2.0-only
/* clock.c - the offsets of our time namespace (time_namespaces(7)). */
#include "util/clock.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct clock_offsets clock__offsets;

/* The file has those of our children's namespace, which unshare(2) alone makes another one. */
static bool is_our_own(void)
{
	struct stat own, children;

	return !stat("/proc/self/ns/time", &own) &&
	       !stat("/proc/self/ns/time_for_children", &children) && own.st_ino == children.st_ino;
}

void clock__read_offsets(void)
{
	FILE *f = is_our_own() ? fopen("/proc/self/timens_offsets", "re") : NULL;
	char name[16];
	int64_t s, ns;

	while (f && fscanf(f, "%15s %" SCNd64 " %" SCNd64, name, &s, &ns) == 3) {
		if (!strcmp(name, "monotonic"))
			clock__offsets.monotonic_ns = s * 1000000000 + ns;
		else if (!strcmp(name, "boottime"))
			clock__offsets.boottime_ns = s * 1000000000 + ns;
	}
	if (f)
		fclose(f);
}
