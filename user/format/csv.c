// SPDX-License-Identifier: GPL-2.0-only
/*
 * csv.c - rows as comma-separated values (RFC 4180, lines end in CRLF).
 *
 * CSV holds one table, so of a document it is the first list that text shows, too; without one,
 * the first table. A list nested in it is joined to it: each of its rows follows the columns of
 * the row that holds it, whose headings get the holding table's key in front ("processes.pid").
 * So do the fields of a nested object ("flushes.remote"). Nothing is scaled, unknown is an empty
 * field, a series has blanks between its counts. Other nested tables are left out.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format/formats.h"
#include "format/put.h"
#include "util/utf8.h"

/** struct chain - a table and, by @next, the table nested in it: what a CSV line runs through */
struct chain {
	const struct table_def *def;
	size_t nested; /* column of the next table; SIZE_MAX: none */
	struct chain *next;
};

#define MAX_DEPTH 8

/** is_perms - "---p": vmascope's own, and no formula whatever its first character. */
static bool is_perms(const char *s)
{
	return strlen(s) == 4 && strspn(s, "rwxps-") == 4;
}

/** is_formula - a spreadsheet would calculate it: a name is somebody else's word. */
static bool is_formula(const char *s)
{
	return *s && strchr("=+-@", *s) && strcmp(s, "-") != 0 && !is_perms(s);
}

/* Control characters are escaped as text has them; a formula becomes text by an apostrophe. */
static void print_string(struct text *f, const char *s)
{
	char *clean = utf8_clean(s), *printable = clean ? utf8_printable(clean, true) : NULL;
	const bool formula = is_formula(s);

	free(clean);
	clean = printable;
	if (!clean) {
		f->failed = true;
		return;
	}
	if (!formula && !clean[strcspn(clean, ",\"\r\n")]) {
		text__puts(f, clean);
	} else {
		text__putc(f, '"');
		if (formula)
			text__putc(f, '\'');
		for (const char *p = clean; *p; p++) {
			if (*p == '"')
				text__putc(f, '"');
			text__putc(f, *p);
		}
		text__putc(f, '"');
	}
	free(clean);
}

static void print_cell(struct text *f, const struct column *c, const struct cell *cell)
{
	if (!cell->known)
		return;
	switch (c->type) {
	case CELL_U64:
		text__u64(f, cell->u64);
		break;
	case CELL_I64:
		text__i64(f, cell->i64);
		break;
	case CELL_F64:
		text__printf(f, "%.15g", cell->f64);
		break;
	case CELL_HEX:
		text__puts(f, "0x");
		text__hex(f, cell->u64);
		break;
	case CELL_BOOL:
		text__puts(f, cell->b ? "true" : "false");
		break;
	case CELL_STR:
		print_string(f, cell->str);
		break;
	case CELL_SERIES:
		for (size_t i = 0; i < cell->series->nr; i++) {
			if (i)
				text__putc(f, ' ');
			text__u64(f, cell->series->counts[i]);
		}
		break;
	case CELL_TABLE:
		break;
	}
}

static bool has_field(const struct column *c)
{
	return (c->type != CELL_TABLE || c->object) && !c->text_only;
}

static void put_comma(struct text *f, bool *comma)
{
	if (*comma)
		text__putc(f, ',');
	*comma = true;
}

/* Prints the fields of one row of @def; @cells NULL: they are all empty. */
static void print_fields(struct text *f, const struct table_def *def, const struct cell *cells,
			 bool *comma)
{
	for (size_t i = 0; i < def->nr_columns; i++) {
		const struct column *c = &def->columns[i];
		const struct table *inner;

		if (!has_field(c))
			continue;
		if (c->type == CELL_TABLE) {
			inner = cells && cells[i].known ? cells[i].table : NULL;
			print_fields(f, c->object, inner && inner->nr_rows ? inner->cells : NULL,
				     comma);
			continue;
		}
		put_comma(f, comma);
		if (cells)
			print_cell(f, c, &cells[i]);
	}
}

/** struct prefix - what stands before a heading: the keys of the tables around it */
struct prefix {
	const struct prefix *outer;
	const char *key;
};

static void print_prefix(struct text *f, const struct prefix *p)
{
	if (!p)
		return;
	print_prefix(f, p->outer);
	if (!p->key)
		return;
	text__puts(f, p->key);
	text__putc(f, '.');
}

static void print_heads(struct text *f, const struct table_def *def, const struct prefix *p,
			bool *comma)
{
	for (size_t i = 0; i < def->nr_columns; i++) {
		const struct column *c = &def->columns[i];
		const struct prefix inner = { .outer = p, .key = c->key };

		if (!has_field(c))
			continue;
		if (c->type == CELL_TABLE) {
			print_heads(f, c->object, &inner, comma);
			continue;
		}
		put_comma(f, comma);
		print_prefix(f, p);
		text__puts(f, c->key);
	}
}

static void print_heading(struct text *f, const struct chain *link)
{
	bool comma = false;

	for (; link; link = link->next) {
		const struct prefix holder = { .key = link->next ? link->def->key : NULL };

		print_heads(f, link->def, &holder, &comma);
	}
	text__puts(f, "\r\n");
}

static bool is_list(const struct table *t)
{
	return t->def->shape == TABLE_LIST && !t->def->json_only && !t->def->text_only;
}

/* The first list nested in @t; its column goes to @column. */
static const struct table *find_nested(const struct table *t, size_t *column)
{
	size_t columns = t->def->nr_columns;

	for (size_t i = 0; i < t->nr_rows * columns; i++) {
		if (t->def->columns[i % columns].type != CELL_TABLE || !t->cells[i].known)
			continue;
		if (is_list(t->cells[i].table)) {
			*column = i % columns;
			return t->cells[i].table;
		}
	}
	return NULL;
}

/* Fills @links with the tables from @t inwards. */
static void follow(struct chain *links, const struct table *t)
{
	for (size_t depth = 0; t; depth++) {
		links[depth] = (struct chain){ .def = t->def, .nested = SIZE_MAX };
		if (depth)
			links[depth - 1].next = &links[depth];
		t = depth + 1 < MAX_DEPTH ? find_nested(t, &links[depth].nested) : NULL;
	}
}

/** struct path - the rows that hold the one being printed, innermost first */
struct path {
	const struct path *holder;
	const struct table_def *def;
	const struct cell *cells;
};

static void print_path(struct text *f, const struct path *p, bool *comma)
{
	if (p->holder)
		print_path(f, p->holder, comma);
	print_fields(f, p->def, p->cells, comma);
}

static void print_line(struct text *f, const struct chain *link, const struct path *p)
{
	bool comma = false;

	print_path(f, p, &comma);
	while ((link = link->next))
		print_fields(f, link->def, NULL, &comma);
	text__puts(f, "\r\n");
}

static void print_rows(struct text *f, const struct chain *link, const struct table *t,
		       const struct path *holder)
{
	for (size_t row = 0; row < t->nr_rows; row++) {
		const struct cell *cells = &t->cells[row * t->def->nr_columns];
		const struct path p = { .holder = holder, .def = t->def, .cells = cells };
		const struct cell *inner = link->next ? &cells[link->nested] : NULL;

		if (inner && inner->known && inner->table->nr_rows)
			print_rows(f, link->next, inner->table, &p);
		else
			print_line(f, link, &p);
	}
}

static const struct table *choose(const struct document *d)
{
	for (size_t i = 0; i < d->nr_tables; i++) {
		if (is_list(d->tables[i]))
			return d->tables[i];
	}
	return d->nr_tables ? d->tables[0] : NULL;
}

int csv_document(const struct document *d, const struct out_options *o)
{
	const struct table *t = choose(d);
	struct chain links[MAX_DEPTH];
	struct text s = {};
	int err;

	if (!t)
		return 0;
	follow(links, t);
	print_heading(&s, links);
	print_rows(&s, links, t, NULL);
	err = put_out(o->file, &s, true);
	text__free(&s);
	return err;
}

int csv_row(const struct table *t, const struct out_options *o, bool first)
{
	struct chain link = { .def = t->def, .nested = SIZE_MAX };
	struct path p = { .def = t->def };
	struct text s = {};
	int err;

	if (!t->nr_rows)
		return -EINVAL;
	if (first)
		print_heading(&s, &link);
	p.cells = &t->cells[(t->nr_rows - 1) * t->def->nr_columns];
	print_line(&s, &link, &p);
	err = put_out(o->file, &s, false);
	text__free(&s);
	return err;
}
