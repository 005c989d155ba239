// SPDX-License-Identifier: GPL-2.0-only
/* top_calls.c - top: a row for each memory call of each process, with its remote cost. */
#include "model/names.h"
#include "view/shootdown/shootdown_parts.h"
#include "view/top/top_cells.h"

/* clang-format off */
#define COLUMNS_OF(COUNT, TIME, FIGURE)                                                            \
	TOP_ID_COLUMN,                                                                             \
	COUNT("count", "CALLS"),                                                                   \
	COUNT("errors", "FAILED", .optional = true, .spare = true),                                \
	{.key = "average_ns", .head = "AVG", .type = CELL_F64, .unit = UNIT_NS},                   \
	COUNT("sent", "SENT"),                                                                     \
	COUNT("full", "FULL", .optional = true, .spare = true),                                    \
	COUNT("pages", "PAGES", .spare = true),                                                    \
	COUNT("interrupts", "IPIS"),                                                               \
	{.key = "delay_ns", .head = "DELAY", .type = CELL_F64, .unit = UNIT_NS},                   \
	TIME("stolen_ns", "STOLEN"),                                                               \
	COUNT("refaults", "REFAULT", .spare = true),                                               \
	{.key = "pid", .head = "PID", .type = CELL_U64},                                           \
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true},                           \
	{.key = "call", .head = "CALL", .type = CELL_STR, .keep_start = true}
/* clang-format on */

TOP_TABLES(calls, COLUMNS_OF);

static void call_cells_of(const struct top_view *v, struct table *t, const struct call_row *row)
{
	const struct vs_call_counts c = top_call_counts(v, row);
	char label[CALL_LABEL_LEN];

	top_count(v, t, "count", c.count);
	top_count(v, t, "errors", c.errors);
	if (c.count && c.latency_ns)
		table__set_f64(t, "average_ns", (double)c.latency_ns / c.count);
	if (v->flushes_known) {
		top_count(v, t, "sent", c.flush[VS_FLUSH_REMOTE]);
		top_count(v, t, "full", c.full);
		top_count(v, t, "pages", c.pages);
	}
	if (v->interrupts_known) {
		top_count(v, t, "interrupts", c.received);
		top_time(v, t, "stolen_ns", c.stolen_ns);
		if (c.received)
			table__set_f64(t, "delay_ns", (double)c.delay_ns / c.received);
	}
	top_count(v, t, "refaults", c.refaults);
	if (call_pid(row))
		table__set_u64(t, "pid", call_pid(row));
	call_label(label, sizeof(label), row->call, row->detail);
	table__set_str(t, "comm", call_comm(row));
	table__set_str(t, "call", label);
}

static bool is_shown(const struct top_view *v, const struct call_row *row)
{
	struct vs_call_counts c;

	if ((v->process && v->process != row->process) || !top_call_is_new(v, row))
		return false;
	c = top_call_counts(v, row);
	return call_counts_any(&c);
}

struct table *top_calls(const struct top_view *v)
{
	const struct shootdown *s = v->shootdown;
	struct table *t = table__new(&calls_tables[v->rates]);

	for (size_t i = 0; i < s->nr_rows; i++) {
		if (!is_shown(v, s->rows[i]))
			continue;
		table__add_row(t);
		table__set_u64(t, "id", (uintptr_t)s->rows[i]);
		call_cells_of(v, t, s->rows[i]);
	}
	return t;
}
