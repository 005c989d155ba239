// SPDX-License-Identifier: GPL-2.0-only
/*
 * text.c - rows as columns for people: aligned by their contents, not wider than the terminal.
 *
 * Where a table is too wide its last column of strings is cut, then the one before it: paths keep
 * their end, other strings both ends, or the start, if the view says so; command names are never
 * cut. A column that is drawn (format/drawn_column.h) takes the room that the others leave.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/cell_text.h"
#include "format/drawn_column.h"
#include "format/formats.h"
#include "format/line.h"
#include "format/put.h"
#include "util/utf8.h"

#define GAP 2	      /* blanks between columns */
#define STREAM_GAP 1  /* in a stream, where every line has all columns and room is short */
#define INDENT 2      /* of a nested table */
#define MIN_WIDTH 4   /* columns of strings are not cut below that */
#define FAIR_WIDTH 12 /* rather than below that, spare columns are left out */
#define COMM_WIDTH 15 /* of a command name in a stream, unless lines are narrower than WIDE_LINE */
#define WIDE_LINE 100

#define BOLD "\033[1m"
#define NORMAL "\033[m"

/** struct text_field - a column that is shown, unless @hidden: @index in its table, @width in the text */
struct text_field {
	const struct column *column;
	size_t index;
	size_t width;
	bool left;
	bool hidden;
};

/** struct grid - a table being laid out: @words has @nr texts for each row from @first_row on */
struct grid {
	const struct table *table;
	const struct out_options *options;
	struct text_field *fields;
	size_t nr;
	size_t first_row;
	size_t gap;
	struct cell_words *words;
	size_t indent;
	struct drawn_column drawn; /* if a field is drawn */
};

static void print_table(struct text *to, const struct table *t, const struct out_options *o,
			size_t indent);

static struct line new_line(struct text *to, const struct out_options *o)
{
	return (struct line){ .to = to, .limit = o->width ? o->width : SIZE_MAX, .utf8 = o->utf8 };
}

static bool all_empty(const struct table *t, size_t column)
{
	for (size_t row = 0; row < t->nr_rows; row++) {
		if (!cell_is_empty(&t->def->columns[column],
				   &t->cells[row * t->def->nr_columns + column]))
			return false;
	}
	return true;
}

/** choose_fields - Return: false: there was no memory. */
static bool choose_fields(struct grid *g, bool stream)
{
	const struct table_def *def = g->table->def;

	g->fields = calloc(def->nr_columns + 1, sizeof(*g->fields));
	if (!g->fields)
		return false;
	for (size_t i = 0; i < def->nr_columns; i++) {
		const struct column *c = &def->columns[i];

		if (!c->head || c->type == CELL_TABLE)
			continue;
		if (c->optional && !stream && !g->table->steady && all_empty(g->table, i))
			continue;
		g->fields[g->nr++] =
			(struct text_field){ .column = c, .index = i, .left = c->left };
	}
	if (g->nr && g->fields[g->nr - 1].column->type == CELL_STR)
		g->fields[g->nr - 1].left = true;
	return true;
}

static const char *text_at(const struct grid *g, size_t row, size_t field)
{
	return g->words[(row - g->first_row) * g->nr + field].text;
}

/** format_cells - Return: false: there was no memory. */
static bool format_cells(struct grid *g)
{
	const struct table *t = g->table;
	struct cell_words *w;
	bool made = true;

	g->words = reallocarray(NULL, (t->nr_rows - g->first_row) * g->nr + 1, sizeof(*w));
	if (!g->words)
		return false;
	w = g->words;
	for (size_t row = g->first_row; row < t->nr_rows; row++)
		for (size_t i = 0; i < g->nr; i++, w++)
			if (cell_words__make(
				    w, g->fields[i].column,
				    &t->cells[row * t->def->nr_columns + g->fields[i].index],
				    g->options->utf8))
				made = false;
	return made;
}

static void grid__free(struct grid *g)
{
	size_t nr = (g->table->nr_rows - g->first_row) * g->nr;

	for (size_t i = 0; g->words && i < nr; i++)
		free(g->words[i].owned);
	free(g->words);
	free(g->fields);
}

/** grid__init - Return: false: there was no memory, and @to has failed. */
static bool grid__init(struct grid *g, struct text *to, const struct table *t,
		       const struct out_options *o, bool stream)
{
	*g = (struct grid){ .table = t,
			    .options = o,
			    .first_row = stream ? t->nr_rows - 1 : 0,
			    .gap = stream ? STREAM_GAP : GAP };
	if (choose_fields(g, stream) && format_cells(g))
		return true;
	grid__free(g);
	to->failed = true;
	return false;
}

static size_t max(size_t a, size_t b)
{
	return a > b ? a : b;
}

/** drawn_width - of lines with a drawn column, 0: no limit */
static size_t drawn_width(const struct grid *g)
{
	return g->options->width ? g->options->width : g->options->drawn_width;
}

static void measure(struct grid *g)
{
	for (size_t i = 0; i < g->nr; i++) {
		struct text_field *f = &g->fields[i];

		f->width = drawn_column__is(f->column)
				   ? drawn_column__least(g->table, f->index, drawn_width(g))
				   : utf8_width(f->column->head);
	}
	for (size_t row = g->first_row; row < g->table->nr_rows; row++) {
		for (size_t i = 0; i < g->nr; i++) {
			size_t width = utf8_width(text_at(g, row, i));

			if (drawn_column__is(g->fields[i].column))
				continue;
			g->fields[i].width = max(g->fields[i].width, width);
		}
	}
}

/*
 * Widths for a stream, whose rows to come are not known. A last column of strings takes the rest of
 * the line, whatever is in it: shrink() must come to the same widths for each row.
 */
static void measure_stream(struct grid *g)
{
	struct text_field *last = g->nr ? &g->fields[g->nr - 1] : NULL;

	for (size_t i = 0; i < g->nr; i++) {
		struct text_field *f = &g->fields[i];

		f->width = max(utf8_width(f->column->head), column_stream_width(f->column));
		if (f->column->whole && (!g->options->width || g->options->width >= WIDE_LINE))
			f->width = max(f->width, COMM_WIDTH);
		/* Rather a crooked line than a cut string, where the view has not said how wide. */
		if (f->column->type == CELL_STR && (!f->column->width || f->column->whole))
			f->width = max(f->width, utf8_width(text_at(g, g->first_row, i)));
	}
	if (last && last->column->type == CELL_STR)
		last->width = max(g->options->width,
				  utf8_width(text_at(g, g->first_row, g->nr - 1)));
}

static size_t total_width(const struct grid *g)
{
	size_t total = g->indent;
	bool first = true;

	for (size_t i = 0; i < g->nr; i++) {
		if (g->fields[i].hidden)
			continue;
		total += g->fields[i].width + (first ? 0 : g->gap);
		first = false;
	}
	return total;
}

static size_t over_width(const struct grid *g)
{
	const size_t total = total_width(g);

	return g->options->width && total > g->options->width ? total - g->options->width : 0;
}

/* Makes columns of strings narrower, the last one first, until a line fits or all have @least. */
static void cut_strings(struct grid *g, size_t least)
{
	size_t over = over_width(g);

	for (size_t i = g->nr; i-- > 0 && over;) {
		struct text_field *f = &g->fields[i];
		size_t cut = f->width > least ? f->width - least : 0;

		if (f->column->type != CELL_STR || f->column->whole)
			continue;
		cut = cut < over ? cut : over;
		f->width -= cut;
		over -= cut;
	}
}

/* Makes a line fit: strings are cut, and spare columns left out rather than that too much is cut. */
static void shrink(struct grid *g)
{
	bool spare = false;

	for (size_t i = 0; i < g->nr; i++)
		spare = spare || g->fields[i].column->spare;
	if (spare)
		cut_strings(g, FAIR_WIDTH);
	for (size_t i = g->nr; i-- > 0 && over_width(g);)
		g->fields[i].hidden = g->fields[i].column->spare;
	cut_strings(g, MIN_WIDTH);
}

/* Assigns the rest of the line to the drawn column. */
static void stretch(struct grid *g)
{
	for (size_t i = 0; i < g->nr; i++) {
		struct text_field *f = &g->fields[i];
		size_t room = 0;

		if (!drawn_column__is(f->column))
			continue;
		if (drawn_width(g))
			room = f->width + max(drawn_width(g), total_width(g)) - total_width(g);
		drawn_column__layout(&g->drawn, g->table, f->index, room, g->options);
		f->width = g->drawn.width;
	}
}

static enum utf8_keep what_to_keep(const struct column *c, const char *text)
{
	if (c->keep_start)
		return UTF8_KEEP_START;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): columns are hidden for all rows */
	return *text == '/' ? UTF8_KEEP_END : UTF8_KEEP_ENDS;
}

static void print_field(struct line *l, const struct text_field *f, const char *text)
{
	enum utf8_keep keep = what_to_keep(f->column, text);
	char *cut = NULL;

	if (f->column->type == CELL_STR && utf8_width(text) > f->width) {
		cut = utf8_truncate(text, f->width, keep, l->utf8);
		l->to->failed |= !cut;
	}
	line__put_field(l, cut ? cut : text, f->width, f->left);
	free(cut);
}

static void print_heading(struct text *to, const struct grid *g)
{
	struct line l = new_line(to, g->options);

	if (g->options->colour)
		text__puts(to, BOLD);
	l.gap = g->indent;
	for (size_t i = 0; i < g->nr; i++) {
		if (g->fields[i].hidden)
			continue;
		line__put_field(&l, g->fields[i].column->head, g->fields[i].width,
				g->fields[i].left);
		l.gap += g->gap;
	}
	if (g->options->colour)
		text__puts(to, NORMAL);
	line__end(&l);
}

static void print_row(struct text *to, const struct grid *g, size_t row)
{
	struct line l = new_line(to, g->options);

	l.gap = g->indent;
	for (size_t i = 0; i < g->nr; i++) {
		if (g->fields[i].hidden)
			continue;
		if (drawn_column__is(g->fields[i].column))
			drawn_column__put(&g->drawn, &l, row);
		else
			print_field(&l, &g->fields[i], text_at(g, row, i));
		l.gap += g->gap;
	}
	line__end(&l);
}

static void print_nested(struct text *to, const struct grid *g, size_t row)
{
	const struct table_def *def = g->table->def;

	for (size_t i = 0; i < def->nr_columns; i++) {
		const struct cell *cell = &g->table->cells[row * def->nr_columns + i];

		if (def->columns[i].type == CELL_TABLE && def->columns[i].head && cell->known)
			print_table(to, cell->table, g->options, g->indent + INDENT);
	}
}

/* Below bars and strips: their axes, and what shades mean. */
static void print_axis(struct text *to, const struct grid *g)
{
	struct line l = new_line(to, g->options);

	l.gap = g->indent;
	for (size_t i = 0; i < g->nr; i++) {
		if (g->fields[i].hidden)
			continue;
		if (drawn_column__is(g->fields[i].column)) {
			drawn_column__put_axis(&g->drawn, &l);
			drawn_column__put_legend(&g->drawn, &l, g->indent);
		}
		l.gap += g->fields[i].width + g->gap;
	}
}

static void print_list(struct text *to, struct grid *g)
{
	measure(g);
	shrink(g);
	stretch(g);
	if (g->nr && g->table->nr_rows)
		print_heading(to, g);
	for (size_t row = 0; row < g->table->nr_rows; row++) {
		if (g->nr)
			print_row(to, g, row);
		print_nested(to, g, row);
	}
	if (g->table->nr_rows)
		print_axis(to, g);
}

/* Numbers of one object stand below each other; strings begin where the widest number does. */
static size_t widest_number(const struct grid *g)
{
	size_t width = 0;

	for (size_t i = 0; i < g->nr; i++) {
		if (g->fields[i].column->type != CELL_STR)
			width = max(width, utf8_width(text_at(g, g->first_row, i)));
	}
	return width;
}

/* One row as lines of NAME VALUE. */
static void print_object(struct text *to, struct grid *g)
{
	size_t names = 0, numbers, start;

	if (!g->table->nr_rows)
		return;
	numbers = widest_number(g);
	for (size_t i = 0; i < g->nr; i++)
		names = max(names, utf8_width(g->fields[i].column->head));
	start = g->indent + names + g->gap;
	for (size_t i = 0; i < g->nr; i++) {
		struct line l = new_line(to, g->options);
		struct text_field *value = &g->fields[i];

		value->left = value->column->type == CELL_STR;
		value->width = value->left ? l.limit - (start < l.limit ? start : l.limit)
					   : numbers;
		l.gap = g->indent;
		line__put_field(&l, value->column->head, names, true);
		l.gap += g->gap;
		print_field(&l, value, text_at(g, g->first_row, i));
		line__end(&l);
	}
	print_nested(to, g, 0);
}

static void print_prose(struct text *to, const char *text, const struct out_options *o,
			size_t indent)
{
	struct line l = new_line(to, o);

	if (text)
		line__put_prose(&l, text, indent);
}

static void print_table(struct text *to, const struct table *t, const struct out_options *o,
			size_t indent)
{
	struct grid g;

	if (t->def->json_only || !grid__init(&g, to, t, o, false))
		return;
	g.indent = indent;
	print_prose(to, t->title, o, indent);
	if (t->def->shape == TABLE_OBJECT)
		print_object(to, &g);
	else
		print_list(to, &g);
	print_prose(to, t->footer, o, indent);
	grid__free(&g);
}

int text_document(const struct document *d, const struct out_options *o)
{
	struct text all = {};
	int err;

	for (size_t i = 0; i < d->nr_tables; i++) {
		const size_t before = all.len;

		if (before)
			text__putc(&all, '\n');
		print_table(&all, d->tables[i], o, 0);
		/* A table may print nothing; then it needs no blank line either. */
		if (before && all.len == before + 1)
			all.len = before;
	}
	err = put_out(o->file, &all, true);
	text__free(&all);
	return err;
}

int text_row(const struct table *t, const struct out_options *o, bool first)
{
	struct text s = {};
	struct grid g;
	int err;

	if (!t->nr_rows)
		return -EINVAL;
	if (!grid__init(&g, &s, t, o, true))
		return -ENOMEM;
	measure_stream(&g);
	shrink(&g);
	if (first) {
		print_prose(&s, t->title, o, 0);
		print_heading(&s, &g);
	}
	print_row(&s, &g, g.first_row);
	print_prose(&s, t->footer, o, 0);
	err = put_out(o->file, &s, false);
	text__free(&s);
	grid__free(&g);
	return err;
}
