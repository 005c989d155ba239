// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - rows as JSON: a document is one object, a stream one object a line.
 *
 * Numbers are never scaled. Unknown is null. A TABLE_OBJECT without a key adds its members to the
 * object that holds it. Bytes that are not UTF-8 become U+FFFD.
 *
 * It is written as the rows are walked, without a tree: that of a library took three times as long
 * for a stream as all that is done besides, and ten times the memory of the rows for a document.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/formats.h"
#include "format/put.h"
#include "util/utf8.h"

/** Spaces of a level. */
#define INDENT 2
/** Bytes of a document that are held back at most, but for one row. */
#define HELD_BYTES (64u << 10)
/** Bytes that any double takes. */
#define REAL_LEN 32

/**
 * struct json_writer - a JSON text being written to @out
 * @pretty: write each member on its own line, indented by @level
 * @any: the open object or array has a member or element
 */
struct json_writer {
	struct text out;
	bool pretty;
	unsigned int level;
	bool any;
};

static void write_table(struct json_writer *w, const struct table *t);

/* --- structure -------------------------------------------------------------------------------- */

static void new_line(struct json_writer *w)
{
	if (!w->pretty)
		return;
	text__putc(&w->out, '\n');
	text__fill(&w->out, ' ', (size_t)w->level * INDENT);
}

static void open_value(struct json_writer *w, char bracket)
{
	text__putc(&w->out, bracket);
	w->level++;
	w->any = false;
}

static void close_value(struct json_writer *w, char bracket)
{
	w->level--;
	new_line(w);
	text__putc(&w->out, bracket);
	w->any = true;
}

/** next - begin another member or element of the open object or array */
static void next(struct json_writer *w)
{
	if (w->any)
		text__putc(&w->out, ',');
	w->any = true;
	new_line(w);
}

/* --- values ----------------------------------------------------------------------------------- */

static void write_escape(struct text *out, char c)
{
	static const char named[] = "\bb\ff\nn\rr\tt\"\"\\\\", digits[] = "0123456789abcdef";

	text__putc(out, '\\');
	for (const char *n = named; *n; n += 2) {
		if (*n == c) {
			text__putc(out, n[1]);
			return;
		}
	}
	text__puts(out, "u00");
	text__putc(out, digits[c >> 4]);
	text__putc(out, digits[c & 0xf]);
}

/** is_bare - stands for itself in a string */
static bool is_bare(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static void write_string(struct text *out, const char *s)
{
	char *clean = NULL;
	size_t bare = 0;

	text__putc(out, '"');
	while (is_bare(s[bare]))
		bare++;
	text__put(out, s, bare);
	s += bare;
	if (*s) {
		s = clean = utf8_clean(s);
		out->failed |= !clean;
	}
	for (; s && *s; s++) {
		if (is_bare(*s) || (unsigned char)*s > '~')
			text__putc(out, *s);
		else
			write_escape(out, *s);
	}
	free(clean);
	text__putc(out, '"');
}

/* With as many digits as it takes to read the same number back: 0.1, not 0.10000000000000001. */
static void write_real(struct text *out, double v)
{
	char digits[REAL_LEN];

	for (int precision = 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, v);
		if (strtod(digits, NULL) == v)
			break;
	}
	text__puts(out, digits);
}

static void write_series(struct json_writer *w, const struct series *s)
{
	open_value(w, '[');
	for (size_t i = 0; i < s->nr; i++) {
		next(w);
		text__u64(&w->out, s->counts[i]);
	}
	close_value(w, ']');
}

static bool is_null(const struct column *c, const struct cell *cell)
{
	/* JSON has no infinity and no NaN. */
	return !cell->known || (c->type == CELL_F64 && !isfinite(cell->f64));
}

static void write_value(struct json_writer *w, const struct column *c, const struct cell *cell)
{
	if (is_null(c, cell)) {
		text__puts(&w->out, "null");
		return;
	}
	switch (c->type) {
	case CELL_U64:
		text__u64(&w->out, cell->u64);
		break;
	case CELL_I64:
		text__i64(&w->out, cell->i64);
		break;
	case CELL_F64:
		write_real(&w->out, cell->f64);
		break;
	case CELL_STR:
		write_string(&w->out, cell->str);
		break;
	case CELL_HEX:
		text__puts(&w->out, "\"0x");
		text__hex(&w->out, cell->u64);
		text__putc(&w->out, '"');
		break;
	case CELL_BOOL:
		text__puts(&w->out, cell->b ? "true" : "false");
		break;
	case CELL_SERIES:
		write_series(w, cell->series);
		break;
	case CELL_TABLE:
		write_table(w, cell->table);
		break;
	}
}

/* --- tables ----------------------------------------------------------------------------------- */

static void write_key(struct json_writer *w, const char *key)
{
	next(w);
	write_string(&w->out, key);
	text__puts(&w->out, w->pretty ? ": " : ":");
}

/** is_absent - nothing of the cell is written, not even its key */
static bool is_absent(const struct column *c, const struct cell *cell)
{
	return c->text_only ||
	       (c->type == CELL_TABLE && cell->known && cell->table->def->text_only);
}

static void write_members(struct json_writer *w, const struct table *t, size_t row)
{
	const struct table_def *def = t->def;

	for (size_t i = 0; i < def->nr_columns; i++) {
		const struct column *c = &def->columns[i];
		const struct cell *cell = &t->cells[row * def->nr_columns + i];

		if (is_absent(c, cell))
			continue;
		write_key(w, c->key);
		write_value(w, c, cell);
	}
}

static void write_row(struct json_writer *w, const struct table *t, size_t row)
{
	open_value(w, '{');
	write_members(w, t, row);
	close_value(w, '}');
}

static void write_map(struct json_writer *w, const struct table *t)
{
	for (size_t row = 0; row < t->nr_rows; row++) {
		const struct cell *cells = &t->cells[row * t->def->nr_columns];

		write_key(w, cells[0].known ? cells[0].str : "");
		write_value(w, &t->def->columns[1], &cells[1]);
	}
}

/** write_contents - the members of an object, that is no list */
static void write_contents(struct json_writer *w, const struct table *t)
{
	if (t->def->shape == TABLE_MAP)
		write_map(w, t);
	else if (t->nr_rows)
		write_members(w, t, 0);
}

static void write_table(struct json_writer *w, const struct table *t)
{
	const bool list = t->def->shape == TABLE_LIST;

	open_value(w, list ? '[' : '{');
	for (size_t row = 0; list && row < t->nr_rows; row++) {
		next(w);
		write_row(w, t, row);
	}
	if (!list)
		write_contents(w, t);
	close_value(w, list ? ']' : '}');
}

/* --- outputs ---------------------------------------------------------------------------------- */

/** write_list - of the document: row by row, for there may be very many. */
static int write_list(struct json_writer *w, const struct table *t, FILE *file)
{
	int err = 0;

	open_value(w, '[');
	for (size_t row = 0; row < t->nr_rows && !err; row++) {
		next(w);
		write_row(w, t, row);
		if (w->out.len > HELD_BYTES)
			err = put_out(file, &w->out, false);
	}
	close_value(w, ']');
	return err;
}

static int write_part(struct json_writer *w, const struct table *t, FILE *file)
{
	if (t->def->text_only)
		return 0;
	if (t->def->key)
		write_key(w, t->def->key);
	if (t->def->shape == TABLE_LIST)
		return write_list(w, t, file);
	if (t->def->key)
		write_table(w, t);
	else
		write_contents(w, t);
	return 0;
}

int json_document(const struct document *d, const struct out_options *o)
{
	struct json_writer w = { .pretty = true };
	int err = 0;

	open_value(&w, '{');
	for (size_t i = 0; i < d->nr_tables && !err; i++)
		err = write_part(&w, d->tables[i], o->file);
	close_value(&w, '}');
	text__putc(&w.out, '\n');
	if (!err)
		err = put_out(o->file, &w.out, true);
	text__free(&w.out);
	return err;
}

int json_row(const struct table *t, const struct out_options *o, bool first)
{
	struct json_writer w = {};
	int err;

	(void)first;
	if (!t->nr_rows)
		return -EINVAL;
	write_row(&w, t, t->nr_rows - 1);
	text__putc(&w.out, '\n');
	err = put_out(o->file, &w.out, false);
	text__free(&w.out);
	return err;
}
