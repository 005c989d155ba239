// SPDX-License-Identifier: GPL-2.0-only
/*
 * drawn_column.c - the bars, strips, axis and legend of drawn_column.h.
 *
 * Shades go by the logarithm: counts differ by orders of magnitude, and one slow fault among
 * millions must still be seen.
 */
#include "format/drawn_column.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "util/array.h"
#include "util/str.h"
#include "util/utf8.h"

#define EDGES 2	       /* the | on both sides */
#define BAR_LEAST 12   /* columns of a bar with its edges */
#define BAR_MOST 42    /* wider is not easier to read */
#define STRIP_LEAST 14 /* the same of a strip */
#define REPEAT_MOST 4  /* a cell is not wider than that */
#define TICK_LEAST 10  /* columns from one time of the axis to the next */
#define BAR_GLYPH '@'  /* as bpftrace has it; in UTF-8 eighths of a column */
#define NORMAL "\033[m"

/** struct shade - a glyph and its colour */
struct shade {
	const char *glyph;
	const char *colour;
};

/* From cold to hot. */
static const struct shade unicode_shades[] = {
	{ "░", "\033[34m" },
	{ "▒", "\033[36m" },
	{ "▓", "\033[33m" },
	{ "█", "\033[31m" },
};
static const struct shade ascii_shades[FLEX_MAX_LEVELS] = {
	{ ".", "\033[34m" }, { ":", "\033[34m" }, { "-", "\033[36m" },
	{ "=", "\033[36m" }, { "+", "\033[32m" }, { "*", "\033[32m" },
	{ "#", "\033[33m" }, { "%", "\033[33m" }, { "@", "\033[31m" },
};
#define NR_UNICODE ARRAY_SIZE(unicode_shades)
static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
#define EIGHTHS 8

bool drawn_column__is(const struct column *c)
{
	return c->bar || c->type == CELL_SERIES;
}

/** longest - counts in the longest series of the column. */
static size_t longest(const struct table *t, size_t column)
{
	size_t most = 0;

	for (size_t row = 0; row < t->nr_rows; row++) {
		const struct cell *c = &t->cells[row * t->def->nr_columns + column];

		if (c->known && c->series->nr > most)
			most = c->series->nr;
	}
	return most;
}

size_t drawn_column__least(const struct table *t, size_t column, size_t line_width)
{
	const size_t share = line_width * 3 / 8;
	size_t most;

	if (t->def->columns[column].bar)
		return BAR_LEAST;
	most = longest(t, column) * REPEAT_MOST + EDGES;
	if (most < STRIP_LEAST || most < share)
		return most;
	return share > STRIP_LEAST ? share : STRIP_LEAST;
}

static const struct cell *cell_at(const struct drawn_column *x, size_t row)
{
	return &x->table->cells[row * x->table->def->nr_columns + x->column];
}

/** cell_count - the sum of the counts that make up a cell of the strip. */
static uint64_t cell_count(const struct drawn_column *x, const struct series *s, size_t cell)
{
	uint64_t sum = 0;

	for (size_t i = cell * x->merge; i < (cell + 1) * x->merge && i < s->nr; i++)
		sum += s->counts[i];
	return sum;
}

static void layout_bar(struct drawn_column *x, size_t room)
{
	x->width = room && room < BAR_MOST ? room : BAR_MOST;
	for (size_t row = 0; row < x->table->nr_rows; row++) {
		const struct cell *c = cell_at(x, row);

		if (c->known && c->u64 > x->max)
			x->max = c->u64;
	}
}

/** set_levels - the least count of each shade: max^(i/n), so that each spans the same ratio. */
static void set_levels(struct drawn_column *x)
{
	x->nr_levels = x->utf8 ? NR_UNICODE : FLEX_MAX_LEVELS;
	for (size_t i = 0; i < x->nr_levels; i++)
		x->low[i] = ceil(pow(x->max, (double)i / x->nr_levels));
}

static void layout_strip(struct drawn_column *x, size_t room)
{
	const size_t most = longest(x->table, x->column);

	room = room > EDGES ? room - EDGES : room ? 1 : most;
	x->merge = most > room ? (most + room - 1) / room : 1;
	x->cells = (most + x->merge - 1) / x->merge;
	x->repeat = x->cells ? room / x->cells : 1;
	if (x->repeat > REPEAT_MOST)
		x->repeat = REPEAT_MOST;
	x->width = x->cells * x->repeat + EDGES;
	for (size_t row = 0; row < x->table->nr_rows; row++) {
		for (size_t i = 0; cell_at(x, row)->known && i < x->cells; i++) {
			const uint64_t count = cell_count(x, cell_at(x, row)->series, i);

			x->max = count > x->max ? count : x->max;
		}
	}
	set_levels(x);
}

void drawn_column__layout(struct drawn_column *x, const struct table *t, size_t column, size_t room,
			  const struct out_options *o)
{
	*x = (struct drawn_column){
		.table = t, .column = column, .utf8 = o->utf8, .colour = o->colour
	};
	if (t->def->columns[column].bar)
		layout_bar(x, room);
	else
		layout_strip(x, room);
}

size_t drawn_column__level(const struct drawn_column *x, uint64_t count)
{
	size_t level = 0;

	while (count && level < x->nr_levels && x->low[level] <= count)
		level++;
	return level;
}

/** put_shade - @columns of one level; colours take no room. */
static void put_shade(const struct drawn_column *x, struct line *l, size_t level, size_t columns)
{
	const struct shade *s = x->utf8 ? unicode_shades : ascii_shades;

	if (level && x->colour)
		text__puts(l->to, s[level - 1].colour);
	for (size_t i = 0; i < columns; i++)
		text__puts(l->to, level ? s[level - 1].glyph : " ");
	if (level && x->colour)
		text__puts(l->to, NORMAL);
	l->at += columns;
}

static void put_char(struct line *l, char c, size_t columns)
{
	text__fill(l->to, c, columns);
	l->at += columns;
}

static void put_glyph(struct line *l, const char *glyph)
{
	text__puts(l->to, glyph);
	l->at++;
}

static void put_bar(const struct drawn_column *x, struct line *l, const struct cell *c)
{
	const size_t room = x->width - EDGES, end = l->at + room;
	const size_t parts = x->utf8 ? EIGHTHS : 1;
	size_t length = 0;

	/* what is not 0 is seen */
	if (c->known && c->u64)
		length = 1 + (double)c->u64 * (room * parts - 1) / x->max;
	if (!x->utf8)
		put_char(l, BAR_GLYPH, length);
	for (size_t i = 0; x->utf8 && i < length / EIGHTHS; i++)
		put_glyph(l, eighths[EIGHTHS]);
	if (x->utf8 && length % EIGHTHS)
		put_glyph(l, eighths[length % EIGHTHS]);
	put_char(l, ' ', end - l->at);
}

static void put_strip(const struct drawn_column *x, struct line *l, const struct cell *c)
{
	for (size_t i = 0; i < x->cells; i++) {
		const uint64_t count = c->known ? cell_count(x, c->series, i) : 0;

		put_shade(x, l, drawn_column__level(x, count), x->repeat);
	}
}

void drawn_column__put(const struct drawn_column *x, struct line *l, size_t row)
{
	if (l->at + l->gap + x->width > l->limit)
		return;
	put_char(l, ' ', l->gap);
	l->gap = 0;
	put_char(l, '|', 1);
	if (x->merge)
		put_strip(x, l, cell_at(x, row));
	else
		put_bar(x, l, cell_at(x, row));
	put_char(l, '|', 1);
}

/** tick_ns - a round time (1, 2, 5, 10, … ms) that takes TICK_LEAST columns at least. */
static double tick_ns(double column_ns)
{
	static const double steps[] = { 1e6, 2e6, 5e6 };
	double scale = 1;

	for (size_t i = 0;; i = (i + 1) % 3) {
		if (steps[i] * scale >= column_ns * TICK_LEAST)
			return steps[i] * scale;
		if (i == 2)
			scale *= 10;
	}
}

/** put_labels - the number of each cell's first count, as many of them as there is room for. */
static void put_labels(const struct drawn_column *x, struct line *l)
{
	const size_t first = l->at + l->gap + 1, end = first + x->width - EDGES;
	const struct table *t = x->table;

	for (size_t i = 0; i < x->cells && i * x->merge < t->nr_labels; i++) {
		const size_t at = first + i * x->repeat;
		char label[STR_NUMBER_LEN];
		size_t len;

		snprintf(label, sizeof(label), "|%" PRIu64, t->labels[i * x->merge]);
		len = strlen(label);
		/* where not every cell has room for its label, there is a blank between two */
		if (at < l->at + (i && len > x->repeat) || at + len > end + 1)
			continue;
		l->gap = at - l->at;
		line__put(l, label);
	}
	line__end(l);
}

/** put_bar_axis - 0 below the start of the bars, and the longest one's number where it ends. */
static void put_bar_axis(const struct drawn_column *x, struct line *l)
{
	const size_t first = l->at + l->gap + 1, end = first + x->width - EDGES;
	char most[STR_NUMBER_LEN];

	if (!x->max)
		return;
	str_format_count(most, sizeof(most), x->max);
	line__put(l, " 0");
	if (l->at + 1 + strlen(most) <= end) {
		l->gap = end - strlen(most) - l->at;
		line__put(l, most);
	}
	line__end(l);
}

void drawn_column__put_axis(const struct drawn_column *x, struct line *l)
{
	const double column_ns = x->repeat ? (double)x->table->step_ns * x->merge / x->repeat : 0;
	const size_t first = l->at + l->gap + 1, end = first + x->width - EDGES;
	double tick;

	if (!x->merge) {
		put_bar_axis(x, l);
		return;
	}
	if (x->table->nr_labels)
		put_labels(x, l);
	if (!x->table->step_ns)
		return;
	tick = tick_ns(column_ns);
	for (uint64_t i = 0;; i++) {
		const double t = (double)i * tick;
		const size_t at = first + (size_t)(t / column_ns + 0.5);
		char label[STR_NUMBER_LEN + 1] = "|";

		/* steps of a recording may be any */
		if (t >= 0x1p64)
			break;
		str_format_ns(label + 1, sizeof(label) - 1, t);
		if (!t)
			snprintf(label, sizeof(label), "|0");
		if (at + utf8_width(label) > end || at < l->at)
			break;
		l->gap = at - l->at;
		line__put(l, label);
	}
	line__end(l);
}

/** put_item - "GLYPH LOW-HIGH" of a level, on the next line where this one is full. */
static void put_item(const struct drawn_column *x, struct line *l, size_t level, size_t indent)
{
	const uint64_t low = x->low[level - 1];
	const uint64_t high = level < x->nr_levels ? x->low[level] - 1 : x->max;
	char number[2 * STR_NUMBER_LEN], *end;

	str_format_count(number, STR_NUMBER_LEN, low);
	if (high > low) {
		end = number + strlen(number);
		*end++ = '-';
		str_format_count(end, STR_NUMBER_LEN, high);
	}
	if (l->at + l->gap + 2 + strlen(number) > l->limit) {
		line__end(l);
		l->gap = indent;
	}
	put_char(l, ' ', l->gap);
	l->gap = 1;
	put_shade(x, l, level, 1);
	line__put(l, number);
	l->gap = 2;
}

void drawn_column__put_legend(const struct drawn_column *x, struct line *l, size_t indent)
{
	char text[STR_NUMBER_LEN + 32];

	if (!x->max || !x->merge)
		return;
	if (x->table->step_ns)
		snprintf(text, sizeof(text),
			 "count per cell (%s):", str_ns(x->table->step_ns * x->merge).text);
	else if (x->merge > 1)
		snprintf(text, sizeof(text), "count per cell (%zu columns):", x->merge);
	else
		snprintf(text, sizeof(text), "count:");
	l->gap = indent;
	line__put(l, text);
	l->gap = 2;
	for (size_t level = 1; level <= x->nr_levels; level++)
		/* few counts need few levels */
		if (level == x->nr_levels || x->low[level] != x->low[level - 1])
			put_item(x, l, level, indent);
	if (l->at + l->gap + strlen("(log scale)") > l->limit) {
		line__end(l);
		l->gap = indent;
	}
	line__put(l, "(log scale)");
	line__end(l);
}
