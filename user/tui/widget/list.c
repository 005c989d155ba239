// SPDX-License-Identifier: GPL-2.0-only
/* list.c - the rows of a list: which ones are shown, and which one is selected. */
#include "tui/widget/list.h"

#include <string.h>

void list__init(struct list *l, const char *sort, bool descending)
{
	memset(l, 0, sizeof(*l));
	strncpy(l->sort, sort, sizeof(l->sort) - 1);
	l->descending = descending;
}

void list__free(struct list *l)
{
	table__free(l->table);
	order__free(&l->order);
	l->table = NULL;
}

static uint64_t id_at(const struct list *l, size_t place)
{
	return table__cell(l->table, l->order.rows[place], "id")->u64;
}

/** find_cursor - where the selected row is now; a row that is gone leaves its place to another. */
static void find_cursor(struct list *l)
{
	if (l->follow)
		for (size_t i = 0; i < l->order.nr; i++)
			if (id_at(l, i) == l->id) {
				l->cursor = i;
				return;
			}
	if (l->cursor >= l->order.nr)
		l->cursor = l->order.nr ? l->order.nr - 1 : 0;
	if (l->order.nr)
		l->id = id_at(l, l->cursor);
}

/** fail - nothing of it is to be seen, or to be gone into, any more. */
static void fail(struct list *l, int err)
{
	list__free(l);
	l->err = err;
}

void list__reorder(struct list *l)
{
	int err;

	if (!l->table)
		return;
	order__free(&l->order);
	err = order__make(&l->order, l->table, l->sort, l->descending, l->filter);
	if (err)
		fail(l, err);
	else
		find_cursor(l);
}

void list__take(struct list *l, struct table *t)
{
	const int err = t->err;

	table__free(l->table);
	l->table = t;
	if (err)
		fail(l, err);
	list__reorder(l);
}

void list__go(struct list *l, size_t place)
{
	if (!l->order.nr)
		return;
	l->cursor = place < l->order.nr ? place : l->order.nr - 1;
	l->id = id_at(l, l->cursor);
	l->follow = l->cursor > 0;
}

void list__move(struct list *l, long by)
{
	if (by < 0 && (size_t)-by > l->cursor)
		list__go(l, 0);
	else
		list__go(l, l->cursor + by);
}

void list__sort_by(struct list *l, const char *key)
{
	const struct column *c = l->table ? table_column(l->table, key) : NULL;

	if (!c || c->type == CELL_SERIES)
		return;
	if (!strcmp(l->sort, key))
		l->descending = !l->descending;
	else
		l->descending = order_falls(c);
	memset(l->sort, 0, sizeof(l->sort));
	strncpy(l->sort, key, sizeof(l->sort) - 1);
	list__reorder(l);
}

void list__sort_next(struct list *l, int by)
{
	const struct columns *c = &l->columns;
	size_t at = 0;

	if (!l->table || !c->nr)
		return;
	while (at < c->nr && strcmp(l->table->def->columns[c->places[at].index].key, l->sort))
		at++;
	/* sorted by a column that is not on the screen */
	if (at == c->nr)
		at = by > 0 ? c->nr - 1 : 0;
	for (size_t tries = 0; tries < c->nr; tries++) {
		const struct column *col;

		at = (at + c->nr + by) % c->nr;
		col = &l->table->def->columns[c->places[at].index];
		if (col->type != CELL_SERIES) {
			list__sort_by(l, col->key);
			return;
		}
	}
}

bool list__find(struct list *l, int from)
{
	const size_t nr = l->order.nr;

	if (!*l->search)
		return false;
	for (size_t i = 0; i < nr; i++) {
		const size_t at = from < 0 ? (l->cursor + 2 * nr + from - i) % nr
					   : (l->cursor + from + i) % nr;

		if (order_is_found(l->table, l->order.rows[at], l->search)) {
			list__go(l, at);
			return true;
		}
	}
	return false;
}

bool list__selected(const struct list *l, uint64_t *id)
{
	if (!l->order.nr)
		return false;
	*id = id_at(l, l->cursor);
	return true;
}
