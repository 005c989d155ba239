/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cell_text.h - one cell as people read it: scaled, separated, escaped.
 */
#ifndef VMASCOPE_FORMAT_CELL_TEXT_H
#define VMASCOPE_FORMAT_CELL_TEXT_H

#include "table/rows.h"
#include "util/str.h"

/**
 * cell_text - the text of a cell that is not a table
 * @utf8: the terminal takes UTF-8
 *
 * Return: the text, to be freed ("-" if unknown); NULL without memory.
 */
char *cell_text(const struct column *c, const struct cell *cell, bool utf8);

/** Bytes of a number's text, sign and unit included. */
#define CELL_NUMBER_LEN (STR_NUMBER_LEN + 16)

/**
 * struct cell_words - the text of a cell, made without an allocation as a rule
 * @text: in @room, in the cell, in @owned or a constant; NULL: no memory
 * @owned: to be freed, or NULL
 */
struct cell_words {
	const char *text;
	char *owned;
	char room[CELL_NUMBER_LEN];
};

/**
 * cell_words__make - as cell_text()
 *
 * Good as long as neither @w moves nor the cell changes. Return: 0 or -ENOMEM.
 */
int cell_words__make(struct cell_words *w, const struct column *c, const struct cell *cell,
		     bool utf8);

/** cell_is_empty - whether an optional column may hide this cell: 0, "", false or unknown. */
bool cell_is_empty(const struct column *c, const struct cell *cell);

/** column_stream_width - columns for cells that are not known yet: @c's own, or by its type. */
size_t column_stream_width(const struct column *c);

#endif /* VMASCOPE_FORMAT_CELL_TEXT_H */
