/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cell_text.h - one cell as people read it: scaled, separated, escaped.
 */
#ifndef VMASCOPE_FORMAT_CELL_TEXT_H
#define VMASCOPE_FORMAT_CELL_TEXT_H

#include "table/rows.h"

/**
 * cell_text - the text of a cell that is not a table
 * @utf8: the terminal takes UTF-8
 *
 * Return: the text, to be freed ("-" if unknown); NULL without memory.
 */
char *cell_text(const struct column *c, const struct cell *cell, bool utf8);

/** cell_is_empty - whether an optional column may hide this cell: 0, "", false or unknown. */
bool cell_is_empty(const struct column *c, const struct cell *cell);

/** column_stream_width - columns for cells that are not known yet: @c's own, or by its type. */
size_t column_stream_width(const struct column *c);

#endif /* VMASCOPE_FORMAT_CELL_TEXT_H */
