/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * series.h - counts in a row, one for each CPU: as numbers where there is room, else as heat.
 */
#ifndef VMASCOPE_TUI_WIDGET_SERIES_H
#define VMASCOPE_TUI_WIDGET_SERIES_H

#include "table/rows.h"
#include "tui/widget/canvas.h"

/** series_width - columns that a cell's counts want at least: one each. */
unsigned int series_width(const struct cell *cell);

/**
 * struct series_look - how all series of a table are drawn
 * @step: columns that one count takes; 1: a shade and no number
 * @merge: counts that make up one
 * @max: the greatest of all
 */
struct series_look {
	unsigned int step;
	unsigned int merge;
	uint64_t max;
};

/** series__look - of the series in @column, drawn @width wide. */
struct series_look series__look(const struct table *t, size_t column, unsigned int width);

/** series__draw - one cell. */
void series__draw(const struct series_look *look, const struct cell *cell, struct canvas *c,
		  unsigned int y, unsigned int x, unsigned int width);

/** series__draw_head - the numbers of the counts, where each has room for its own; else the column's head. */
void series__draw_head(const struct series_look *look, const struct table *t, size_t column,
		       struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
		       enum style style);

#endif /* VMASCOPE_TUI_WIDGET_SERIES_H */
