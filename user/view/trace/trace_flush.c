// SPDX-License-Identifier: GPL-2.0-only
/* trace_flush.c - a row for each flush, and for each TLB flush IPI. */
#include <inttypes.h>

#include "model/names.h"
#include "util/str.h"
#include "view/common/words.h"
#include "view/trace/trace_parts.h"

/** Number of pages that means the whole address space. */
#define ALL_PAGES (~0ULL)

/* clang-format off */
static const struct column flush_columns[] = {
	TRACE_WHO_COLUMNS(true),
	{.key = "took", .head = "TOOK", .type = CELL_STR, .text_only = true, .width = 6},
	{.key = "id", .type = CELL_U64},
	{.key = "call", .type = CELL_STR},
	{.key = "kind", .type = CELL_STR},
	{.key = "pages", .type = CELL_U64},
	{.key = "full", .type = CELL_BOOL},
	TRACE_STACK_COLUMNS,
	TRACE_EVENT_COLUMN("EVENT"),
};

static const struct column initiator_columns[] = {
	{.key = "pid", .type = CELL_U64},
	{.key = "tid", .type = CELL_U64},
	{.key = "comm", .type = CELL_STR},
	{.key = "cpu", .type = CELL_U64},
};
static const struct table_def initiator_table = OBJECT_DEF("initiator", initiator_columns);

static const struct column target_columns[] = {
	{.key = "pid", .type = CELL_U64},
	{.key = "tid", .type = CELL_U64},
	{.key = "comm", .type = CELL_STR},
};
static const struct table_def target_table = OBJECT_DEF("target", target_columns);

static const struct column interrupt_columns[] = {
	TRACE_WHO_COLUMNS(false),
	{.key = "id", .type = CELL_U64},
	{.key = "call", .type = CELL_STR},
	{.key = "kind", .type = CELL_STR},
	{.key = "initiator", .type = CELL_TABLE, .object = &initiator_table},
	{.key = "target", .type = CELL_TABLE, .object = &target_table},
	{.key = "sent_ns", .type = CELL_I64, .unit = UNIT_NS},
	{.key = "delay_ns", .type = CELL_U64, .unit = UNIT_NS},
	TRACE_TOOK_COLUMN("stolen_ns"),
	TRACE_EVENT_COLUMN("EVENT"),
};
/* clang-format on */

const struct table_def trace_flush_table = TABLE_DEF("flushes", flush_columns);
const struct table_def trace_interrupt_table = TABLE_DEF("interrupts", interrupt_columns);

static const char *const flush_names[VS_NR_FLUSH] = {
	[VS_FLUSH_LOCAL] = "local",
	[VS_FLUSH_REMOTE] = "remote",
};

static const char *call_name(uint32_t call)
{
	return call < VS_NR_CALLS ? call_names[call] : "?";
}

/** say_owner - print the memory call that it belongs to, indented, or the other cause. */
static void say_owner(FILE *f, uint64_t id, const char *call)
{
	if (id)
		fprintf(f, "#%" PRIu64 "   ", id);
	else if (call)
		fprintf(f, "%s: ", call);
}

/* --- flushes ------------------------------------------------------------------------------- */

static void flush_words(struct table *t, const struct vs_event_flush *e)
{
	struct words w;

	if (t->no_text || !words__open(&w, t))
		return;
	say_owner(w.file, e->id, call_name(e->call));
	fprintf(w.file, "flush %s, ", flush_names[e->flush % VS_NR_FLUSH]);
	if (e->pages == ALL_PAGES)
		fprintf(w.file, "all");
	else
		fprintf(w.file, "%" PRIu64 " page%s%s", (uint64_t)e->pages, str_plural(e->pages),
			e->pages ? "" : ": already done");
	/* its memory call may not be in the stream */
	if (e->id)
		fprintf(w.file, ", %s", call_name(e->call));
	words__cell(&w, "event");
}

void trace_flush_row(struct table *t, const struct vs_event_flush *e,
		     const struct trace_clock *clock)
{
	const struct trace_who who = { "flush", e->comm, e->pid, e->tid };

	trace_begin(t, &e->head, &who, clock);
	if (e->id)
		table__set_u64(t, "id", e->id);
	if (e->pages != ALL_PAGES)
		table__set_u64(t, "pages", e->pages);
	table__set_bool(t, "full", e->pages == ALL_PAGES);
	table__set_str(t, "call", call_name(e->call));
	table__set_word(t, "kind", flush_names[e->flush % VS_NR_FLUSH]);
	table__set_word(t, "took", "");
	flush_words(t, e);
}

/* --- interrupts ---------------------------------------------------------------------------- */

/** delay - from sending to the handler; the clocks of two CPUs may differ slightly. */
static uint64_t delay(const struct vs_event_ipi *e)
{
	return e->head.time_ns > e->sent_ns ? e->head.time_ns - e->sent_ns : 0;
}

/** task_cell - set an object of @def; @cpu: NULL: it has none */
static void task_cell(struct table *t, const struct table_def *def, uint32_t pid, uint32_t tid,
		      const char *comm, const uint32_t *cpu)
{
	struct table *task;

	if (!trace_has_objects(t))
		return;
	task = table__sub(t, def);
	table__set_u64(task, "pid", pid);
	table__set_u64(task, "tid", tid);
	table__set_str(task, "comm", comm);
	if (cpu)
		table__set_u64(task, "cpu", *cpu);
}

/** sender_cells - set what is known about the initiator. */
static void sender_cells(struct table *t, const struct vs_event_ipi *e,
			 const struct trace_clock *clock)
{
	if (!e->sent_ns)
		return;
	if (e->id)
		table__set_u64(t, "id", e->id);
	table__set_i64(t, "sent_ns", trace_time_ns(clock, e->sent_ns));
	table__set_u64(t, "delay_ns", delay(e));
	table__set_str(t, "call", call_name(e->call));
	task_cell(t, &initiator_table, e->from_pid, e->from_tid, e->from_comm, &e->from_cpu);
}

static void say_sender(FILE *f, const struct vs_event_ipi *e)
{
	if (!e->sent_ns) {
		fprintf(f, "interrupted, initiator unknown");
		return;
	}
	say_owner(f, e->id, call_name(e->call));
	fprintf(f, "interrupted by CPU %u after %s", e->from_cpu, str_ns(delay(e)).text);
	if (e->ipi != VS_IPI_USER && e->ipi < VS_NR_IPI)
		fprintf(f, ", %s", ipi_names[e->ipi]);
	fprintf(f, ", %s%s%s %u", e->id ? call_name(e->call) : "", e->id ? " of " : "",
		e->from_comm, e->from_tid);
}

static void interrupt_words(struct table *t, const struct vs_event_ipi *e)
{
	struct words w;

	if (t->no_text || !words__open(&w, t))
		return;
	say_sender(w.file, e);
	words__cell(&w, "event");
}

void trace_interrupt_row(struct table *t, const struct vs_event_ipi *e,
			 const struct trace_clock *clock)
{
	/* only text shows these; the name of the idle task is long */
	const struct trace_who who = { "interrupt", e->to_tid ? e->to_comm : "idle", e->to_pid,
				       e->to_tid };

	trace_begin(t, &e->head, &who, clock);
	table__set_u64(t, "stolen_ns", e->stolen_ns);
	table__set_word(t, "kind", e->ipi < VS_NR_IPI ? ipi_names[e->ipi] : NULL);
	sender_cells(t, e, clock);
	task_cell(t, &target_table, e->to_pid, e->to_tid, e->to_comm, NULL);
	interrupt_words(t, e);
}
