/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cgroup.h - the cgroup hierarchy that filter and grouping are about: paths to descriptors, ids to
 * paths.
 *
 * With -c it is the one that the path lies in. Else it is where memory is controlled: the memory
 * controller's of cgroup v1, if that is mounted; otherwise that of cgroup v2.
 */
#ifndef VMASCOPE_SYS_CGROUP_H
#define VMASCOPE_SYS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct cgroup_hierarchy - a hierarchy
 * @v1: it is not that of cgroup v2
 * @controller: of cgroup v1, "" for a named hierarchy
 * @number: of a named hierarchy, as in /proc/PID/cgroup; else 0
 */
struct cgroup_hierarchy {
	bool v1;
	char controller[32];
	uint32_t number;
};

/** cgroup__hierarchy - the one that was chosen. */
const struct cgroup_hierarchy *cgroup__hierarchy(void);

/**
 * cgroup__open - a cgroup by its path, absolute or below a mounted hierarchy, which becomes the one
 * @id: set to the cgroup's id
 *
 * Return: a descriptor, or a negative errno after an error message.
 */
int cgroup__open(const char *path, uint64_t *id);

/**
 * cgroup__name - the path of a cgroup below the hierarchy's mount
 * @id: of its directory, as its file handle has it
 *
 * Return: to be freed; "cgroup:ID" if it is gone or not known; NULL without memory.
 */
char *cgroup__name(uint64_t id);

#endif /* VMASCOPE_SYS_CGROUP_H */
