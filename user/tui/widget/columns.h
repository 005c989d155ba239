/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * columns.h - which columns of a table fit side by side, where, and how wide.
 */
#ifndef VMASCOPE_TUI_WIDGET_COLUMNS_H
#define VMASCOPE_TUI_WIDGET_COLUMNS_H

#include "tui/widget/order.h"

/** Columns of a table at most. */
#define COLUMNS_MAX 32

/** struct place - a column on the screen; @index: in the table */
struct place {
	size_t index;
	unsigned int x;
	unsigned int width;
};

/**
 * struct columns - of one table, from one frame to the next
 * @widths: the widest contents yet: columns that jump can't be read
 * @used: optional columns that had something to show once
 * @def: whose they are: another table begins anew
 * @places: of what fits, @nr of them
 * @err: a cell could not be measured: a negative errno, else 0
 */
struct columns {
	unsigned int widths[COLUMNS_MAX];
	bool used[COLUMNS_MAX];
	const struct table_def *def;
	struct place places[COLUMNS_MAX];
	size_t nr;
	int err;
};

/**
 * columns__lay_out - lay out columns for the visible rows
 * @o: order of rows, of which @rows from @from on are visible
 * @width: of the screen
 *
 * Spare columns are omitted, the last first, until all others fit; then others, the last first,
 * except for the very last column, which has the name and gets the rest of the line.
 */
void columns__lay_out(struct columns *c, const struct table *t, const struct order *o, size_t from,
		      size_t rows, unsigned int width, bool utf8);

/** columns__reset - forget widths. */
void columns__reset(struct columns *c);

/** column_is_left - its cells begin at its left edge. */
bool column_is_left(const struct column *c);

#endif /* VMASCOPE_TUI_WIDGET_COLUMNS_H */
