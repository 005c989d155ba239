// SPDX-License-Identifier: GPL-2.0-only
/* memory.c - set and restore RLIMIT_DATA. */
#include "sys/memory.h"

#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

static struct rlimit before;
static const char *lifted_by;

void memory__bound(uint64_t bytes, const char *hint)
{
#ifndef __SANITIZE_ADDRESS__
	struct rlimit limit;

	if (lifted_by || getrlimit(RLIMIT_DATA, &limit) || limit.rlim_cur <= bytes)
		return;
	before = limit;
	limit.rlim_cur = bytes;
	if (!setrlimit(RLIMIT_DATA, &limit))
		lifted_by = hint;
#else
	(void)bytes;
	(void)hint;
#endif
}

void memory__unbound(void)
{
	if (lifted_by)
		setrlimit(RLIMIT_DATA, &before);
	lifted_by = NULL;
}

bool memory__available(uint64_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && !munmap(p, bytes);
}

const char *memory__hint(void)
{
	return lifted_by;
}
