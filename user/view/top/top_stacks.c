// SPDX-License-Identifier: GPL-2.0-only
/* top_stacks.c - top: a row for each stack of faults, and a row for each function of one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/array.h"
#include "view/common/stack_cells.h"
#include "view/faults/stat_stacks.h"
#include "view/top/top_cells.h"

/** Maximum number of stacks that are symbolized, which takes time, the heaviest first. */
#define MOST_STACKS 500
/** Maximum number of stacks that are considered for merging by their functions. */
#define MOST_MERGED 2000

/* clang-format off */
#define COLUMNS(COUNT, TIME, FIGURE)                                                               \
	TOP_ID_COLUMN,                                                                             \
	COUNT("faults", "FAULTS"),                                                                 \
	{.key = "percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT},                   \
	COUNT("major", "MAJOR"),                                                                   \
	TIME("fault_ns", "TIME"),                                                                  \
	{.key = "average_ns", .head = "AVG", .type = CELL_F64, .unit = UNIT_NS},                   \
	{.key = "pid", .head = "PID", .type = CELL_U64, .spare = true},                            \
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true, .spare = true},            \
	{.key = "stack", .head = "STACK", .type = CELL_STR, .keep_start = true}

static const struct column symbol_columns[] = {
	TOP_ID_COLUMN,
	{.key = "depth", .head = "#", .type = CELL_U64},
	{.key = "mode", .head = "MODE", .type = CELL_STR, .left = true},
	{.key = "function", .head = "FUNCTION", .type = CELL_STR, .keep_start = true},
};
/* clang-format on */

TOP_TABLES(stacks, COLUMNS);

static const struct table_def symbols_table = TABLE_DEF("symbols", symbol_columns);

/* --- stacks -------------------------------------------------------------------------------- */

/** one_line - format "memset < fill < main", cut to the size of the buffer. */
static void one_line(const struct named_stack *s, char *buf, size_t size)
{
	const size_t nr = s->nr_kernel + s->nr_user;
	char name[FRAME_TEXT_LEN];
	size_t len = 0;

	*buf = '\0';
	for (size_t i = 0; i < nr && len < size; i++) {
		symbol_print(i < s->nr_kernel ? &s->kernel[i] : &s->user[i - s->nr_kernel], false,
			     name, sizeof(name));
		len += snprintf(buf + len, size - len, "%s%s", i ? " < " : "", name);
	}
}

static void stack_row(const struct top_view *v, struct table *t, uint64_t id,
		      const struct vs_stack_counts *c, uint64_t total)
{
	const uint64_t faults = stack_faults(c);

	table__add_row(t);
	table__set_u64(t, "id", id);
	top_count(v, t, "faults", faults);
	table__set_f64(t, "percent", total ? 100.0 * faults / total : 0);
	top_count(v, t, "major", c->outcome[VS_MAJOR]);
	if (c->timed || !v->sampled)
		top_time(v, t, "fault_ns", c->time_ns);
	if (c->timed)
		table__set_f64(t, "average_ns", (double)c->time_ns / c->timed);
}

static void entry_row(const struct top_view *v, struct table *t, const struct stack_entry *e,
		      uint64_t total)
{
	struct named_stack named;
	char text[4 * FRAME_TEXT_LEN];

	table__fail(t, namer__stack(v->namer, e->stack, &named));
	stack_row(v, t, (uintptr_t)e->stack, &e->counts, total);
	one_line(&named, text, sizeof(text));
	if (e->processes == 1)
		table__set_u64(t, "pid", e->stack->pid);
	table__set_str(t, "comm", stack_comm(e->stack));
	table__set_str(t, "stack", *text ? text : "[no frames]");
}

/** rest_rows - rows for faults that no stack counts. */
static void rest_rows(const struct top_view *v, struct table *t, const struct vs_counts *all)
{
	struct stack_rests r;
	const struct {
		const char *text;
		const struct vs_stack_counts *counts;
	} rests[] = {
		{ "[no stack]", &r.none },
		{ "[stack table full]", &r.overflow },
		{ "[ended]", &r.ended },
		{ stack_either(v->stacks), &r.either },
		{ STACK_NOT_UNWOUND, &r.not_unwound },
	};

	stack_rests(v->stacks, v->rates, all, &r);
	for (size_t i = 0; i < ARRAY_SIZE(rests); i++) {
		if (!stack_faults(rests[i].counts))
			continue;
		stack_row(v, t, 1 + i, rests[i].counts, counts_faults(all));
		table__set_str(t, "comm", "");
		table__set_str(t, "stack", rests[i].text);
	}
}

struct table *top_stacks(const struct top_view *v)
{
	const struct vs_counts counts = top_total(v);
	const uint64_t total = counts_faults(&counts);
	struct table *t = table__new(&stacks_tables[v->rates]);
	const struct stack_entries_from from = {
		.stacks = v->stacks,
		.namer = v->namer,
		.marked = v->rates,
		.process = v->process,
		.merge = v->per_process ? STACK_MERGE_PROCESS : STACK_MERGE_FUNCTIONS,
		.merge_most = MOST_MERGED,
	};
	struct stack_entry *list;
	size_t nr;

	if (!v->stacks)
		return t;
	list = stack_entries(&from, &nr);
	if (!list)
		table__fail(t, -ENOMEM);
	for (size_t i = 0; list && i < nr && i < MOST_STACKS; i++)
		entry_row(v, t, &list[i], total);
	free(list);
	if (!v->process)
		rest_rows(v, t, &counts);
	return t;
}

/* --- functions of one ---------------------------------------------------------------------- */

static void symbol_row(struct table *t, const struct symbol_frame *f, uint64_t depth, bool kernel)
{
	char text[FRAME_TEXT_LEN];

	table__add_row(t);
	frame_text(f, text);
	table__set_u64(t, "id", 1 + depth);
	table__set_u64(t, "depth", depth);
	table__set_str(t, "mode", kernel ? "kernel" : "user");
	table__set_str(t, "function", text);
}

struct table *top_symbols(const struct top_view *v)
{
	struct table *t = table__new(&symbols_table);
	struct named_stack s;

	if (!v->stack)
		return t;
	table__fail(t, namer__stack(v->namer, v->stack, &s));
	for (size_t i = 0; i < s.nr_kernel; i++)
		symbol_row(t, &s.kernel[i], i, true);
	for (size_t i = 0; i < s.nr_user; i++)
		symbol_row(t, &s.user[i], s.nr_kernel + i, false);
	return t;
}
