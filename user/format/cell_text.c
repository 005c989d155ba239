// SPDX-License-Identifier: GPL-2.0-only
/*
 * cell_text.c - the cells of cell_text.h.
 */
#include "format/cell_text.h"

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

/* Stream columns of the types for which the unit does not tell. */
static const size_t type_widths[] = {
	[CELL_F64] = 13,		  /* 123456.000000 */
	[CELL_STR] = 6,	 [CELL_HEX] = 12, /* a user address with four levels of page tables */
	[CELL_BOOL] = 3, [CELL_SERIES] = 0,
};

static char *number_text(const struct column *c, const struct number *n, bool negative)
{
	char text[STR_NUMBER_LEN + 1] = "-";

	units[c->unit].format(text + negative, sizeof(text) - 1, n);
	return strdup(text);
}

static char *real_text(const struct column *c, double v)
{
	struct number n = { .real = fabs(v) };

	if (!isfinite(v))
		return strdup("-");
	/* Out of what %.6f fits, and of uint64_t. */
	if (n.real >= 0x1p63) {
		char *text;

		return asprintf(&text, "%.3g", v) < 0 ? NULL : text;
	}
	n.whole = (uint64_t)(n.real + 0.5);
	return number_text(c, &n, v < 0);
}

static char *integer_text(const struct column *c, uint64_t whole, bool negative)
{
	const struct number n = { .real = (double)whole, .whole = whole, .integer = true };

	return number_text(c, &n, negative);
}

static char *hex_text(uint64_t v)
{
	char digits[STR_DIGITS];
	const char *first = str_digits(digits, v, 16);

	return strndup(first, (size_t)(digits + sizeof(digits) - first));
}

char *cell_text(const struct column *c, const struct cell *cell, bool utf8)
{
	if (!cell->known)
		return strdup(c->blank ? "" : "-");
	switch (c->type) {
	case CELL_U64:
		return integer_text(c, cell->u64, false);
	case CELL_I64:
		return integer_text(c, cell->i64 < 0 ? -(uint64_t)cell->i64 : (uint64_t)cell->i64,
				    cell->i64 < 0);
	case CELL_F64:
		return real_text(c, cell->f64);
	case CELL_STR:
		return utf8_printable(cell->str, utf8);
	case CELL_HEX:
		return hex_text(cell->u64);
	case CELL_BOOL:
		return strdup(cell->b ? "yes" : "no");
	case CELL_TABLE:
	case CELL_SERIES:
		break;
	}
	return strdup("");
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
