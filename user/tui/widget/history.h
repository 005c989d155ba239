/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * history.h - the last values of a number, and a sparkline of them.
 */
#ifndef VMASCOPE_TUI_WIDGET_HISTORY_H
#define VMASCOPE_TUI_WIDGET_HISTORY_H

#include "tui/widget/canvas.h"

/** Values that are kept: ten minutes of seconds. */
#define HISTORY_LEN 600

/** struct history - a ring: @nr values were ever added */
struct history {
	double values[HISTORY_LEN];
	uint64_t nr;
};

/** history__add - the newest value. */
void history__add(struct history *h, double value);

/**
 * history__cell - the greatest value in a cell of a line
 * @cell: from 0, the oldest; @cells: in the line; @each: values in a cell
 *
 * Cells begin at multiples of @each, so that a peak keeps its height on its way to the left; the
 * last one may still be filling. Return: negative: there is no value so old.
 */
double history__cell(const struct history *h, unsigned int cell, unsigned int cells,
		     unsigned int each);

/** history__draw - a sparkline over @width columns, against its own maximum. */
void history__draw(const struct history *h, struct canvas *c, unsigned int y, unsigned int x,
		   unsigned int width, unsigned int each);

#endif /* VMASCOPE_TUI_WIDGET_HISTORY_H */
