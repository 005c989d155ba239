// SPDX-License-Identifier: GPL-2.0-only
/* stat_stacks.c - stacks with their faults: lines for text, arrays of frames for scripts. */
#include "view/faults/stat_stacks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/array.h"
#include "util/str.h"
#include "view/common/stack_cells.h"
#include "view/common/stack_entries.h"
#include "view/common/stack_hints.h"
#include "view/common/words.h"

/* clang-format off */
static const struct column stack_columns[] = {
	{.key = "faults", .type = CELL_U64, .sample = "faults"},
	{.key = "minor", .type = CELL_U64},
	{.key = "major", .type = CELL_U64, .sample = "major"},
	{.key = "incomplete", .type = CELL_U64},
	{.key = "timed", .type = CELL_U64},
	{.key = "time_ns", .type = CELL_U64, .unit = UNIT_NS, .sample = "time"},
	{.key = "max_ns", .type = CELL_U64},
	{.key = "pid", .type = CELL_U64, .label = true},
	{.key = "comm", .type = CELL_STR, .label = true},
	{.key = "processes", .type = CELL_U64},
	STACK_COLUMNS,
};
static const struct column rest_columns[] = {
	{.key = "overflow", .type = CELL_U64},
	{.key = "no_stack", .type = CELL_U64},
	{.key = "ended", .type = CELL_U64},
	{.key = "either", .type = CELL_U64},
	{.key = "not_unwound", .type = CELL_U64},
};
/* Strings, as most lines are frames and have no numbers. */
static const struct column text_columns[] = {
	{.key = "faults", .head = "FAULTS", .type = CELL_STR, .blank = true},
	{.key = "percent", .head = "%", .type = CELL_STR, .blank = true},
	{.key = "time", .head = "TIME", .type = CELL_STR, .blank = true},
	{.key = "stack", .head = "STACK", .type = CELL_STR, .keep_start = true},
};
/* clang-format on */

static const struct table_def stacks_table = TABLE_DEF("stacks", stack_columns);
static const struct table_def rest_table = OBJECT_DEF("stacks_rest", rest_columns,
						      .json_only = true);
static const struct table_def text_table = TABLE_DEF("rows", text_columns, .text_only = true);

/** stacks_of - the stacks; none if they were not requested. */
static struct stacks *stacks_of(const struct stat_view *v)
{
	static struct stacks nothing;

	return v->stacks ? v->stacks : &nothing;
}

/* --- JSON and CSV -------------------------------------------------------------------------- */

static void json_counts(struct table *t, const struct vs_stack_counts *c)
{
	table__add_row(t);
	table__set_u64(t, "faults", stack_faults(c));
	table__set_u64(t, "minor", c->outcome[VS_MINOR]);
	table__set_u64(t, "major", c->outcome[VS_MAJOR]);
	table__set_u64(t, "incomplete", c->outcome[VS_INCOMPLETE]);
	table__set_u64(t, "timed", c->timed);
	table__set_u64(t, "time_ns", c->time_ns);
	table__set_u64(t, "max_ns", c->max_ns);
}

static void json_row(const struct stat_view *v, struct table *t, const struct stack_entry *e)
{
	struct named_stack named;

	table__fail(t, namer__stack(v->namer, e->stack, &named));
	json_counts(t, &e->counts);
	if (e->processes == 1)
		table__set_u64(t, "pid", e->stack->pid);
	table__set_u64(t, "processes", e->processes);
	table__set_str(t, "comm", stack_comm(e->stack));
	stack_cells(t, &named);
}

/** rest_rows - add the faults without a stack to the rows of a profile, which has no other place. */
static void rest_rows(const struct stat_view *v, struct table *t, const struct stack_rests *r)
{
	const struct {
		const struct vs_stack_counts *counts;
		const char *what;
	} rests[] = {
		{ &r->none, STACK_NONE },
		{ &r->ended, STACK_ENDED },
		{ &r->overflow, STACK_OVERFLOW },
		{ &r->either, stack_either(stacks_of(v)) },
		{ &r->not_unwound, STACK_NOT_UNWOUND },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rests); i++) {
		if (!stack_faults(rests[i].counts))
			continue;
		json_counts(t, rests[i].counts);
		stack_cells_named(t, rests[i].what);
	}
}

/* --- text ---------------------------------------------------------------------------------- */

/** head_line - add a line with the numbers, and the processes of the stack. */
static void head_line(struct table *t, const struct vs_stack_counts *c, uint64_t total,
		      const char *whose)
{
	char percent[STR_NUMBER_LEN];
	const uint64_t n = stack_faults(c);

	table__add_row(t);
	snprintf(percent, sizeof(percent), "%.1f%%", total ? 100.0 * n / total : 0);
	table__set_str(t, "faults", str_count(n).text);
	table__set_str(t, "percent", percent);
	if (c->timed)
		table__set_str(t, "time", str_ns(c->time_ns).text);
	table__set_str(t, "stack", whose);
}

static void text_stack(const struct stat_view *v, struct table *t, const struct stack_entry *e,
		       uint64_t total, struct stack_hints *hints)
{
	struct named_stack named;
	char owner[STACK_OWNER_LEN];

	table__fail(t, namer__stack(v->namer, e->stack, &named));
	stack_owner(owner, stack_comm(e->stack), e->stack->pid, e->processes);
	stack_hints__add(hints, &named, stack_faults(&e->counts));
	head_line(t, &e->counts, total, owner);
	stack_lines(t, &named, v->all_frames);
}

/** what_to_raise - describe the limit to raise so that more stacks can be stored. */
static void what_to_raise(const struct stat_view *v, char *text, size_t size)
{
	if (v->sampling && v->ring_bytes)
		snprintf(text, size, "ring buffer full: use --ring %zu or more (KiB, now %zu)",
			 v->ring_bytes >> 8, v->ring_bytes >> 10);
	else if (v->nr_stacks)
		snprintf(text, size, "stack table full: use --stacks %u or more (now %u)",
			 4 * v->nr_stacks, v->nr_stacks);
	else
		*text = '\0';
}

/** struct rest - faults without a stack, which are listed among the stacks */
struct rest {
	struct vs_stack_counts counts;
	const char *what;
	bool raise;
	bool shown;
};

static void rest_row(const struct stat_view *v, struct table *t, struct rest *r, uint64_t total)
{
	char text[128];

	r->shown = true;
	if (!stack_faults(&r->counts))
		return;
	head_line(t, &r->counts, total, r->what);
	what_to_raise(v, text, sizeof(text));
	if (r->raise && *text)
		stack_line(t, text);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = stack_faults(&((const struct rest *)a)->counts);
	const uint64_t y = stack_faults(&((const struct rest *)b)->counts);

	return x < y ? 1 : x > y ? -1 : 0;
}

/** footer - @left stacks with @faults are not shown; add advice about those that are. */
static void footer(const struct stat_view *v, struct table *t, const struct stack_hints *hints,
		   size_t left, uint64_t faults)
{
	struct words w;

	if (!words__open(&w, t))
		return;
	if (left)
		fprintf(w.file, "and %zu more stack%s with %llu fault%s (use --top N)\n", left,
			str_plural(left), (unsigned long long)faults, str_plural(faults));
	if (!v->interval)
		stack_hints__print(hints, v->unwound, v->recorded, w.file);
	words__footer(&w);
}

static void text_rows(const struct stat_view *v, struct table *t, const struct stack_entry *list,
		      size_t nr, uint64_t total, const struct stack_rests *all)
{
	const struct stacks *s = stacks_of(v);
	struct rest rests[] = {
		{ all->none, STACK_NONE, false, false },
		{ all->ended, STACK_ENDED, false, false },
		{ all->overflow, STACK_OVERFLOW, true, false },
		{ all->either, stack_either(s), !s->unwound || stack_faults(&s->overflow), false },
		{ all->not_unwound, STACK_NOT_UNWOUND, false, false },
	};
	const size_t shown = v->limit && nr > v->limit ? v->limit : nr;
	struct vs_stack_counts rest = {};
	struct stack_hints hints = {};

	qsort(rests, ARRAY_SIZE(rests), sizeof(*rests), by_size);
	for (size_t i = 0; i <= shown; i++) {
		const uint64_t faults = i < shown ? stack_faults(&list[i].counts) : 0;

		for (size_t k = 0; k < ARRAY_SIZE(rests); k++)
			if (!rests[k].shown && stack_faults(&rests[k].counts) >= faults)
				rest_row(v, t, &rests[k], total);
		if (i < shown)
			text_stack(v, t, &list[i], total, &hints);
	}
	for (size_t i = shown; i < nr; i++)
		stack_counts_add(&rest, &list[i].counts);
	table__fail(t, hints.failed ? -ENOMEM : 0);
	footer(v, t, &hints, nr - shown, stack_faults(&rest));
	stack_hints__free(&hints);
}

void stat_stacks__rest(struct document *d, const struct stack_rests *r)
{
	const uint64_t either = stack_faults(&r->either);
	struct table *t = document__table(d, &rest_table);

	/* omitted if it is unknown which of these it is */
	if (!either) {
		table__set_u64(t, "overflow", stack_faults(&r->overflow));
		table__set_u64(t, "no_stack", stack_faults(&r->none));
		table__set_u64(t, "not_unwound", stack_faults(&r->not_unwound));
	}
	table__set_u64(t, "ended", stack_faults(&r->ended));
	table__set_u64(t, "either", either);
}

struct table *stat_stacks__make(const struct stat_view *v, const struct vs_counts *all,
				struct document *d)
{
	const uint64_t total = counts_faults(all);
	struct stacks *s = stacks_of(v);
	const struct stack_entries_from from = {
		.stacks = s,
		.namer = v->namer,
		.marked = v->interval,
		.weigh_time = v->weigh_time,
		.merge = v->per_process ? STACK_MERGE_PROCESS : STACK_MERGE_FUNCTIONS,
	};
	struct table *rows = document__table(d, &stacks_table), *text;
	struct stack_rests rests;
	struct stack_entry *list;
	size_t nr;

	stack_rests(s, v->interval, all, &rests);
	stat_stacks__rest(d, &rests);
	text = document__table(d, &text_table);
	list = stack_entries(&from, &nr);
	if (!list)
		document__fail(d, -ENOMEM);
	for (size_t i = 0; list && i < nr && !v->stacks_as_text; i++)
		json_row(v, rows, &list[i]);
	if (v->profile)
		rest_rows(v, rows, &rests);
	if (list && v->stacks_as_text)
		text_rows(v, text, list, nr, total, &rests);
	free(list);
	return text;
}
