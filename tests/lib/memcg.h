/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memcg.h - a cgroup whose memory is limited.
 */
#ifndef VT_MEMCG_H
#define VT_MEMCG_H

#include <stddef.h>

/**
 * vt_memcg_make - a cgroup of the memory controller, of v1 or v2, with this test's process ID in its name
 * @dir: its directory, filled in
 *
 * Return: name of its file that holds the limit; NULL: there is no such controller.
 */
const char *vt_memcg_make(char *dir, size_t size);
/** vt_memcg_remove - remove it as soon as no process is in it */
void vt_memcg_remove(const char *dir);

#endif /* VT_MEMCG_H */
