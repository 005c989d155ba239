// SPDX-License-Identifier: GPL-2.0-only
/* stat_functions.c - every function on the stacks: faults in itself, and including its callees. */
#include "view/faults/stat_functions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/str.h"
#include "view/common/function_list.h"
#include "view/common/stack_hints.h"
#include "view/common/words.h"
#include "view/faults/stat_stacks.h"

/* clang-format off */
static const struct column function_columns[] = {
	{.key = "self", .head = "SELF", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT, .text_only = true},
	{.key = "total", .head = "TOTAL", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "major", .head = "MAJOR", .type = CELL_U64, .optional = true},
	{.key = "self_time_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "total_time_ns", .head = "TOTAL TIME", .type = CELL_U64, .unit = UNIT_NS,
	 .spare = true},
	{.key = "pid", .head = "PID", .type = CELL_U64, .optional = true},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true, .keep_start = true},
	{.key = "function", .head = "FUNCTION", .type = CELL_STR, .left = true,
	 .keep_start = true},
	{.key = "module", .head = "MODULE", .type = CELL_STR},
};
/* clang-format on */

static const struct table_def functions_table = TABLE_DEF("functions", function_columns);
/**
 * struct function - a function with its faults
 * @stack: one of the stacks that it is on
 */
struct function {
	struct listed_function function;
	const struct stack *stack;
	uint64_t self;
	uint64_t total;
	uint64_t major;
	uint64_t self_ns;
	uint64_t total_ns;
};

/** count_stack - count stack number @number, from 1, for each of its functions and for @hints. */
static int count_stack(struct function_list *all, const struct stat_view *v,
		       const struct stack_entry *e, size_t number, struct stack_hints *hints)
{
	const uint64_t faults = stack_faults(&e->counts);
	const struct function_owner owner = {
		.comm = stack_comm(e->stack),
		.process = v->per_process ? e->stack->image : 0,
		.kind = v->per_process ? e->stack->pid : 0,
	};
	const struct symbol_frame *frame;
	struct named_stack named;
	int err = namer__stack(v->namer, e->stack, &named);

	if (!err)
		stack_hints__add(hints, &named, faults);
	for (size_t i = 0; !err && (frame = function_list__frame(&named, i)); i++) {
		struct function *f = function_list__get(all, frame, &owner);

		if (!f)
			return -ENOMEM;
		if (!f->stack)
			f->stack = e->stack;
		if (!i) {
			f->self += faults;
			f->major += e->counts.outcome[VS_MAJOR];
			f->self_ns += e->counts.time_ns;
		}
		if (!function_list__first(&f->function, number))
			continue;
		f->total += faults;
		f->total_ns += e->counts.time_ns;
	}
	return err;
}

static int by_self(const void *a, const void *b)
{
	const struct function *x = *(struct function *const *)a, *y = *(struct function *const *)b;

	if (x->self != y->self)
		return x->self < y->self ? 1 : -1;
	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return strcmp(x->function.name, y->function.name);
}

static int by_self_time(const void *a, const void *b)
{
	const struct function *x = *(struct function *const *)a, *y = *(struct function *const *)b;

	if (x->self_ns != y->self_ns)
		return x->self_ns < y->self_ns ? 1 : -1;
	return by_self(a, b);
}

static void row(const struct stat_view *v, struct table *t, const struct function *f, uint64_t all)
{
	table__add_row(t);
	table__set_u64(t, "self", f->self);
	table__set_f64(t, "percent", all ? 100.0 * f->self / all : 0);
	table__set_u64(t, "total", f->total);
	table__set_u64(t, "major", f->major);
	table__set_u64(t, "self_time_ns", f->self_ns);
	table__set_u64(t, "total_time_ns", f->total_ns);
	if (v->per_process)
		table__set_u64(t, "pid", f->stack->pid);
	table__set_str(t, "comm", stack_comm(f->stack));
	table__set_str(t, "function", f->function.name);
	table__set_str(t, "module", f->function.module);
}

/** rest_row - add a row for faults without a stack, which belong to no function. */
static void rest_row(struct table *t, const char *name, uint64_t faults, uint64_t all)
{
	if (!faults)
		return;
	table__add_row(t);
	table__set_u64(t, "self", faults);
	table__set_f64(t, "percent", all ? 100.0 * faults / all : 0);
	table__set_u64(t, "total", faults);
	table__set_str(t, "function", name);
}

/** footer - @left functions with @faults are not shown; add advice about the stacks. */
static void footer(const struct stat_view *v, struct table *t, size_t left, uint64_t faults,
		   const struct stack_hints *hints)
{
	struct words w;

	if (!words__open(&w, t))
		return;
	if (left)
		fprintf(w.file, "and %zu more function%s with %llu fault%s in SELF (use --top N)\n",
			left, str_plural(left), (unsigned long long)faults, str_plural(faults));
	if (!v->interval)
		stack_hints__print(hints, v->unwound, v->recorded, w.file);
	words__footer(&w);
}

static void rows(const struct stat_view *v, struct table *t, struct function_list *all,
		 uint64_t total, const struct stack_hints *hints)
{
	const size_t shown = v->limit && all->nr > v->limit ? v->limit : all->nr;
	uint64_t rest = 0;

	if (all->nr)
		qsort(all->list, all->nr, sizeof(*all->list),
		      v->weigh_time ? by_self_time : by_self);
	for (size_t i = 0; i < shown; i++)
		row(v, t, (const void *)all->list[i], total);
	for (size_t i = shown; i < all->nr; i++)
		rest += ((const struct function *)all->list[i])->self;
	if (v->stacks_as_text)
		footer(v, t, all->nr - shown, rest, hints);
}

struct table *stat_functions__make(const struct stat_view *v, const struct vs_counts *counts,
				   struct document *d)
{
	const uint64_t total = counts_faults(counts);
	static struct stacks nothing;
	struct stacks *s = v->stacks ? v->stacks : &nothing;
	const struct stack_entries_from from = { .stacks = s,
						 .namer = v->namer,
						 .marked = v->interval };
	struct table *t = document__table(d, &functions_table);
	struct stack_hints hints = {};
	struct function_list all;
	struct stack_rests rests;
	struct stack_entry *list;
	size_t nr;

	stack_rests(s, v->interval, counts, &rests);
	stat_stacks__rest(d, &rests);
	function_list__init(&all, sizeof(struct function));
	list = stack_entries(&from, &nr);
	if (!list)
		document__fail(d, -ENOMEM);
	for (size_t i = 0; list && i < nr; i++)
		table__fail(t, count_stack(&all, v, &list[i], i + 1, &hints));
	table__fail(t, hints.failed ? -ENOMEM : 0);
	rows(v, t, &all, total, &hints);
	stack_hints__free(&hints);
	if (v->stacks_as_text) {
		rest_row(t, "[no stack]", stack_faults(&rests.none), total);
		rest_row(t, "[stack table full]", stack_faults(&rests.overflow), total);
		rest_row(t, stack_either(s), stack_faults(&rests.either), total);
		rest_row(t, "[ended]", stack_faults(&rests.ended), total);
		rest_row(t, STACK_NOT_UNWOUND, stack_faults(&rests.not_unwound), total);
		table__sort(t, v->weigh_time ? "self_time_ns" : "self");
	}
	free(list);
	function_list__free(&all);
	return t;
}
