// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_functions.c - every function on the stacks of memory calls, with the cost of all calls
 * below it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/str.h"
#include "view/common/function_list.h"
#include "view/common/stack_hints.h"
#include "view/common/words.h"
#include "view/shootdown/shootdown_groups.h"
#include "view/shootdown/shootdown_parts.h"

/* clang-format off */
static const struct column json_columns[] = {
	{.key = "function", .type = CELL_STR},
	{.key = "module", .type = CELL_STR},
	{.key = "pid", .type = CELL_U64},
	{.key = "comm", .type = CELL_STR},
	CALL_NAME_COLUMNS,
	CALL_COUNT_COLUMNS,
};
static const struct column text_columns[] = {
	CALL_TEXT_COLUMNS,
	{.key = "pid", .head = "PID", .type = CELL_U64, .optional = true},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true, .keep_start = true},
	CALL_TEXT_COLUMN,
	{.key = "function", .head = "FUNCTION", .type = CELL_STR, .left = true,
	 .keep_start = true},
	{.key = "module", .head = "MODULE", .type = CELL_STR},
};
/* clang-format on */

static const struct table_def json_table = TABLE_DEF("functions", json_columns);
static const struct table_def text_table = TABLE_DEF("rows", text_columns, .text_only = true);

/**
 * struct call_function - a function, and the calls of one kind made by it or by its callees
 * @row: one of the rows
 * @depth: the lowest number of functions between it and the call
 */
struct call_function {
	struct listed_function function;
	const struct call_row *row;
	size_t depth;
	struct vs_call_counts counts;
};

/**
 * count_group - count group number @number, from 1, for each of its functions, and its stack for
 * @hints. Return: 0 or -ENOMEM.
 */
static int count_group(struct function_list *all, const struct shootdown_view *v,
		       const struct call_group *g, size_t number, struct stack_hints *hints)
{
	const struct call_row *row = g->row;
	const struct function_owner owner = {
		.comm = call_comm(row),
		.process = !v->per_process ? 0
			   : row->process  ? (uintptr_t)row->process
					   : row->pid,
		.kind = (uint64_t)row->call << 32 | row->detail,
	};
	struct named_stack named = {};
	int err = row->stack ? namer__stack(v->namer, row->stack, &named) : 0;
	const size_t nr = named.nr_kernel + named.nr_user;

	stack_hints__add(hints, &named, g->counts.count);
	for (size_t i = 0; !err && i < (nr ? nr : 1); i++) {
		struct call_function *f = function_list__get(all, function_list__frame(&named, i),
							     &owner);

		if (!f)
			return -ENOMEM;
		if (!f->row || i < f->depth)
			f->depth = i;
		if (!f->row)
			f->row = row;
		if (function_list__first(&f->function, number))
			call_counts_add(&f->counts, &g->counts);
	}
	return err;
}

static int cheaper(const void *a, const void *b)
{
	const struct call_function *x = *(struct call_function *const *)a;
	const struct call_function *y = *(struct call_function *const *)b;
	int order = call_counts_cheaper(&x->counts, &y->counts);

	if (!order)
		order = (x->depth > y->depth) - (x->depth < y->depth);
	return order ? order : strcmp(x->function.name, y->function.name);
}

static void name_cells(const struct shootdown_view *v, struct table *t,
		       const struct call_function *f)
{
	if (v->per_process && call_pid(f->row))
		table__set_u64(t, "pid", call_pid(f->row));
	table__set_str(t, "comm", call_comm(f->row));
	table__set_str(t, "function", f->function.name);
	table__set_str(t, "module", f->function.module);
}

static void json_row(const struct shootdown_view *v, struct table *t, const struct call_function *f)
{
	table__add_row(t);
	name_cells(v, t, f);
	call_stack_cells(v, t, f->row, &f->counts);
}

static void text_row(const struct shootdown_view *v, struct table *t, const struct call_function *f)
{
	table__add_row(t);
	name_cells(v, t, f);
	call_text_cells(v, t, f->row, &f->counts);
}

static void footer(const struct shootdown_view *v, struct table *t, size_t left,
		   const struct stack_hints *hints)
{
	struct words w;

	if (!words__open(&w, t))
		return;
	if (left)
		fprintf(w.file, "and %zu more function%s (use --top N)\n", left, str_plural(left));
	stack_hints__print(hints, v->unwound, v->recorded, w.file);
	words__footer(&w);
}

static void rows(const struct shootdown_view *v, struct table *json, struct table *text,
		 struct function_list *all, const struct stack_hints *hints)
{
	const size_t shown = v->limit && all->nr > v->limit ? v->limit : all->nr;

	if (all->nr)
		qsort(all->list, all->nr, sizeof(*all->list), cheaper);
	for (size_t i = 0; i < all->nr && !v->no_json; i++)
		json_row(v, json, (const void *)all->list[i]);
	for (size_t i = 0; i < shown && !v->no_text; i++)
		text_row(v, text, (const void *)all->list[i]);
	waited_only_if_relevant(text);
	if (shown)
		table__set_title(text, "Memory calls by function (callees included)\n");
	if (!v->no_text)
		footer(v, text, all->nr - shown, hints);
}

void shootdown_functions__make(const struct shootdown_doc *d)
{
	struct table *text = document__table(d->document, &text_table);
	struct table *json = document__table(d->document, &json_table);
	struct function_list all;
	struct stack_hints hints = {};
	struct call_groups g = {};

	function_list__init(&all, sizeof(struct call_function));
	call_groups__make(&g, d, SHOOTDOWN_BY_FUNCTION, false);
	for (size_t i = 0; i < g.nr; i++)
		table__fail(json, count_group(&all, d->view, &g.list[i], i + 1, &hints));
	table__fail(json, hints.failed ? -ENOMEM : 0);
	rows(d->view, json, text, &all, &hints);
	stack_hints__free(&hints);
	call_groups__free(&g);
	function_list__free(&all);
}
