/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cgroup.h - the cgroup hierarchy that is used for filtering and grouping: paths to descriptors,
 * ids to paths.
 *
 * With -c it is the one that contains the path. Otherwise it is the one that controls memory: that
 * of the cgroup v1 memory controller if it is mounted, or else that of cgroup v2.
 */
#ifndef VMASCOPE_SYS_CGROUP_H
#define VMASCOPE_SYS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct cgroup_hierarchy - a hierarchy
 * @v1: it is a cgroup v1 hierarchy
 * @controller: name of its cgroup v1 controller, "" for a named hierarchy
 * @number: number of a named hierarchy, as in /proc/PID/cgroup; otherwise 0
 */
struct cgroup_hierarchy {
	bool v1;
	char controller[32];
	uint32_t number;
};

/** cgroup__hierarchy - the hierarchy that was selected. */
const struct cgroup_hierarchy *cgroup__hierarchy(void);

/**
 * cgroup__open - open a cgroup, by absolute path or below a mounted hierarchy, and select that
 * hierarchy
 * @id: set to the cgroup's id
 *
 * Return: a descriptor, or a negative errno after an error message.
 */
int cgroup__open(const char *path, uint64_t *id);

/**
 * cgroup__name - the path of a cgroup below the hierarchy's mount
 * @id: id of its directory, as in its file handle
 *
 * Return: a string to be freed; "cgroup:ID" if it is gone or unknown; NULL: out of memory.
 */
char *cgroup__name(uint64_t id);

#endif /* VMASCOPE_SYS_CGROUP_H */
