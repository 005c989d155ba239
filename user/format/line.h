/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * line.h - lines of text that never exceed a width and never end in blanks.
 *
 * Where there is no memory for one, its text has failed.
 */
#ifndef VMASCOPE_FORMAT_LINE_H
#define VMASCOPE_FORMAT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/text.h"

/**
 * struct line - a line being printed
 * @to: text to append to
 * @limit: maximum width in columns, SIZE_MAX: unlimited
 * @utf8: use "…" where text is cut
 * @at: width so far
 * @gap: blanks to print before the next text
 */
struct line {
	struct text *to;
	size_t limit;
	bool utf8;
	size_t at;
	size_t gap;
};

/** line__put - append printable text, as much of it as fits. */
void line__put(struct line *l, const char *text);

/** line__put_field - append text in a field of @width columns, which has room for it. */
void line__put_field(struct line *l, const char *text, size_t width, bool left);

/** line__end - end it; @l is ready for the next. */
void line__end(struct line *l);

/**
 * line__put_prose - print lines of text, escaped, wrapped between words
 * @indent: blanks before each line; a line's own are kept
 */
void line__put_prose(struct line *l, const char *text, size_t indent);

#endif /* VMASCOPE_FORMAT_LINE_H */
