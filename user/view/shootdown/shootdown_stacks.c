// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_stacks.c - who made which call: rows by stack. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const struct table_def json_table = { .key = "stacks", TABLE_COLUMNS(json_columns) };
static const struct table_def text_table = { .key = "rows",
					     .text_only = true,
					     TABLE_COLUMNS(text_columns) };

/** name_row - the functions of a row's stack; none where it has no stack. */
static int name_row(const struct shootdown_view *v, const struct call_row *row,
		    struct named_stack *named)
{
	memset(named, 0, sizeof(*named));
	return row->stack ? namer__stack(v->namer, row->stack, named) : 0;
}

static int json_row(const struct shootdown_view *v, struct table *t, const struct call_group *g)
{
	struct named_stack named;
	int err = name_row(v, g->row, &named);

	if (err || table__add_row(t) < 0)
		return -ENOMEM;
	if (call_pid(g->row) && g->processes == 1)
		table__set_u64(t, "pid", call_pid(g->row));
	table__set_u64(t, "processes", g->processes);
	err = table__set_str(t, "comm", call_comm(g->row));
	if (!err)
		err = call_name_cells(t, g->row->call, g->row->detail);
	if (!err)
		err = call_cells(v, t, g->row->call, &g->counts, NULL, NULL);
	if (v->unwound && g->row->stack) {
		table__unset(t, "refaults");
		table__unset(t, "refault_ns");
	}
	return err ? err : stack_cells(t, &named);
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

static int line(struct table *t, const struct stack_numbers *n, const char *text)
{
	const struct {
		const char *key;
		const char *text;
	} cells[] = {
		{ "count", n->count }, { "errors", n->errors },	  { "errnos", n->errnos },
		{ "sent", n->sent },   { "interrupts", n->ipis }, { "stolen", n->stolen },
		{ "time", n->time },   { "max", n->max },	  { "stack", text },
	};
	int err = table__add_row(t) < 0 ? -ENOMEM : 0;

	for (size_t i = 0; i < ARRAY_SIZE(cells) && !err; i++)
		err = table__set_str(t, cells[i].key, cells[i].text);
	return err;
}

static int frame_line(void *ctx, const char *frame)
{
	static const struct stack_numbers nothing;
	char indented[FRAME_TEXT_LEN + 2];

	snprintf(indented, sizeof(indented), "  %s", frame);
	return line(ctx, &nothing, indented);
}

static int head_line(const struct shootdown_view *v, struct table *t, const struct call_group *g)
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
	return line(t, &n, text);
}

static int text_row(const struct shootdown_view *v, struct table *t, const struct call_group *g)
{
	struct named_stack named;
	int err = name_row(v, g->row, &named);

	if (!err)
		err = head_line(v, t, g);
	return err ? err : stack_each_line(&named, v->all_frames ? 0 : FRAMES_SHOWN, frame_line, t);
}

static int text_rows(const struct shootdown_view *v, struct table *t, const struct call_groups *g)
{
	const size_t shown = v->limit && g->nr > v->limit ? v->limit : g->nr;
	int err = 0;

	for (size_t i = 0; i < shown && !err; i++)
		err = text_row(v, t, &g->list[i]);
	if (!err && shown)
		err = table__set_title(t, "Memory calls by stack\n");
	if (err || shown == g->nr)
		return err;
	return call_groups__tell_rest(g, shown, t);
}

int shootdown_stacks__make(const struct shootdown_doc *d)
{
	struct table *text = run_view__add(d->document, &text_table);
	struct table *rows = run_view__add(d->document, &json_table);
	struct call_groups g = {};
	int err;

	if (!text || !rows)
		return -ENOMEM;
	err = call_groups__make(&g, d, SHOOTDOWN_BY_STACK, false);
	for (size_t i = 0; i < g.nr && !err && !d->view->stacks_as_text; i++)
		err = json_row(d->view, rows, &g.list[i]);
	if (!err && d->view->stacks_as_text)
		err = text_rows(d->view, text, &g);
	call_groups__free(&g);
	return err;
}

void shootdown_stacks__say(const struct shootdown_doc *d, const struct call_row *row, FILE *f)
{
	struct named_stack named;
	char text[FRAME_TEXT_LEN];

	if (name_row(d->view, row, &named) || !named.nr_user)
		return;
	/* the innermost function is libc's for the system call: who called it is the news */
	frame_text(&named.user[named.nr_user > 1], text);
	fprintf(f, " by %s", text);
}
