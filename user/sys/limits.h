/* SPDX-License-Identifier: GPL-2.0-only */
/* limits.h - detect resource limits, and advise how to raise them. */
#ifndef VMASCOPE_SYS_LIMITS_H
#define VMASCOPE_SYS_LIMITS_H

/** limit_hint - advice for a negative errno that is caused by a limit. Return: NULL: it is not. */
const char *limit_hint(int err);

/**
 * limit_files - Return: 0: @nr more files (at most 64) can be open at the same time; otherwise
 * -EMFILE or -ENFILE.
 */
int limit_files(int nr);

/** proc_hint - why a process is not visible. Return: NULL: /proc is mounted. */
const char *proc_hint(void);

#endif /* VMASCOPE_SYS_LIMITS_H */
