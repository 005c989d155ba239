/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - text for people that is printed piece by piece, and ends as a part of a table.
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

/** struct words - what is printed to @file, for @table */
struct words {
	FILE *file;
	struct table *table;
	struct text_file mem;
};

/** words__open - Return: false: @t has failed, now or before, and nothing is to be printed. */
bool words__open(struct words *w, struct table *t);

/** words__cell - end it: it is the string of the last row under @key. */
void words__cell(struct words *w, const char *key);

/** words__title - end it: unless it is empty, it is the title. */
void words__title(struct words *w);

/** words__footer - the same of the footer, in place of an earlier one; a newline at its end is cut. */
void words__footer(struct words *w);

#endif /* VMASCOPE_VIEW_COMMON_WORDS_H */
