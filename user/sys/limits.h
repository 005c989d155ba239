/* SPDX-License-Identifier: GPL-2.0-only */
/* limits.h - what this process has not enough of, and what to do about it. */
#ifndef VMASCOPE_SYS_LIMITS_H
#define VMASCOPE_SYS_LIMITS_H

/** limit_hint - what to do about a negative errno that comes of a limit. Return: NULL: of none. */
const char *limit_hint(int err);

/** limit_files - Return: 0: @nr more files (64 at most) can be open at one time; else -EMFILE or -ENFILE. */
int limit_files(int nr);

/** proc_hint - why a process is not seen. Return: NULL: /proc is there. */
const char *proc_hint(void);

#endif /* VMASCOPE_SYS_LIMITS_H */
