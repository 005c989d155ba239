/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * list.h - a table on the screen: rows that are sorted, filtered, scrolled and selected.
 *
 * The selected row stays selected when others come before it, or it moves: rows are known by their
 * column `id`. Until the user moves the cursor, it stays at the top.
 */
#ifndef VMASCOPE_TUI_WIDGET_LIST_H
#define VMASCOPE_TUI_WIDGET_LIST_H

#include "tui/widget/canvas.h"
#include "tui/widget/columns.h"

/** Bytes of a filter or a search, the NUL included. */
#define LIST_TEXT_LEN 64

/**
 * struct list - a table with sorting, filter and cursor
 * @table: owned; NULL: none yet
 * @order: order of the rows that are shown
 * @sort: key of the sort column; @descending: order
 * @filter, @search: texts, "": none
 * @cursor: position of the selected row; @id: its id; @follow: keep the row, not the position
 * @offset: position of the first visible row; @height: number of visible rows
 * @err: first error of making or sorting the table, a negative errno; the list is empty then
 */
struct list {
	struct table *table;
	struct order order;
	char sort[32];
	bool descending;
	char filter[LIST_TEXT_LEN];
	char search[LIST_TEXT_LEN];
	size_t cursor;
	uint64_t id;
	bool follow;
	size_t offset;
	size_t height;
	struct columns columns;
	int err;
};

/** list__init - empty, sorted by @sort. */
void list__init(struct list *l, const char *sort, bool descending);
void list__free(struct list *l);

/** list__take - show @t, which is owned from now on. */
void list__take(struct list *l, struct table *t);

/** list__reorder - sort or filter have changed. */
void list__reorder(struct list *l);

/** list__move - the cursor by @by rows; never beyond an end. */
void list__move(struct list *l, long by);

/** list__go - the cursor to a place. */
void list__go(struct list *l, size_t place);

/** list__sort_next - sort by the next column on the screen, or by the one before (@by -1). */
void list__sort_next(struct list *l, int by);

/** list__sort_by - sort by a column; once more: the other way round. */
void list__sort_by(struct list *l, const char *key);

/**
 * list__find - move to the next row with the search text
 * @from: where to start, relative to the cursor: 0: at the cursor; -1: before it, upwards
 *
 * Return: false: none.
 */
bool list__find(struct list *l, int from);

/** list__selected - the id of the selected row. Return: false: there is no row. */
bool list__selected(const struct list *l, uint64_t *id);

/** list__draw - head and rows, over @height lines. */
void list__draw(struct list *l, struct canvas *c, unsigned int y, unsigned int height,
		bool show_cursor);

#endif /* VMASCOPE_TUI_WIDGET_LIST_H */
