// SPDX-License-Identifier: GPL-2.0-only
/* memcg.c - a cgroup with a memory limit. */
#include "memcg.h"

#include "check.h"
#include "run.h"
#include "system.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

const char *vt_memcg_make(char *dir, size_t size)
{
	struct stat st;
	char file[512];

	snprintf(dir, size, "/sys/fs/cgroup/memory/vmascope-test-%d", (int)getpid());
	if (!mkdir(dir, 0755))
		return "memory.limit_in_bytes";
	snprintf(dir, size, "%s/vmascope-test-%d", vt_cgroup2(), (int)getpid());
	vt_sys(mkdir(dir, 0755));
	snprintf(file, sizeof(file), "%s/memory.max", dir);
	if (!stat(file, &st))
		return "memory.max";
	rmdir(dir);
	return NULL;
}

static bool is_gone(void *dir)
{
	return !rmdir(dir);
}

void vt_memcg_remove(const char *dir)
{
	vt_await(is_gone, (void *)dir, "the cgroup to be empty", VT_PATIENCE);
}
