/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cgroup.h - cgroup v2: paths to descriptors, and ids to paths.
 */
#ifndef VMASCOPE_CAPTURE_CGROUP_H
#define VMASCOPE_CAPTURE_CGROUP_H

#include <stdint.h>

/**
 * cgroup__open - a cgroup by its path, absolute or below the cgroup v2 mount
 * Return: a descriptor, or a negative errno after an error message.
 */
int cgroup__open(const char *path);

/**
 * cgroup__name - the path of a cgroup below the cgroup v2 mount
 * @id: as bpf_get_current_cgroup_id() gives it
 *
 * Return: to be freed; "cgroup:ID" if it is gone or can't be told; NULL without memory.
 */
char *cgroup__name(uint64_t id);

#endif /* VMASCOPE_CAPTURE_CGROUP_H */
