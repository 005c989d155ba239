// SPDX-License-Identifier: GPL-2.0-only
/* proc_maps.c - parse /proc/PID/maps (the format: proc_pid_maps(5)). */
#include "sys/proc_maps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "util/array.h"

/** Name that the kernel gives to shared anonymous memory, see shmem_zero_setup(). */
#define MADE_UP "/dev/zero (deleted)"

int proc_map__parse(const char *line, struct proc_map *map)
{
	size_t len;
	int at = 0;

	memset(map, 0, sizeof(*map));
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n",
		   &map->start, &map->end, map->perms, &map->offset, &map->dev_major,
		   &map->dev_minor, &map->inode, &at) != 7 ||
	    strlen(map->perms) != 4 || map->start >= map->end)
		return -EINVAL;
	len = strcspn(line + at, "\n");
	if (len == strlen(MADE_UP) && !strncmp(line + at, MADE_UP, len))
		map->name = strdup(VS_SHARED_MEMORY);
	else
		map->name = strndup(line + at, len);
	return map->name ? 0 : -ENOMEM;
}

static int add(struct proc_maps *maps, const struct proc_map *map)
{
	if (array__more(&maps->maps, maps->nr, sizeof(*maps->maps)))
		return -ENOMEM;
	maps->maps[maps->nr++] = *map;
	return 0;
}

int proc_maps__read(struct proc_maps *maps, pid_t pid)
{
	struct proc_map map;
	char *line = NULL;
	size_t cap = 0;
	char path[64];
	int err = 0;
	FILE *f;

	memset(maps, 0, sizeof(*maps));
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (!err && getline(&line, &cap, f) > 0) {
		err = proc_map__parse(line, &map);
		if (!err && add(maps, &map)) {
			free(map.name);
			err = -ENOMEM;
		}
	}
	if (!err && ferror(f))
		err = -EIO;
	free(line);
	fclose(f);
	if (err)
		proc_maps__free(maps);
	return err;
}

void proc_maps__free(struct proc_maps *maps)
{
	for (size_t i = 0; i < maps->nr; i++)
		free(maps->maps[i].name);
	free(maps->maps);
	memset(maps, 0, sizeof(*maps));
}

const struct proc_map *proc_maps__find(const struct proc_maps *maps, uint64_t address)
{
	size_t low = 0, high = maps->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (address < maps->maps[mid].start)
			high = mid;
		else if (address >= maps->maps[mid].end)
			low = mid + 1;
		else
			return &maps->maps[mid];
	}
	return NULL;
}
