// SPDX-License-Identifier: GPL-2.0-only
/*
 * rows.c - implementation of the tables and documents of rows.h.
 */
#include "table/rows.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

#define FIRST_ROWS 2

static const struct table_def no_def = { .key = "none" };

/** no_table - stands for a table that could not be allocated */
static struct table no_table = { .def = &no_def, .err = -ENOMEM };

struct table *table__new(const struct table_def *def)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return &no_table;
	t->def = def;
	return t;
}

void table__fail(struct table *t, int err)
{
	for (; err && t && !t->err; t = t->parent)
		t->err = err;
}

/* Free what a cell of column @c owns, and make it unknown. */
static void clear_cell(const struct column *c, struct cell *cell)
{
	if (cell->known && c->type == CELL_STR && !cell->borrowed)
		free(cell->str);
	if (cell->known && c->type == CELL_TABLE)
		table__free(cell->table);
	if (cell->known && c->type == CELL_SERIES)
		free(cell->series);
	*cell = (struct cell){ .known = false };
}

void table__truncate(struct table *t, size_t nr_rows)
{
	size_t columns = t->def->nr_columns;

	for (size_t i = nr_rows * columns; i < t->nr_rows * columns; i++)
		clear_cell(&t->def->columns[i % columns], &t->cells[i]);
	if (nr_rows < t->nr_rows)
		t->nr_rows = nr_rows;
}

void table__free(struct table *t)
{
	if (!t || t == &no_table)
		return;
	table__truncate(t, 0);
	free(t->cells);
	free(t->title);
	free(t->footer);
	free(t->labels);
	free(t);
}

void table__add_row(struct table *t)
{
	size_t columns = t->def->nr_columns;

	if (t->err)
		return;
	if (t->nr_rows == t->cap_rows) {
		const size_t first = t->def->shape == TABLE_OBJECT ? 1 : FIRST_ROWS;
		const size_t cap = t->cap_rows ? t->cap_rows * 2 : first;

		if (array__resize(&t->cells, cap, columns * sizeof(*t->cells))) {
			table__fail(t, -ENOMEM);
			return;
		}
		t->cap_rows = cap;
	}
	memset(t->cells + t->nr_rows++ * columns, 0, columns * sizeof(*t->cells));
}

static void __attribute__((noreturn))
misuse(const struct table *t, const char *key, const char *why)
{
	fprintf(stderr, "vmascope: bug: table %s, column %s: %s\n", t->def->key ? t->def->key : "-",
		key, why);
	abort();
}

/**
 * find_column - find the column with @key; @guess is tried first
 *
 * Equal literals are usually merged in the program, so comparing pointers is nearly always enough.
 */
static size_t find_column(const struct table *t, const char *key, size_t guess)
{
	const size_t nr = t->def->nr_columns;

	for (size_t i = guess; i < nr; i++) {
		if (t->def->columns[i].key == key)
			return i;
	}
	for (size_t i = 0; i < guess && i < nr; i++) {
		if (t->def->columns[i].key == key)
			return i;
	}
	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(t->def->columns[i].key, key))
			return i;
	}
	misuse(t, key, "no such column");
}

static struct cell *cell_at(const struct table *t, size_t row, size_t column, const char *key)
{
	if (row >= t->nr_rows)
		misuse(t, key, "no such row");
	return &t->cells[row * t->def->nr_columns + column];
}

struct cell *table__cell(const struct table *t, size_t row, const char *key)
{
	if (t->err)
		return (struct cell *)&t->nowhere;
	return cell_at(t, row, find_column(t, key, 0), key);
}

/*
 * The cell under @key in the last row, cleared and marked known; its type is one of the two given.
 */
static struct cell *new_value(struct table *t, const char *key, enum cell_type type,
			      enum cell_type or_type)
{
	const struct column *c;
	struct cell *cell;
	size_t column;

	if (t->err)
		return &t->nowhere;
	column = find_column(t, key, t->next_column);
	c = &t->def->columns[column];
	cell = cell_at(t, t->nr_rows - 1, column, key);
	if (c->type != type && c->type != or_type)
		misuse(t, key, "holds another type");
	t->next_column = column + 1;
	clear_cell(c, cell);
	cell->known = true;
	return cell;
}

void table__set_u64(struct table *t, const char *key, uint64_t v)
{
	new_value(t, key, CELL_U64, CELL_HEX)->u64 = v;
}

void table__set_i64(struct table *t, const char *key, int64_t v)
{
	new_value(t, key, CELL_I64, CELL_I64)->i64 = v;
}

void table__set_f64(struct table *t, const char *key, double v)
{
	new_value(t, key, CELL_F64, CELL_F64)->f64 = v;
}

void table__set_bool(struct table *t, const char *key, bool v)
{
	new_value(t, key, CELL_BOOL, CELL_BOOL)->b = v;
}

void table__unset(struct table *t, const char *key)
{
	table__cell(t, t->nr_rows - 1, key)->known = false;
}

/** rest_within - what follows "@parent." in @key; @key itself if it does not begin with that */
static const char *rest_within(const char *key, const char *parent)
{
	const size_t len = strlen(parent);

	return !strncmp(key, parent, len) && key[len] == '.' ? key + len + 1 : key;
}

void table__forget(struct table *t, const char *key)
{
	const size_t columns = t->def->nr_columns;

	for (size_t i = 0; i < t->nr_rows * columns; i++) {
		const struct column *c = &t->def->columns[i % columns];

		if (!strcmp(c->key, key))
			clear_cell(c, &t->cells[i]);
		else if (t->cells[i].known && c->type == CELL_TABLE)
			table__forget(t->cells[i].table, rest_within(key, c->key));
	}
}

/** set_copy - let the cell own @copy; NULL: out of memory. */
static void set_copy(struct table *t, const char *key, char *copy)
{
	if (!copy)
		table__fail(t, -ENOMEM);
	if (t->err)
		free(copy);
	else
		new_value(t, key, CELL_STR, CELL_STR)->str = copy;
}

void table__set_str(struct table *t, const char *key, const char *v)
{
	if (v)
		set_copy(t, key, strdup(v));
	else
		new_value(t, key, CELL_STR, CELL_STR)->known = false;
}

void table__set_text(struct table *t, const char *key, const struct text *v)
{
	set_copy(t, key, v->failed ? NULL : strndup(v->len ? v->at : "", v->len));
}

void table__set_word(struct table *t, const char *key, const char *v)
{
	struct cell *cell = new_value(t, key, CELL_STR, CELL_STR);

	cell->known = v != NULL;
	cell->borrowed = true;
	/* the cell neither changes nor frees it */
	cell->str = (char *)v;
}

void table__set_table(struct table *t, const char *key, struct table *v)
{
	struct cell *cell;

	table__fail(t, v ? v->err : 0);
	if (t->err) {
		table__free(v);
		return;
	}
	cell = new_value(t, key, CELL_TABLE, CELL_TABLE);
	cell->known = v != NULL;
	cell->table = v;
	if (v)
		v->parent = t;
}

struct table *table__sub(struct table *t, const struct table_def *def)
{
	struct table *sub = table__new(def);

	if (def->shape == TABLE_OBJECT)
		table__add_row(sub);
	table__set_table(t, def->key, sub);
	return t->err ? &no_table : sub;
}

void table__set_series(struct table *t, const char *key, const uint64_t *counts, size_t nr)
{
	struct series *copy = malloc(sizeof(*copy) + nr * sizeof(*counts));

	table__fail(t, copy ? 0 : -ENOMEM);
	if (!copy || t->err) {
		free(copy);
		return;
	}
	copy->nr = nr;
	memcpy(copy->counts, counts, nr * sizeof(*counts));
	new_value(t, key, CELL_SERIES, CELL_SERIES)->series = copy;
}

void table__set_labels(struct table *t, const uint64_t *labels, size_t nr)
{
	uint64_t *copy = malloc(nr * sizeof(*labels) + 1);

	table__fail(t, copy ? 0 : -ENOMEM);
	if (!copy || t->err) {
		free(copy);
		return;
	}
	if (nr)
		memcpy(copy, labels, nr * sizeof(*labels));
	free(t->labels);
	t->labels = copy;
	t->nr_labels = nr;
}

static void set_line(struct table *t, char **line, const char *fmt, va_list args)
{
	char *fresh;

	if (t->err)
		return;
	if (vasprintf(&fresh, fmt, args) < 0) {
		table__fail(t, -ENOMEM);
		return;
	}
	free(*line);
	*line = fresh;
}

void table__set_title(struct table *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_line(t, &t->title, fmt, args);
	va_end(args);
}

void table__set_footer(struct table *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_line(t, &t->footer, fmt, args);
	va_end(args);
}

/** struct row_sorting - context of compare_rows(): the @column of @t to sort by */
struct row_sorting {
	const struct table *t;
	size_t column;
};

#define DESCENDING(a, b) (((a) < (b)) - ((a) > (b)))

/* Unknown cells come last; a table is compared by its number of rows. */
static int compare_cells(enum cell_type type, const struct cell *a, const struct cell *b)
{
	if (!a->known || !b->known)
		return b->known - a->known;
	switch (type) {
	case CELL_U64:
	case CELL_HEX:
		return DESCENDING(a->u64, b->u64);
	case CELL_I64:
		return DESCENDING(a->i64, b->i64);
	case CELL_F64:
		return DESCENDING(a->f64, b->f64);
	case CELL_STR:
		return strcmp(a->str, b->str);
	case CELL_BOOL:
		return DESCENDING(a->b, b->b);
	case CELL_TABLE:
		return DESCENDING(a->table->nr_rows, b->table->nr_rows);
	case CELL_SERIES:
		return DESCENDING(a->series->nr, b->series->nr);
	}
	return 0;
}

static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct row_sorting *s = arg;
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	size_t columns = s->t->def->nr_columns;
	int order = compare_cells(s->t->def->columns[s->column].type,
				  &s->t->cells[left * columns + s->column],
				  &s->t->cells[right * columns + s->column]);

	return order ? order : DESCENDING(right, left); /* keep the original order: stable */
}

void table__sort(struct table *t, const char *key)
{
	size_t columns = t->def->nr_columns, row_size = columns * sizeof(*t->cells);
	struct row_sorting s = { .t = t };
	struct cell *cells;
	size_t *order;

	if (t->err)
		return;
	s.column = find_column(t, key, 0);
	if (!t->nr_rows)
		return;
	order = calloc(t->nr_rows, sizeof(*order));
	cells = calloc(t->nr_rows, row_size);
	if (order && cells) {
		for (size_t i = 0; i < t->nr_rows; i++)
			order[i] = i;
		qsort_r(order, t->nr_rows, sizeof(*order), compare_rows, &s);
		for (size_t i = 0; i < t->nr_rows; i++)
			memcpy(cells + i * columns, t->cells + order[i] * columns, row_size);
		memcpy(t->cells, cells, t->nr_rows * row_size);
	} else {
		table__fail(t, -ENOMEM);
	}
	free(order);
	free(cells);
}

void document__fail(struct document *d, int err)
{
	if (!d->err)
		d->err = err;
}

struct table *document__add(struct document *d, struct table *t)
{
	document__fail(d, t->err);
	document__fail(d, array__more(&d->tables, d->nr_tables, sizeof(t)));
	if (d->err) {
		table__free(t);
		return &no_table;
	}
	d->tables[d->nr_tables++] = t;
	return t;
}

struct table *document__table(struct document *d, const struct table_def *def)
{
	struct table *t = document__add(d, table__new(def));

	if (def->shape == TABLE_OBJECT)
		table__add_row(t);
	return t;
}

int document__error(const struct document *d)
{
	int err = d->err;

	for (size_t i = 0; i < d->nr_tables && !err; i++)
		err = d->tables[i]->err;
	return err;
}

void document__forget(struct document *d, const char *key)
{
	for (size_t i = 0; i < d->nr_tables; i++)
		table__forget(d->tables[i], key);
}

void document__free(struct document *d)
{
	for (size_t i = 0; i < d->nr_tables; i++)
		table__free(d->tables[i]);
	free(d->tables);
	*d = (struct document){ 0 };
}

void table__clear_footer(struct table *t)
{
	free(t->footer);
	t->footer = NULL;
}
