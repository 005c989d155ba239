// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_stacks.c - who made which call: rows by stack. */
#include <stdio.h>

#include "model/names.h"
#include "util/array.h"
#include "util/str.h"
#include "view/common/stack_cells.h"
#include "view/shootdown/shootdown_groups.h"
#include "view/shootdown/shootdown_parts.h"

/** Frames of one stack in text, unless all are asked for. */
#define FRAMES_SHOWN 16

/* clang-format off */
static const struct column json_columns[] = {
	{.key = "pid", .type = CELL_U64},
	{.key = "comm", .type = CELL_STR},
	{.key = "processes", .type = CELL_U64},
	CALL_NAME_COLUMNS,
	CALL_COUNT_COLUMNS,
	STACK_COLUMNS,
};
/* Texts, as most lines are of frames, and have no numbers. */
static const struct column text_columns[] = {
	{.key = "count", .head = "CALLS", .type = CELL_STR},
	{.key = "errors", .head = "FAILED", .type = CELL_STR, .optional = true},
	{.key = "errnos", .head = "ERRNO", .type = CELL_STR, .left = true, .keep_start = true, .optional = true},
	{.key = "sent", .head = "SENT", .type = CELL_STR},
	{.key = "interrupts", .head = "IPIS", .type = CELL_STR},
	{.key = "stolen", .head = "STOLEN", .type = CELL_STR},
	{.key = "time", .head = "TIME", .type = CELL_STR},
	{.key = "max", .head = "MAX", .type = CELL_STR},
	{.key = "stack", .head = "CALL", .type = CELL_STR, .keep_start = true},
};
/* clang-format on */

static const struct table_def json_table = TABLE_DEF("stacks", json_columns);
static const struct table_def text_table = TABLE_DEF("rows", text_columns, .text_only = true);

/** name_row - the functions of a row's stack; none where it has no stack. */
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
	call_name_cells(t, g->row->call, g->row->detail);
	call_cells(v, t, g->row->call, &g->counts, NULL, NULL);
	if (v->unwound && g->row->stack) {
		table__unset(t, "refaults");
		table__unset(t, "refault_ns");
	}
	stack_cells(t, &named);
}

/* --- text ---------------------------------------------------------------------------------- */

/** struct stack_numbers - texts of a line's columns, "": nothing */
struct stack_numbers {
	char count[STR_NUMBER_LEN];
	char errors[STR_NUMBER_LEN];
	char errnos[CALL_ERRNOS_LEN];
	char sent[STR_NUMBER_LEN];
	char ipis[STR_NUMBER_LEN];
	char stolen[STR_NUMBER_LEN];
	char time[STR_NUMBER_LEN];
	char max[STR_NUMBER_LEN];
};

static void line(struct table *t, const struct stack_numbers *n, const char *text)
{
	const struct {
		const char *key;
		const char *text;
	} cells[] = {
		{ "count", n->count }, { "errors", n->errors },	  { "errnos", n->errnos },
		{ "sent", n->sent },   { "interrupts", n->ipis }, { "stolen", n->stolen },
		{ "time", n->time },   { "max", n->max },	  { "stack", text },
	};

	table__add_row(t);
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		table__set_str(t, cells[i].key, cells[i].text);
}

static void frame_line(void *ctx, const char *frame)
{
	static const struct stack_numbers nothing;
	char indented[FRAME_TEXT_LEN + 2];

	snprintf(indented, sizeof(indented), "  %s", frame);
	line(ctx, &nothing, indented);
}

static void head_line(const struct shootdown_view *v, struct table *t, const struct call_group *g)
{
	struct stack_numbers n = {
		.sent = "-", .ipis = "-", .stolen = "-", .time = "-", .max = "-"
	};
	char label[CALL_LABEL_LEN], whose[64], text[CALL_LABEL_LEN + 128];

	str_format_count(n.count, sizeof(n.count), g->counts.count);
	if (g->counts.errors)
		str_format_count(n.errors, sizeof(n.errors), g->counts.errors);
	call_errnos(&g->counts, n.errnos, sizeof(n.errnos));
	if (v->flushes_known)
		str_format_count(n.sent, sizeof(n.sent), g->counts.flush[VS_FLUSH_REMOTE]);
	if (v->interrupts_known) {
		str_format_count(n.ipis, sizeof(n.ipis), g->counts.received);
		str_format_ns(n.stolen, sizeof(n.stolen), g->counts.stolen_ns);
	}
	if (g->counts.latency_ns)
		str_format_ns(n.time, sizeof(n.time), g->counts.latency_ns);
	if (g->counts.latency_max_ns)
		str_format_ns(n.max, sizeof(n.max), g->counts.latency_max_ns);
	call_label(label, sizeof(label), g->row->call, g->row->detail);
	if (g->processes == 1)
		snprintf(whose, sizeof(whose), "%s (%u)", call_comm(g->row), call_pid(g->row));
	else
		snprintf(whose, sizeof(whose), "%s (%zu processes)", call_comm(g->row),
			 g->processes);
	snprintf(text, sizeof(text), "%s, %s", label, whose);
	line(t, &n, text);
}

static void text_row(const struct shootdown_doc *d, struct table *t, const struct call_group *g)
{
	const struct named_stack named = name_row(d, g->row);

	head_line(d->view, t, g);
	stack_each_line(&named, d->view->all_frames ? 0 : FRAMES_SHOWN, frame_line, t);
}

static void text_rows(const struct shootdown_doc *d, struct table *t, const struct call_groups *g)
{
	const size_t limit = d->view->limit, shown = limit && g->nr > limit ? limit : g->nr;

	for (size_t i = 0; i < shown; i++)
		text_row(d, t, &g->list[i]);
	if (shown)
		table__set_title(t, "Memory calls by stack\n");
	if (shown < g->nr)
		call_groups__tell_rest(g, shown, t);
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
	/* the innermost function is libc's for the system call: who called it is the news */
	frame_text(&named.user[named.nr_user > 1], text);
	fprintf(f, " by %s", text);
}
