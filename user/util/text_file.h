/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text_file.h - text in memory that is written to as a FILE.
 *
 * Used instead of open_memstream(), as glibc's truncates the text without an error if out of
 * memory.
 */
#ifndef VMASCOPE_UTIL_TEXT_FILE_H
#define VMASCOPE_UTIL_TEXT_FILE_H

#include <stdio.h>

#include "util/text.h"

/** struct text_file - the text printed to @file; must not be moved until it is closed */
struct text_file {
	FILE *file;
	struct text text;
	char buffer[1024];
};

/** text_file__open - Return: 0 or -ENOMEM; @t is empty then. */
int text_file__open(struct text_file *t);

/**
 * text_file__close - @t->text has all that was printed, and a 0 behind it
 *
 * The caller frees it. Return: 0 or -ENOMEM: there is no text.
 */
int text_file__close(struct text_file *t);

#endif /* VMASCOPE_UTIL_TEXT_FILE_H */
