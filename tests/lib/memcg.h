/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memcg.h - a cgroup with a memory limit.
 */
#ifndef VT_MEMCG_H
#define VT_MEMCG_H

#include <stddef.h>

/**
 * vt_memcg_make - make a cgroup of the memory controller, of v1 or v2, with this process ID in its
 * name
 * @dir: set to its directory
 *
 * Return: name of its file with the limit; NULL: there is no such controller.
 */
const char *vt_memcg_make(char *dir, size_t size);
/** vt_memcg_remove - remove it as soon as it has no processes */
void vt_memcg_remove(const char *dir);

#endif /* VT_MEMCG_H */
