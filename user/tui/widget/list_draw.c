// SPDX-License-Identifier: GPL-2.0-only
/* list_draw.c - head and rows of a list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/cell_text.h"
#include "tui/widget/list.h"
#include "tui/widget/series.h"
#include "util/array.h"
#include "util/utf8.h"

/** struct emphasis - columns whose numbers are worth a look, unless they are 0 */
static const struct emphasis {
	const char *key;
	enum style style;
} emphases[] = {
	{ "major", STYLE_WARN },
	{ "failed", STYLE_BAD },
	{ "errors", STYLE_BAD },
	{ "faults", STYLE_VALUE },
};

static enum style cell_style(const struct column *c, const struct cell *cell)
{
	if (!cell->known || (c->type != CELL_STR && cell_is_empty(c, cell)))
		return STYLE_DIM;
	for (size_t i = 0; i < ARRAY_SIZE(emphases); i++)
		if (!strcmp(emphases[i].key, c->key))
			return emphases[i].style;
	return STYLE_PLAIN;
}

/** kept - the part of a long text to keep: of a path its end, otherwise both ends or the start */
static enum utf8_keep kept(const struct column *col, const char *text)
{
	if (col->keep_start)
		return UTF8_KEEP_START;
	return *text == '/' ? UTF8_KEEP_END : UTF8_KEEP_ENDS;
}

/** draw_text - in a column. */
static void draw_text(struct canvas *c, unsigned int y, const struct place *p,
		      const struct column *col, enum style style, const char *text)
{
	char *cut = utf8_truncate(text, p->width, kept(col, text), c->utf8);
	unsigned int x = p->x;

	if (cut && !column_is_left(col))
		x += p->width - utf8_width(cut);
	if (cut)
		canvas__put(c, y, x, p->width, style, cut);
	else
		canvas__fail(c, -ENOMEM);
	free(cut);
}

static void draw_head(const struct list *l, struct canvas *c, unsigned int y)
{
	canvas__blank(c, y, 0, c->width, STYLE_HEAD);
	for (size_t i = 0; i < l->columns.nr; i++) {
		const struct place *p = &l->columns.places[i];
		const struct column *col = &l->table->def->columns[p->index];
		const bool sorted = !strcmp(col->key, l->sort);

		if (col->type == CELL_SERIES) {
			const struct series_look look = series__look(l->table, p->index, p->width);

			series__draw_head(&look, l->table, p->index, c, y, p->x, p->width,
					  STYLE_HEAD);
			continue;
		}
		draw_text(c, y, p, col, sorted ? STYLE_SORTED : STYLE_HEAD, col->head);
		if (sorted)
			canvas__style(c, y, p->x, p->width, STYLE_SORTED);
	}
}

static bool has_ended(const struct list *l, size_t row)
{
	return table_column(l->table, "ended") && *table__cell(l->table, row, "ended")->str;
}

static void draw_row(const struct list *l, struct canvas *c, unsigned int y, size_t row)
{
	for (size_t i = 0; i < l->columns.nr; i++) {
		const struct place *p = &l->columns.places[i];
		const struct column *col = &l->table->def->columns[p->index];
		const struct cell *cell =
			&l->table->cells[row * l->table->def->nr_columns + p->index];
		char *text;

		if (col->type == CELL_SERIES) {
			const struct series_look look = series__look(l->table, p->index, p->width);

			series__draw(&look, cell, c, y, p->x, p->width);
			continue;
		}
		text = cell_text(col, cell, c->utf8);
		if (text)
			draw_text(c, y, p, col, cell_style(col, cell), text);
		else
			canvas__fail(c, -ENOMEM);
		free(text);
	}
	if (has_ended(l, row))
		canvas__style(c, y, 0, c->width, STYLE_DIM);
	else if (*l->search && order_is_found(l->table, row, l->search))
		canvas__style(c, y, 0, c->width, STYLE_MATCH);
}

/** scroll_to_cursor - so that the cursor is on the screen. */
static void scroll_to_cursor(struct list *l)
{
	if (l->cursor < l->offset)
		l->offset = l->cursor;
	if (l->height && l->cursor >= l->offset + l->height)
		l->offset = l->cursor - l->height + 1;
	/* no empty lines below the last row while there are rows above the first */
	if (l->offset + l->height > l->order.nr)
		l->offset = l->order.nr > l->height ? l->order.nr - l->height : 0;
}

void list__draw(struct list *l, struct canvas *c, unsigned int y, unsigned int height,
		bool show_cursor)
{
	if (!l->table || !height)
		return;
	l->height = height - 1;
	scroll_to_cursor(l);
	columns__lay_out(&l->columns, l->table, &l->order, l->offset, l->height, c->width, c->utf8);
	canvas__fail(c, l->columns.err);
	draw_head(l, c, y);
	for (size_t i = 0; i < l->height && l->offset + i < l->order.nr; i++) {
		const size_t place = l->offset + i;

		draw_row(l, c, y + 1 + i, l->order.rows[place]);
		if (show_cursor && place == l->cursor)
			canvas__style(c, y + 1 + i, 0, c->width, STYLE_SELECTED);
	}
	if (!l->order.nr && l->height)
		canvas__put(c, y + 1, 0, c->width, STYLE_DIM,
			    *l->filter ? "no row matches the filter" : "nothing yet");
}
