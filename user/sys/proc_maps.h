/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * proc_maps.h - /proc/PID/maps, parsed.
 */
#ifndef VMASCOPE_SYS_PROC_MAPS_H
#define VMASCOPE_SYS_PROC_MAPS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** struct proc_map - a line; @name is "" if the line has none */
struct proc_map {
	uint64_t start;
	uint64_t end;
	char perms[5];
	uint64_t offset;
	uint32_t dev_major;
	uint32_t dev_minor;
	uint64_t inode;
	char *name;
};

/** struct proc_maps - all lines, in ascending order of addresses */
struct proc_maps {
	struct proc_map *maps;
	size_t nr;
};

/**
 * proc_map__parse - parse a line, with or without its newline
 * Return: 0; -EINVAL: invalid line; -ENOMEM. The caller frees @map->name.
 */
int proc_map__parse(const char *line, struct proc_map *map);

/**
 * proc_maps__read - read the maps of a live process
 * Return: 0, or a negative errno: -ENOENT: no such process; -EACCES.
 */
int proc_maps__read(struct proc_maps *maps, pid_t pid);
void proc_maps__free(struct proc_maps *maps);

/** proc_maps__find - the VMA that contains @address, or NULL. */
const struct proc_map *proc_maps__find(const struct proc_maps *maps, uint64_t address);

#endif /* VMASCOPE_SYS_PROC_MAPS_H */
