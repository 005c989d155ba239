/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * put.h - write finished output to a file, and return whether it was written.
 *
 * Outputs build their text in memory and write it at once: a broken pipe or a full disk is then
 * seen in one place, with its errno.
 */
#ifndef VMASCOPE_FORMAT_PUT_H
#define VMASCOPE_FORMAT_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "util/text_file.h"

/** struct sink - text that is being built: print to @file */
struct sink {
	FILE *file;
	struct text_file mem;
};

/** sink__open - Return: 0 or a negative errno. */
int sink__open(struct sink *s);

/**
 * sink__close - write the text to @to, and free it
 * @err: an earlier error: nothing is written, and it is returned
 * @flush: also flush the buffer of stdio
 *
 * Return: 0 or the negative errno of the first write that failed.
 */
int sink__close(struct sink *s, FILE *to, int err, bool flush);

/** put - write @len bytes, flush if asked. Return: 0 or a negative errno. */
int put(FILE *to, const char *text, size_t len, bool flush);

/** put_out - write what @t has, which is empty then; flush if asked. Return: 0 or a negative errno. */
int put_out(FILE *to, struct text *t, bool flush);

#endif /* VMASCOPE_FORMAT_PUT_H */
