/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - text that is printed piece by piece, and becomes a part of a table.
 *
 *	struct words w;
 *
 *	if (!words__open(&w, t))
 *		return;
 *	fprintf(w.file, "%u pages", 3);
 *	words__cell(&w, "event");
 */
#ifndef VMASCOPE_VIEW_COMMON_WORDS_H
#define VMASCOPE_VIEW_COMMON_WORDS_H

#include <stdio.h>

#include "table/rows.h"
#include "util/text_file.h"

/** struct words - text printed to @file for @table */
struct words {
	FILE *file;
	struct table *table;
	struct text_file mem;
};

/**
 * words__open - begin a text. Return: false: @t has failed, now or before, so nothing must be
 * printed.
 */
bool words__open(struct words *w, struct table *t);

/** words__cell - finish the text and store it in the last row under @key. */
void words__cell(struct words *w, const char *key);

/** words__title - finish the text and make it the title, unless it is empty. */
void words__title(struct words *w);

/**
 * words__footer - the same for the footer, replacing an earlier one; a newline at the end is cut.
 */
void words__footer(struct words *w);

#endif /* VMASCOPE_VIEW_COMMON_WORDS_H */
