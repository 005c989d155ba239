/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out_file.h - files that are written, by root as a rule, where others may have put something else.
 */
#ifndef VMASCOPE_UTIL_OUT_FILE_H
#define VMASCOPE_UTIL_OUT_FILE_H

#include <stddef.h>
#include <sys/types.h>

/** Modes of files: text and pictures (the umask applies); recordings, for their owner only. */
#define OUT_FILE_TEXT 0666
#define OUT_FILE_SECRET 0600

/**
 * out_file__create - open @path for writing, empty
 * @mode: OUT_FILE_TEXT or OUT_FILE_SECRET
 * @why: set to the reason of a failure, as text
 *
 * A new file is created, which replaces an existing one, so nothing is written to a file that
 * another user may have open. Symbolic links, files of other users, files with several hard links,
 * directories and sockets are refused. Devices and the caller's own FIFOs are opened directly, and
 * so are /dev/stdout, /dev/stderr, /dev/fd/N and /proc/self/fd/N.
 * Return: a descriptor, or a negative errno.
 */
int out_file__create(const char *path, mode_t mode, const char **why);

/**
 * out_file__removable - @path does not exist; or out_file__create() would replace it, and it is
 * empty or begins with @magic
 * Return: 1: it exists; 0: it does not; or a negative errno with @why set.
 */
int out_file__removable(const char *path, const char *magic, size_t magic_len, const char **why);

#endif /* VMASCOPE_UTIL_OUT_FILE_H */
