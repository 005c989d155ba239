/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * group_name.h - the rules by which processes become groups: --group-by.
 */
#ifndef VMASCOPE_SERVE_METRICS_GROUP_NAME_H
#define VMASCOPE_SERVE_METRICS_GROUP_NAME_H

#include <stddef.h>

/** enum group_by - rules */
enum group_by {
	GROUP_BY_COMM,
	GROUP_BY_CGROUP,
	GROUP_BY_UNIT,
	GROUP_BY_CONTAINER,
	GROUP_BY_NONE,
	NR_GROUP_BY,
};

/** group_by_names - as --group-by takes them */
extern const char *const group_by_names[NR_GROUP_BY];

/** Bytes of a group's name, the terminating NUL included; longer ones lose their beginning. */
#define GROUP_NAME_LEN 192

/** The group of all that has no other; no process's own group is called so. */
#define GROUP_OTHER "other"
/** The group of everything, where groups are not distinguished. */
#define GROUP_ALL "all"

/**
 * group_name - the group of a process
 * @comm: its command name; @cgroup: its path below the cgroup v2 root, NULL: unknown
 *
 * comm: the name; without the part from '/' or ':' on if @cgroup is NULL, as there are many of
 * kworker/0:1 and the like. cgroup: the path. unit: the systemd system unit, otherwise the slice.
 * container: the ID that Docker, containerd, CRI-O or Podman put in the path, or the name of a
 * machine; otherwise "host". none: "all".
 */
void group_name(enum group_by by, const char *comm, const char *cgroup, char *name, size_t size);

#endif /* VMASCOPE_SERVE_METRICS_GROUP_NAME_H */
