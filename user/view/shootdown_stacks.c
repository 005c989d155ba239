// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_stacks.c - who made which call: rows by stack. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/str.h"
#include "view/shootdown_groups.h"
#include "view/shootdown_parts.h"
#include "view/stack_cells.h"

#define COLUMNS(c) .columns = (c), .nr_columns = sizeof(c) / sizeof(*(c))

/** Frames of one stack in text, unless all are asked for. */
#define FRAMES_SHOWN 16

/* clang-format off */
static const struct column json_columns[] = {
	{.key = "pid", .type = CELL_U64},
	{.key = "comm", .type = CELL_STR},
	CALL_NAME_COLUMNS,
	CALL_COUNT_COLUMNS,
	STACK_COLUMNS,
};
/* Texts, as most lines are of frames, and have no numbers. */
static const struct column text_columns[] = {
	{.key = "count", .head = "CALLS", .type = CELL_STR},
	{.key = "sent", .head = "SENT", .type = CELL_STR},
	{.key = "interrupts", .head = "IPIS", .type = CELL_STR},
	{.key = "stolen", .head = "STOLEN", .type = CELL_STR},
	{.key = "stack", .head = "CALL", .type = CELL_STR, .keep_start = true},
};
/* clang-format on */

static const struct table_def json_table = { .key = "stacks", COLUMNS(json_columns) };
static const struct table_def text_table = { .key = "rows",
					     .text_only = true,
					     COLUMNS(text_columns) };

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
	if (call_pid(g->row))
		table__set_u64(t, "pid", call_pid(g->row));
	err = table__set_str(t, "comm", call_comm(g->row));
	if (!err)
		err = call_name_cells(t, g->row->call, g->row->detail);
	if (!err)
		err = call_cells(v, t, g->row->call, &g->counts, NULL, NULL);
	return err ? err : stack_cells(t, &named);
}

/* --- text ---------------------------------------------------------------------------------- */

static int line(struct table *t, const char *const numbers[4], const char *text)
{
	int err;

	if (table__add_row(t) < 0)
		return -ENOMEM;
	err = table__set_str(t, "count", numbers[0]);
	if (!err)
		err = table__set_str(t, "sent", numbers[1]);
	if (!err)
		err = table__set_str(t, "interrupts", numbers[2]);
	if (!err)
		err = table__set_str(t, "stolen", numbers[3]);
	return err ? err : table__set_str(t, "stack", text);
}

static int frame_line(void *ctx, const char *frame)
{
	static const char *const nothing[4] = { "", "", "", "" };
	char indented[FRAME_TEXT_LEN + 2];

	snprintf(indented, sizeof(indented), "  %s", frame);
	return line(ctx, nothing, indented);
}

static int head_line(const struct shootdown_view *v, struct table *t, const struct call_group *g)
{
	char count[STR_NUMBER_LEN], sent[STR_NUMBER_LEN] = "-", ipis[STR_NUMBER_LEN] = "-";
	char stolen[STR_NUMBER_LEN] = "-", label[CALL_LABEL_LEN], text[CALL_LABEL_LEN + 64];
	const char *const numbers[4] = { count, sent, ipis, stolen };

	str_format_count(count, sizeof(count), g->counts.count);
	if (v->flushes_known)
		str_format_count(sent, sizeof(sent), g->counts.flush[VS_FLUSH_REMOTE]);
	if (v->interrupts_known) {
		str_format_count(ipis, sizeof(ipis), g->counts.received);
		str_format_ns(stolen, sizeof(stolen), g->counts.stolen_ns);
	}
	call_label(label, sizeof(label), g->row->call, g->row->detail);
	snprintf(text, sizeof(text), "%s, %s (%u)", label, call_comm(g->row), call_pid(g->row));
	return line(t, numbers, text);
}

static int text_row(const struct shootdown_view *v, struct table *t, const struct call_group *g)
{
	struct named_stack named;
	int err = name_row(v, g->row, &named);

	if (!err)
		err = head_line(v, t, g);
	return err ? err : stack_each_line(&named, v->all_frames ? 0 : FRAMES_SHOWN, frame_line, t);
}

static bool cost_something(const struct call_group *g)
{
	return g->counts.flush[VS_FLUSH_REMOTE] || g->counts.received;
}

static int text_rows(const struct shootdown_view *v, struct table *t, const struct call_groups *g)
{
	size_t shown = 0, left_out = 0;
	int err = 0;

	for (size_t i = 0; i < g->nr && !err; i++) {
		if (v->limit && (shown == v->limit || !cost_something(&g->list[i]))) {
			left_out++;
			continue;
		}
		err = text_row(v, t, &g->list[i]);
		shown++;
	}
	if (!err && shown)
		err = table__set_title(t, "Whose calls, called by whom\n");
	if (err || !left_out || !shown)
		return err;
	return table__set_footer(t, "and %zu more (--top 0 shows all)", left_out);
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
