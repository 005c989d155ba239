// SPDX-License-Identifier: GPL-2.0-only
/* order.c - sort and filter the rows of a table. */
#include "tui/widget/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/cell_text.h"

const struct column *table_column(const struct table *t, const char *key)
{
	for (size_t i = 0; i < t->def->nr_columns; i++)
		if (!strcmp(t->def->columns[i].key, key))
			return &t->def->columns[i];
	return NULL;
}

static bool cell_holds(const struct column *c, const struct cell *cell, const char *text)
{
	char *shown = cell->known ? cell_text(c, cell, true) : NULL;
	/* without memory, what may be meant is not hidden */
	const bool found = cell->known && (!shown || strcasestr(shown, text));

	free(shown);
	return found;
}

bool order_is_found(const struct table *t, size_t row, const char *text)
{
	for (size_t i = 0; i < t->def->nr_columns; i++)
		if (t->def->columns[i].head &&
		    cell_holds(&t->def->columns[i], &t->cells[row * t->def->nr_columns + i], text))
			return true;
	return false;
}

bool order_falls(const struct column *c)
{
	/* names, addresses and ids are looked up: the first comes first */
	return c->type != CELL_STR && c->type != CELL_HEX && c->unit != UNIT_NONE;
}

static int compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int compare_whole(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_cells(const struct column *c, const struct cell *a, const struct cell *b)
{
	switch (c->type) {
	case CELL_U64:
	case CELL_HEX:
		return compare_whole(a->u64, b->u64);
	case CELL_I64:
		return (a->i64 > b->i64) - (a->i64 < b->i64);
	case CELL_F64:
		return compare_numbers(a->f64, b->f64);
	case CELL_STR:
		return strcasecmp(a->str, b->str);
	case CELL_BOOL:
		return a->b - b->b;
	case CELL_TABLE:
	case CELL_SERIES:
		break;
	}
	return 0;
}

/** struct sorting - what qsort_r() hands to compare_rows(); @tie: where @column is equal */
struct sorting {
	const struct table *table;
	const struct column *column;
	const struct column *tie;
	bool descending;
};

static int compare_known(const struct column *c, const struct cell *a, const struct cell *b)
{
	return a->known && b->known ? compare_cells(c, a, b) : 0;
}

/** tie_column - the first one that counts: of rows that are alike, the busier is of more interest. */
static const struct column *tie_column(const struct table_def *def)
{
	for (size_t i = 0; i < def->nr_columns; i++)
		if (def->columns[i].unit == UNIT_COUNT || def->columns[i].unit == UNIT_PER_SECOND)
			return &def->columns[i];
	return NULL;
}

static int compare_rows(const void *x, const void *y, void *ctx)
{
	const struct sorting *s = ctx;
	const size_t a = *(const size_t *)x, b = *(const size_t *)y;
	const struct cell *p = table__cell(s->table, a, s->column->key);
	const struct cell *q = table__cell(s->table, b, s->column->key);
	int order;

	if (p->known != q->known)
		return p->known ? -1 : 1;
	order = compare_known(s->column, p, q);
	if (order)
		return s->descending ? -order : order;
	if (s->tie)
		order = compare_known(s->tie, table__cell(s->table, b, s->tie->key),
				      table__cell(s->table, a, s->tie->key));
	return order ? order : a < b ? -1 : 1;
}

int order__make(struct order *o, const struct table *t, const char *key, bool descending,
		const char *filter)
{
	struct sorting s = {
		.table = t,
		.column = table_column(t, key),
		.tie = tie_column(t->def),
		.descending = descending,
	};

	o->nr = 0;
	o->rows = calloc(t->nr_rows + 1, sizeof(*o->rows));
	if (!o->rows)
		return -ENOMEM;
	for (size_t i = 0; i < t->nr_rows; i++)
		if (!*filter || order_is_found(t, i, filter))
			o->rows[o->nr++] = i;
	if (s.column)
		qsort_r(o->rows, o->nr, sizeof(*o->rows), compare_rows, &s);
	return 0;
}

void order__free(struct order *o)
{
	free(o->rows);
	*o = (struct order){};
}
