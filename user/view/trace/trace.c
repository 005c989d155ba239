// SPDX-License-Identifier: GPL-2.0-only
/* trace.c - a row for each fault: time, task, location, access and outcome. */
#include "view/trace/trace.h"

#include <ctype.h>

#include "model/names.h"
#include "util/str.h"
#include "view/common/figure_cells.h"
#include "view/common/owner_cell.h"
#include "view/common/stat_cells.h"
#include "view/common/words.h"
#include "view/trace/trace_parts.h"

/* clang-format off */

/* In text, a fault has either separate columns, or the one of all events; NULL: omitted. */
#define FAULT_COLUMNS(figure_column, kind_head, address_head, where_head, event_head)               \
	TRACE_WHO_COLUMNS(true),                                                                    \
	TRACE_TOOK_COLUMN("duration_ns"),                                                           \
	{.key = "mode", .type = CELL_STR},                                                          \
	{.key = "access", .type = CELL_STR},                                                        \
	{.key = "outcome", .type = CELL_STR},                                                       \
	{.key = "cause", .type = CELL_STR},                                                         \
	{.key = "size", .type = CELL_STR},                                                          \
	VS_EACH_FIGURE(figure_column)                                                               \
	{.key = "kind", .head = (kind_head), .type = CELL_STR, .left = true, .text_only = true,     \
	 .width = 14},                                                                              \
	{.key = "address", .head = (address_head), .type = CELL_HEX, .width = 12},                  \
	{.key = "ip", .type = CELL_HEX},                                                            \
	{.key = "vma", .type = CELL_TABLE},                                                         \
	{.key = "crash", .type = CELL_TABLE},                                                       \
	TRACE_STACK_COLUMNS,                                                                        \
	{.key = "where", .head = (where_head), .type = CELL_STR, .text_only = true},                \
	TRACE_EVENT_COLUMN(event_head)

static const struct column trace_columns[] = {
	FAULT_COLUMNS(FIGURE_COLUMN, "FAULT", "ADDRESS", "VMA", NULL)};
static const struct column mixed_columns[] = {
	FAULT_COLUMNS(FIGURE_KEY_COLUMN, NULL, NULL, NULL, "EVENT"),
	{.key = "after", .type = CELL_U64},
};

static const struct column vma_columns[] = {
	{.key = "start", .type = CELL_HEX},
	{.key = "end", .type = CELL_HEX},
	{.key = "perms", .type = CELL_STR},
	{.key = "name", .type = CELL_STR},
	OWNER_COLUMN,
	{.key = "offset", .type = CELL_U64, .unit = UNIT_BYTES},
};

static const struct column summary_columns[] = {
	{.key = "type", .type = CELL_STR},
	{.key = "events", .type = CELL_U64},
	{.key = "faults", .type = CELL_U64},
	{.key = "memcalls", .type = CELL_U64},
	{.key = "flushes", .type = CELL_U64},
	{.key = "interrupts", .type = CELL_U64},
	{.key = "late", .type = CELL_U64},
	{.key = "lost", .type = CELL_U64},
	{.key = "generated", .type = CELL_U64},
	{.key = "eventless", .type = CELL_U64},
	{.key = "filtered", .type = CELL_U64},
	{.key = "in_flight", .type = CELL_U64},
	{.key = "totals", .type = CELL_TABLE},
};
/* clang-format on */

const struct table_def trace_table = TABLE_DEF("faults", trace_columns);
const struct table_def trace_mixed_table = TABLE_DEF("faults", mixed_columns);
const struct table_def trace_summary_table = TABLE_DEF("summary", summary_columns,
						       .json_only = true);
static const struct table_def vma_table = OBJECT_DEF("vma", vma_columns);

/** file_offset - offset of the address in the file, or from the start of anonymous memory. */
static uint64_t file_offset(const struct vs_event_fault *e, const struct fault_row *row)
{
	uint64_t in_vma = e->address - e->vma_start;

	if (row->vma.name_kind != VS_NAME_FILE)
		return in_vma;
	return in_vma + e->vma_pgoff * 4096;
}

static void vma_cell(struct table *t, const struct vs_event_fault *e, const struct fault_row *row)
{
	struct table *vma = table__sub(t, &vma_table);

	table__set_u64(vma, "start", e->vma_start);
	table__set_u64(vma, "end", e->vma_end);
	table__set_u64(vma, "offset", file_offset(e, row));
	perms_cell(vma, row->vma.key.flags);
	table__set_str(vma, "name", row->name);
	owner_cell(vma, row);
}

static void say_kind(struct text *to, const struct trace_fault *fault)
{
	const struct vs_event_fault *e = fault->event;
	const char access = *access_names[e->access];

	text__putc(to, fault->in_flight ? '~' : "mM!"[e->outcome]);
	text__putc(to, e->origin == VS_ORIGIN_KERNEL ? (char)toupper(access) : access);
	text__putc(to, ' ');
	text__puts(to, cause_names[e->cause]);
}

/** say_reasons - say what a large part of the fault's time was for. */
static void say_reasons(struct text *to, const struct vs_event_fault *e)
{
	const struct time_waits waits = time_waits__of_fault(e);

	for (size_t i = 0; i < VS_WAIT_other; i++) {
		if (waits.ns[i] <= e->duration_ns / 10)
			continue;
		text__puts(to, ", ");
		text__puts(to, wait_names[i]);
		text__puts(to, " ");
		text__puts(to, str_ns(waits.ns[i]).text);
	}
}

/** say_waits - say how long the fault waited, if that was a large part of its time. */
static void say_waits(struct text *to, const struct trace_fault *fault)
{
	char waits[WAITS_TEXT_LEN];

	text__puts(to, waits_text(waits, time_split__of_fault(fault->event)));
	say_reasons(to, fault->event);
}

static void say_where(struct text *to, const struct trace_fault *fault)
{
	const struct fault_row *row = fault->row;

	if (!fault->event->vma_end || !row || !row->is_vma) {
		text__puts(to, "[no VMA]");
		say_waits(to, fault);
		return;
	}
	text__puts(to, fault_row__short(row));
	text__puts(to, "+0x");
	text__hex(to, file_offset(fault->event, row));
	say_waits(to, fault);
}

/** say_mixed - describe the fault in words, and the call that it follows. */
static void say_mixed(struct text *to, const struct trace_fault *fault)
{
	text__puts(to, "fault ");
	say_kind(to, fault);
	text__putc(to, ' ');
	text__hex(to, fault->event->address);
	text__putc(to, ' ');
	if (fault->after) {
		text__puts(to, "after #");
		text__u64(to, fault->after);
		text__puts(to, ", ");
	}
	say_where(to, fault);
}

static void said_cell(struct table *t, const char *key, const struct trace_fault *fault,
		      void (*say)(struct text *to, const struct trace_fault *fault))
{
	struct text text = {};

	say(&text, fault);
	table__set_text(t, key, &text);
	text__free(&text);
}

/** text_cells - fill the columns that text shows. */
static void text_cells(struct table *t, const struct trace_fault *fault)
{
	if (t->no_text)
		return;
	if (t->def != &trace_table) {
		said_cell(t, "event", fault, say_mixed);
		return;
	}
	said_cell(t, "kind", fault, say_kind);
	said_cell(t, "where", fault, say_where);
}

/** crash_cell - JSON has the object, text has the same in words below the line. */
static void crash_cell(struct table *t, const struct crash *crash)
{
	struct words w;

	if (!t->no_json)
		table__set_table(t, "crash", crash_table(crash));
	if (t->no_text || !words__open(&w, t))
		return;
	fputs("  ", w.file);
	crash_print(w.file, crash);
	words__footer(&w);
}

void trace_fault_row(struct table *t, const struct trace_fault *fault,
		     const struct trace_clock *clock)
{
	const struct vs_event_fault *e = fault->event;
	const struct fault_row *row = fault->row;
	const struct trace_who who = { "fault", e->comm, e->pid, e->tid };

	trace_begin(t, &e->head, &who, clock);
	if (e->duration_ns)
		table__set_u64(t, "duration_ns", e->duration_ns);
	table__set_word(t, "mode", origin_names[e->origin]);
	table__set_word(t, "access", access_names[e->access]);
	table__set_word(t, "outcome", fault->in_flight ? "in-flight" : outcome_names[e->outcome]);
	table__set_word(t, "cause", cause_names[e->cause]);
	if (e->mapped)
		table__set_word(t, "size", size_names[e->size]);
	figure_cells_of_fault(t, e);
	/* if a fault began before counting, only its thread is known */
	if (e->duration_ns || !fault->in_flight)
		table__set_u64(t, "address", e->address);
	if (e->ip)
		table__set_u64(t, "ip", e->ip);
	if (fault->after && t->def != &trace_table)
		table__set_u64(t, "after", fault->after);
	text_cells(t, fault);
	if (fault->crash && fault->crash->event)
		crash_cell(t, fault->crash);
	if (!t->no_json && e->vma_end && row && row->is_vma)
		vma_cell(t, e, row);
}
