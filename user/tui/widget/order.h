/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * order.h - which rows of a table are shown, and in which order: sorted by any column, filtered by
 * a text.
 */
#ifndef VMASCOPE_TUI_WIDGET_ORDER_H
#define VMASCOPE_TUI_WIDGET_ORDER_H

#include "table/rows.h"

/**
 * struct order - rows of a table
 * @rows: their numbers, @nr of them
 */
struct order {
	size_t *rows;
	size_t nr;
};

/**
 * order__make - sort and filter
 * @key: of the sort column; rows with equal cells are sorted by activity, then as in the table
 * @descending: order; unknown cells are last in any case
 * @filter: only rows with this text in a cell, ignoring case; "": all
 *
 * Return: 0 or -ENOMEM; @o must be freed in any case.
 */
int order__make(struct order *o, const struct table *t, const char *key, bool descending,
		const char *filter);
void order__free(struct order *o);

/** order_is_found - a cell of @row that people see holds @text, capitals or not. */
bool order_is_found(const struct table *t, size_t row, const char *text);

/** order_falls - whether a column is sorted in descending order, unless asked otherwise. */
bool order_falls(const struct column *c);

/** table_column - the column of @key; NULL: the table has none. */
const struct column *table_column(const struct table *t, const char *key);

#endif /* VMASCOPE_TUI_WIDGET_ORDER_H */
