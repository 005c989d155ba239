// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_stacks.c - rows of memory calls by stack. */
#include <errno.h>
#include <stdio.h>

#include "model/names.h"
#include "util/array.h"
#include "util/str.h"
#include "view/common/stack_cells.h"
#include "view/common/stack_hints.h"
#include "view/common/words.h"
#include "view/shootdown/shootdown_groups.h"
#include "view/shootdown/shootdown_parts.h"

/* clang-format off */
static const struct column json_columns[] = {
	{.key = "pid", .type = CELL_U64, .label = true},
	{.key = "comm", .type = CELL_STR, .label = true},
	{.key = "processes", .type = CELL_U64},
	CALL_NAME_COLUMNS,
	CALL_COUNT_COLUMNS,
	STACK_COLUMNS,
};
/* Strings, as most lines are frames and have no numbers. */
static const struct column text_columns[] = {
	{.key = "count", .head = "CALLS", .type = CELL_STR, .blank = true},
	{.key = "errors", .head = "FAILED", .type = CELL_STR, .blank = true, .optional = true},
	CALL_ERRNOS_COLUMN,
	{.key = "sent", .head = "SENT", .type = CELL_STR, .blank = true},
	{.key = "interrupts", .head = "IPIS", .type = CELL_STR, .blank = true},
	{.key = "stolen", .head = "STOLEN", .type = CELL_STR, .blank = true},
	{.key = "time", .head = "TIME", .type = CELL_STR, .blank = true},
	{.key = "max", .head = "MAX", .type = CELL_STR, .blank = true},
	{.key = "stack", .head = "CALL", .type = CELL_STR, .keep_start = true},
};
/* clang-format on */

static const struct table_def json_table = TABLE_DEF("stacks", json_columns);
static const struct table_def text_table = TABLE_DEF("rows", text_columns, .text_only = true);

/** name_row - symbolize a row's stack; no frames if it has none. */
static struct named_stack name_row(const struct shootdown_doc *d, const struct call_row *row)
{
	struct named_stack named = { 0 };

	if (row->stack)
		document__fail(d->document, namer__stack(d->view->namer, row->stack, &named));
	return named;
}

static void json_row(const struct shootdown_doc *d, struct table *t, const struct call_group *g)
{
	const struct named_stack named = name_row(d, g->row);
	const struct shootdown_view *v = d->view;

	table__add_row(t);
	if (call_pid(g->row) && g->processes == 1)
		table__set_u64(t, "pid", call_pid(g->row));
	table__set_u64(t, "processes", g->processes);
	table__set_str(t, "comm", call_comm(g->row));
	call_stack_cells(v, t, g->row, &g->counts);
	stack_cells(t, &named);
}

/* --- text ---------------------------------------------------------------------------------- */

/** known_cell - set @n, or "-" if it is unknown, as cells in lines of frames are blank. */
static void known_cell(struct table *t, const char *key, bool known, struct str_number n)
{
	table__set_str(t, key, known ? n.text : "-");
}

static void head_line(const struct shootdown_view *v, struct table *t, const struct call_group *g)
{
	char label[CALL_LABEL_LEN], owner[STACK_OWNER_LEN],
		text[CALL_LABEL_LEN + STACK_OWNER_LEN + 2];
	const struct vs_call_counts *c = &g->counts;

	table__add_row(t);
	table__set_str(t, "count", str_count(c->count).text);
	if (c->errors)
		table__set_str(t, "errors", str_count(c->errors).text);
	call_errnos_cell(t, c);
	known_cell(t, "sent", v->flushes_known, str_count(c->flush[VS_FLUSH_REMOTE]));
	known_cell(t, "interrupts", v->interrupts_known, str_count(c->received));
	known_cell(t, "stolen", v->interrupts_known, str_ns(c->stolen_ns));
	known_cell(t, "time", c->latency_ns, str_ns(c->latency_ns));
	known_cell(t, "max", c->latency_max_ns, str_ns(c->latency_max_ns));
	call_label(label, sizeof(label), g->row->call, g->row->detail);
	stack_owner(owner, call_comm(g->row), call_pid(g->row), g->processes);
	snprintf(text, sizeof(text), "%s, %s", label, owner);
	table__set_str(t, "stack", text);
}

static void text_row(const struct shootdown_doc *d, struct table *t, const struct call_group *g,
		     struct stack_hints *hints)
{
	const struct named_stack named = name_row(d, g->row);

	stack_hints__add(hints, &named, g->counts.count);
	head_line(d->view, t, g);
	stack_lines(t, &named, d->view->all_frames);
}

static void text_rows(const struct shootdown_doc *d, struct table *t, const struct call_groups *g)
{
	const size_t limit = d->view->limit, shown = limit && g->nr > limit ? limit : g->nr;
	struct stack_hints hints = {};
	struct words w;

	for (size_t i = 0; i < shown; i++)
		text_row(d, t, &g->list[i], &hints);
	if (shown)
		table__set_title(t, "Memory calls by stack\n");
	table__fail(t, hints.failed ? -ENOMEM : 0);
	if (words__open(&w, t)) {
		call_groups__print_rest(g, d->view, shown, w.file);
		stack_hints__print(&hints, d->view->unwound, d->view->recorded, w.file);
		words__footer(&w);
	}
	stack_hints__free(&hints);
}

void shootdown_stacks__make(const struct shootdown_doc *d)
{
	struct table *text = document__table(d->document, &text_table);
	struct table *rows = document__table(d->document, &json_table);
	struct call_groups g;

	call_groups__make(&g, d, SHOOTDOWN_BY_STACK, false);
	for (size_t i = 0; i < g.nr && !d->view->no_json; i++)
		json_row(d, rows, &g.list[i]);
	if (!d->view->no_text)
		text_rows(d, text, &g);
	call_groups__free(&g);
}

void shootdown_stacks__say(const struct shootdown_doc *d, const struct call_row *row, FILE *f)
{
	const struct named_stack named = name_row(d, row);
	char text[FRAME_TEXT_LEN];

	if (!named.nr_user)
		return;
	/* the innermost function is libc's wrapper of the system call: show its caller */
	frame_text(&named.user[named.nr_user > 1], text);
	fprintf(f, " called in %s", text);
}
