/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out_file.h - files that are written, by root as a rule, where others may have put something else.
 */
#ifndef VMASCOPE_UTIL_OUT_FILE_H
#define VMASCOPE_UTIL_OUT_FILE_H

#include <stddef.h>
#include <sys/types.h>

/** Modes of what is written: text and pictures, less the umask; recordings, for their owner alone. */
#define OUT_FILE_TEXT 0666
#define OUT_FILE_SECRET 0600

/**
 * out_file__create - open @path for writing, empty
 * @mode: OUT_FILE_TEXT or OUT_FILE_SECRET
 * @why: set to the reason of a failure, for people
 *
 * A file is made anew and takes the place of one that is there, so nothing is written into what
 * another user can have opened. Refused are symbolic links, files of other users or with other names
 * (hard links), directories and sockets. Devices and the caller's own FIFOs are opened as they are, and
 * so is what /dev/stdout, /dev/stderr, /dev/fd/N and /proc/self/fd/N stand for.
 * Return: a descriptor, or a negative errno.
 */
int out_file__create(const char *path, mode_t mode, const char **why);

/**
 * out_file__removable - @path is not there; or it is a file like those that out_file__create()
 * replaces, and is empty or begins with @magic
 * Return: 1: it is there; 0: it is not; or a negative errno with @why set.
 */
int out_file__removable(const char *path, const char *magic, size_t magic_len, const char **why);

#endif /* VMASCOPE_UTIL_OUT_FILE_H */
