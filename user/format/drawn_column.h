/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drawn_column.h - columns that are drawn, and take what room there is: bars, and strips of shades, over
 * time as a rule, with their axis and legend.
 */
#ifndef VMASCOPE_FORMAT_DRAWN_COLUMN_H
#define VMASCOPE_FORMAT_DRAWN_COLUMN_H

#include "format/line.h"
#include "format/out.h"

/** Levels of shades at most, the blank not among them. */
#define FLEX_MAX_LEVELS 9

/**
 * struct drawn_column - layout of a column of bars or strips
 * @table: and @column, its number in the table
 * @colour: use colours for shades
 * @utf8: use Unicode for shades
 * @width: width in columns, including the two edges
 * @max: maximum of the numbers, or of the cells of all strips
 * @merge: number of counts in one cell; @repeat: width of a cell in columns
 * @cells: number of cells of a strip
 * @nr_levels: number of shades; @low: minimum count of each
 */
struct drawn_column {
	const struct table *table;
	size_t column;
	bool colour;
	bool utf8;
	size_t width;
	uint64_t max;
	size_t merge;
	size_t repeat;
	size_t cells;
	size_t nr_levels;
	uint64_t low[FLEX_MAX_LEVELS];
};

/** drawn_column__is - @c is such a column. */
bool drawn_column__is(const struct column *c);

/** drawn_column__least - columns that it wants at least, in lines of @line_width (0: no limit). */
size_t drawn_column__least(const struct table *t, size_t column, size_t line_width);

/**
 * drawn_column__layout - make it fit into @room columns
 * @room: 0: as much as it wants
 */
void drawn_column__layout(struct drawn_column *x, const struct table *t, size_t column, size_t room,
			  const struct out_options *o);

/** drawn_column__level - the shade of @count: 0: blank, up to @nr_levels. */
size_t drawn_column__level(const struct drawn_column *x, uint64_t count);

/** drawn_column__put - draw the cell of @row at the end of @l. */
void drawn_column__put(const struct drawn_column *x, struct line *l, size_t row);

/**
 * drawn_column__put_axis - a line below: of bars, 0 and the greatest number; of strips, times or the
 * table's labels
 * @l: at the column where they begin
 */
void drawn_column__put_axis(const struct drawn_column *x, struct line *l);

/** drawn_column__put_legend - of strips: which counts each shade is for, @indent columns in. */
void drawn_column__put_legend(const struct drawn_column *x, struct line *l, size_t indent);

#endif /* VMASCOPE_FORMAT_DRAWN_COLUMN_H */
