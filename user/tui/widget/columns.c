// SPDX-License-Identifier: GPL-2.0-only
/* columns.c - lay out the columns of a table. */
#include "tui/widget/columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/cell_text.h"
#include "tui/widget/series.h"
#include "util/utf8.h"

/** Columns between two columns. */
#define GAP 1
/** A name that is cut shorter says nothing; a command name is not cut. */
#define LEAST_NAME 12

bool column_is_left(const struct column *c)
{
	return c->left || c->type == CELL_STR || c->type == CELL_SERIES;
}

void columns__reset(struct columns *c)
{
	memset(c, 0, sizeof(*c));
}

static unsigned int text_width(struct columns *columns, const struct column *c,
			       const struct cell *cell, bool utf8)
{
	char *text = cell_text(c, cell, utf8);
	const unsigned int width = text ? utf8_width(text) : 0;

	if (!text)
		columns->err = -ENOMEM;
	free(text);
	return width;
}

/** measure - increase widths to those of the visible cells */
static void measure(struct columns *c, const struct table *t, const struct order *o, size_t from,
		    size_t rows, bool utf8)
{
	const size_t nr = t->def->nr_columns;

	for (size_t i = 0; i < nr; i++) {
		const struct column *col = &t->def->columns[i];
		unsigned int *width = &c->widths[i];

		if (!col->head)
			continue;
		*width = utf8_width(col->head) > *width ? utf8_width(col->head) : *width;
		for (size_t r = from; r < from + rows && r < o->nr; r++) {
			const struct cell *cell = &t->cells[o->rows[r] * nr + i];
			const unsigned int w = col->type == CELL_SERIES
						       ? series_width(cell)
						       : text_width(c, col, cell, utf8);

			*width = w > *width ? w : *width;
		}
	}
}

/** see_used - which optional columns have something to show. */
static void see_used(struct columns *c, const struct table *t)
{
	const size_t nr = t->def->nr_columns;

	for (size_t i = 0; i < nr; i++) {
		c->used[i] = c->used[i] || !t->def->columns[i].optional;
		for (size_t r = 0; r < t->nr_rows && !c->used[i]; r++)
			c->used[i] = !cell_is_empty(&t->def->columns[i], &t->cells[r * nr + i]);
	}
}

/** last_of - the column that gets the rest of the line: the last one that is always shown */
static size_t last_of(const struct table_def *def)
{
	for (size_t i = def->nr_columns; i-- > 0;)
		if (def->columns[i].head && !def->columns[i].optional)
			return i;
	return 0;
}

/** width_in - what column @i takes at least. */
static unsigned int width_in(const struct columns *c, size_t i, size_t last)
{
	if (i == last && c->widths[i] > LEAST_NAME && !c->def->columns[i].whole)
		return LEAST_NAME;
	return c->widths[i];
}

static unsigned int sum(const struct columns *c, const bool *shown, size_t nr, size_t last)
{
	unsigned int width = 0;

	for (size_t i = 0; i < nr; i++)
		if (shown[i])
			width += width_in(c, i, last) + (width ? GAP : 0);
	return width;
}

/** leave_out - hide columns, the last first, until the rest fits: spare ones, or any. */
static void leave_out(const struct columns *c, const struct table_def *def, bool *shown,
		      size_t last, unsigned int width, bool any)
{
	for (size_t i = def->nr_columns; i-- > 0 && sum(c, shown, def->nr_columns, last) > width;)
		if (i != last && shown[i] && (any || def->columns[i].spare))
			shown[i] = false;
}

static void put_places(struct columns *c, const struct table_def *def, const bool *shown,
		       size_t last, unsigned int width)
{
	unsigned int x = 0, left = 0;
	const unsigned int taken = sum(c, shown, def->nr_columns, last);

	left = width > taken ? width - taken : 0;
	c->nr = 0;
	for (size_t i = 0; i < def->nr_columns; i++) {
		unsigned int w = width_in(c, i, last);

		if (!shown[i])
			continue;
		/* the name takes what it wants of what is left; the last one on the line all */
		if (i == last) {
			const unsigned int more = c->widths[i] - w < left ? c->widths[i] - w : left;

			w += more;
			left -= more;
		}
		c->places[c->nr++] = (struct place){ .index = i, .x = x, .width = w };
		x += w + GAP;
	}
	if (c->nr && c->places[c->nr - 1].x < width)
		c->places[c->nr - 1].width = width - c->places[c->nr - 1].x;
}

void columns__lay_out(struct columns *c, const struct table *t, const struct order *o, size_t from,
		      size_t rows, unsigned int width, bool utf8)
{
	const struct table_def *def = t->def;
	const size_t last = last_of(def);
	bool shown[COLUMNS_MAX];

	if (c->def != def)
		columns__reset(c);
	c->def = def;
	measure(c, t, o, from, rows, utf8);
	see_used(c, t);
	for (size_t i = 0; i < def->nr_columns; i++)
		shown[i] = def->columns[i].head && c->used[i];
	leave_out(c, def, shown, last, width, false);
	leave_out(c, def, shown, last, width, true);
	put_places(c, def, shown, last, width);
}
