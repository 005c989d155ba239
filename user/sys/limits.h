/* SPDX-License-Identifier: GPL-2.0-only */
/* limits.h - errors that come of a limit of this process, and how to raise it. */
#ifndef VMASCOPE_SYS_LIMITS_H
#define VMASCOPE_SYS_LIMITS_H

#include <errno.h>
#include <stddef.h>

/** limit_hint - what to do about a negative errno that comes of a limit. Return: NULL: of none. */
static inline const char *limit_hint(int err)
{
	if (err == -EMFILE)
		return "raise the limit of open files: ulimit -n";
	if (err == -ENOMEM)
		return "raise the limits of memory: ulimit -v, memory.max of the cgroup";
	return NULL;
}

#endif /* VMASCOPE_SYS_LIMITS_H */
