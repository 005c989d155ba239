// SPDX-License-Identifier: GPL-2.0-only
/*
 * cell_text.c - the cells of cell_text.h.
 */
#include "format/cell_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/str.h"
#include "util/utf8.h"

/** struct number - the absolute value of a cell: @real as it is, @whole rounded */
struct number {
	double real;
	uint64_t whole;
	bool integer;
};

typedef void format_fn(char *buf, size_t len, const struct number *n);

static void format_plain(char *buf, size_t len, const struct number *n)
{
	if (n->integer)
		str_format_u64(buf, len, n->whole);
	else
		snprintf(buf, len, "%.6f", n->real);
}

static void format_count(char *buf, size_t len, const struct number *n)
{
	str_format_count(buf, len, n->whole);
}

static void format_ns(char *buf, size_t len, const struct number *n)
{
	str_format_ns(buf, len, n->whole);
}

static void format_bytes(char *buf, size_t len, const struct number *n)
{
	str_format_bytes(buf, len, n->whole);
}

static void format_percent(char *buf, size_t len, const struct number *n)
{
	snprintf(buf, len, "%.1f%%", n->real);
}

static void format_rate(char *buf, size_t len, const struct number *n)
{
	if (n->integer || n->real >= 99.95)
		str_format_count(buf, len, n->whole);
	else
		snprintf(buf, len, "%.1f", n->real);
}

/** struct unit - how numbers of a unit print, and their columns in a stream */
struct unit {
	format_fn *format;
	size_t stream_width;
};

static const struct unit units[] = {
	[UNIT_NONE] = { format_plain, 7 },	/* pid_max is 4194304 */
	[UNIT_COUNT] = { format_count, 9 },	/* 1,234,567 */
	[UNIT_NS] = { format_ns, 6 },		/* 99.9ms */
	[UNIT_BYTES] = { format_bytes, 7 },	/* 99.9KiB */
	[UNIT_PERCENT] = { format_percent, 6 }, /* 100.0% */
	[UNIT_PER_SECOND] = { format_rate, 9 }, /* 1,234,567 */
};

/* Stream columns of types without a unit. */
static const size_t type_widths[] = {
	[CELL_F64] = 13,		  /* 123456.000000 */
	[CELL_STR] = 6,	 [CELL_HEX] = 12, /* a user address with four levels of page tables */
	[CELL_BOOL] = 3, [CELL_SERIES] = 0,
};

static void number_words(struct cell_words *w, const struct column *c, const struct number *n,
			 bool negative)
{
	w->room[0] = '-';
	units[c->unit].format(w->room + negative, sizeof(w->room) - 1, n);
	w->text = w->room;
}

static void real_words(struct cell_words *w, const struct column *c, double v)
{
	struct number n = { .real = fabs(v) };

	w->text = w->room;
	if (!isfinite(v)) {
		w->text = "-";
	} else if (n.real >= 0x1p63) {
		/* Out of what %.6f fits, and of uint64_t. */
		snprintf(w->room, sizeof(w->room), "%.3g", v);
	} else {
		n.whole = (uint64_t)(n.real + 0.5);
		number_words(w, c, &n, v < 0);
	}
}

static void integer_words(struct cell_words *w, const struct column *c, uint64_t whole,
			  bool negative)
{
	const struct number n = { .real = (double)whole, .whole = whole, .integer = true };

	number_words(w, c, &n, negative);
}

static void hex_words(struct cell_words *w, uint64_t v)
{
	char digits[STR_DIGITS];
	const char *first = str_digits(digits, v, 16);
	const size_t len = (size_t)(digits + sizeof(digits) - first);

	memcpy(w->room, first, len);
	w->room[len] = '\0';
	w->text = w->room;
}

/** string_words - nearly all strings print as they are. */
static void string_words(struct cell_words *w, const char *s, bool utf8)
{
	if (utf8_is_plain(s)) {
		w->text = s;
		return;
	}
	w->owned = utf8_printable(s, utf8);
	w->text = w->owned;
}

int cell_words__make(struct cell_words *w, const struct column *c, const struct cell *cell,
		     bool utf8)
{
	w->owned = NULL;
	w->text = "";
	if (!cell->known) {
		w->text = c->blank ? "" : "-";
		return 0;
	}
	switch (c->type) {
	case CELL_U64:
		integer_words(w, c, cell->u64, false);
		break;
	case CELL_I64:
		integer_words(w, c, cell->i64 < 0 ? -(uint64_t)cell->i64 : (uint64_t)cell->i64,
			      cell->i64 < 0);
		break;
	case CELL_F64:
		real_words(w, c, cell->f64);
		break;
	case CELL_STR:
		string_words(w, cell->str, utf8);
		break;
	case CELL_HEX:
		hex_words(w, cell->u64);
		break;
	case CELL_BOOL:
		w->text = cell->b ? "yes" : "no";
		break;
	case CELL_TABLE:
	case CELL_SERIES:
		break;
	}
	return w->text ? 0 : -ENOMEM;
}

char *cell_text(const struct column *c, const struct cell *cell, bool utf8)
{
	struct cell_words w;

	if (cell_words__make(&w, c, cell, utf8))
		return NULL;
	return w.owned ? w.owned : strdup(w.text);
}

bool cell_is_empty(const struct column *c, const struct cell *cell)
{
	if (!cell->known)
		return true;
	switch (c->type) {
	case CELL_U64:
	case CELL_HEX:
		return cell->u64 == 0;
	case CELL_I64:
		return cell->i64 == 0;
	case CELL_F64:
		return cell->f64 == 0;
	case CELL_STR:
		return !*cell->str;
	case CELL_BOOL:
		return !cell->b;
	case CELL_TABLE:
		return cell->table->nr_rows == 0;
	case CELL_SERIES:
		return cell->series->nr == 0;
	}
	return true;
}

size_t column_stream_width(const struct column *c)
{
	if (c->width)
		return c->width;
	if (c->type == CELL_U64 || c->type == CELL_I64 || (c->type == CELL_F64 && c->unit))
		return units[c->unit].stream_width;
	return type_widths[c->type];
}
