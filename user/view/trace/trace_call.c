// SPDX-License-Identifier: GPL-2.0-only
/* trace_call.c - a row for each memory call: its arguments, result and cost. */
#include <inttypes.h>

#include "model/names.h"
#include "util/errno_name.h"
#include "util/str.h"
#include "view/common/stat_cells.h"
#include "view/common/words.h"
#include "view/trace/call_args.h"
#include "view/trace/trace_parts.h"

/* clang-format off */
static const struct column flushes_columns[] = {
	{.key = "local", .type = CELL_U64},
	{.key = "remote", .type = CELL_U64},
	{.key = "full", .type = CELL_U64},
};
static const struct table_def flushes_table = OBJECT_DEF("flushes", flushes_columns);

static const struct column vmas_columns[] = {
	{.key = "start", .type = CELL_HEX},
	{.key = "end", .type = CELL_HEX},
	{.key = "perms", .type = CELL_STR},
	{.key = "prot_after", .type = CELL_STR},
	{.key = "name", .type = CELL_STR},
};
static const struct table_def vmas_table = TABLE_DEF("vmas", vmas_columns);

static const struct column code_columns[] = {
	{.key = "name", .type = CELL_STR},
	{.key = "offset", .type = CELL_U64, .unit = UNIT_BYTES},
};
static const struct table_def code_table = OBJECT_DEF("code", code_columns);

static const struct column call_columns[] = {
	TRACE_WHO_COLUMNS(true),
	{.key = "id", .type = CELL_U64},
	{.key = "call", .type = CELL_STR},
	{.key = "advice", .type = CELL_STR},
	{.key = "start", .type = CELL_HEX},
	{.key = "length", .type = CELL_U64, .unit = UNIT_BYTES},
	{.key = "argument", .type = CELL_U64},
	{.key = "flags", .type = CELL_U64},
	{.key = "result", .type = CELL_I64},
	{.key = "errno", .type = CELL_STR},
	TRACE_TOOK_COLUMN("duration_ns"),
	{.key = "runqueue_ns", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "blocked_ns", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "unsplit_ns", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "ip", .type = CELL_HEX},
	{.key = "site", .type = CELL_HEX},
	{.key = "code", .type = CELL_TABLE, .object = &code_table},
	{.key = "prot", .type = CELL_STR},
	{.key = "flushes", .type = CELL_TABLE, .object = &flushes_table},
	{.key = "pages", .type = CELL_U64},
	{.key = "interrupts", .type = CELL_U64},
	{.key = "map_before", .type = CELL_U64},
	{.key = "map_after", .type = CELL_U64},
	{.key = "wx", .type = CELL_STR},
	{.key = "vmas", .type = CELL_TABLE},
	TRACE_STACK_COLUMNS,
	TRACE_EVENT_COLUMN("EVENT"),
};
/* clang-format on */

const struct table_def trace_call_table = TABLE_DEF("memcalls", call_columns);

/**
 * struct wx_words - descriptions of what a call did to W^X (memory is writable or executable, not
 * both)
 */
struct wx_words {
	uint32_t bit;
	const char *name;
	const char *text;
};

static const struct wx_words wx_words[] = {
	{ VS_WX_BOTH, "both", "writable and executable" },
	{ VS_WX_FLIP, "flip", "writable made executable" },
	{},
};

static const struct wx_words *wx_of(const struct vs_event_call *e)
{
	const struct wx_words *w = wx_words;

	while (w->bit && !(e->wx & w->bit))
		w++;
	return w;
}

/* --- cells --------------------------------------------------------------------------------- */

/** argument_cells - the arguments that the call has, and its result. */
static void argument_cells(struct table *t, const struct vs_event_call *e)
{
	static const char *const keys[NR_CALL_ARGS] = {
		[CALL_ARG_START] = "start",
		[CALL_ARG_LENGTH] = "length",
		[CALL_ARG_OTHER] = "argument",
		[CALL_ARG_FLAGS] = "flags",
	};
	uint64_t value;

	for (int i = 0; i < NR_CALL_ARGS; i++)
		if (call_arg(e, i, &value))
			table__set_u64(t, keys[i], value);
	if (call_returns(e))
		table__set_i64(t, "result", e->result);
	if (call_errno(e))
		table__set_str(t, "errno", errno_name(call_errno(e)));
}

static void prot_cell(struct table *t, const char *key, const struct vs_event_call *e)
{
	char text[4];

	prot_text(e->argument[2], text);
	table__set_str(t, key, text);
}

static void flushes_cell(struct table *t, const struct trace_call *call)
{
	const struct vs_event_call *e = call->event;
	struct table *flushes;

	if (call->interrupts_known)
		table__set_u64(t, "interrupts", e->queued);
	if (!call->flushes_known)
		return;
	table__set_u64(t, "pages", e->pages);
	if (!trace_has_objects(t))
		return;
	flushes = table__sub(t, &flushes_table);
	table__set_u64(flushes, "local", e->flush[VS_FLUSH_LOCAL]);
	table__set_u64(flushes, "remote", e->flush[VS_FLUSH_REMOTE]);
	table__set_u64(flushes, "full", e->full);
}

static void vmas_cell(struct table *t, const struct trace_call *call)
{
	const struct vs_event_call *e = call->event;
	const bool changed = call_sets_prot(e) && e->call != VS_CALL_MMAP && !call_failed(e);
	struct table *vmas;

	if (t->no_json)
		return;
	vmas = table__sub(t, &vmas_table);
	for (uint32_t i = 0; i < e->nr_vmas && i < VS_CALL_VMAS; i++) {
		table__add_row(vmas);
		table__set_u64(vmas, "start", e->vma[i].start);
		table__set_u64(vmas, "end", e->vma[i].end);
		perms_cell(vmas, e->vma[i].flags);
		if (changed)
			prot_cell(vmas, "prot_after", e);
		if (call->vmas[i])
			table__set_str(vmas, "name", call->vmas[i]->name);
	}
}

/** called_from - the return address, or the address of the system call if that is unknown. */
static uint64_t called_from(const struct vs_event_call *e)
{
	return e->site ? e->site : e->ip;
}

static uint64_t code_offset(const struct trace_call *call)
{
	const struct vs_vma_info *vma = &call->code->vma;
	const uint64_t in_vma = called_from(call->event) - vma->start;

	return vma->name_kind == VS_NAME_FILE ? in_vma + vma->key.pgoff * 4096 : in_vma;
}

static void code_cell(struct table *t, const struct trace_call *call)
{
	struct table *code;

	if (!call->code || !trace_has_objects(t))
		return;
	code = table__sub(t, &code_table);
	table__set_u64(code, "offset", code_offset(call));
	table__set_str(code, "name", call->code->name);
}

/* --- words --------------------------------------------------------------------------------- */

static void say_vmas(FILE *f, const struct vs_event_call *e, const struct fault_row *first)
{
	if (!first)
		return;
	fprintf(f, ", %s", str_last_part(first->name));
	if (e->nr_vmas > 1)
		fprintf(f, " and %u%s more", e->nr_vmas - 1, e->nr_vmas == VS_CALL_VMAS ? "+" : "");
}

static void say_flushes(FILE *f, const struct vs_event_call *e)
{
	if (e->full)
		fprintf(f, ", flushed all");
	else if (e->pages)
		fprintf(f, ", flushed %" PRIu64 " page%s", (uint64_t)e->pages,
			str_plural(e->pages));
	if (e->queued)
		fprintf(f, ", %u IPI%s", e->queued, str_plural(e->queued));
}

/** say_maps - report split and merged VMAs; new images and new maps were reported already. */
static void say_maps(FILE *f, const struct vs_event_call *e)
{
	if (vs_call_in(e->call, VS_CALLS_IN_PLACE) && e->map_after && e->map_before != e->map_after)
		fprintf(f, ", %u->%u VMAs", e->map_before, e->map_after);
}

static void say_code(FILE *f, const struct trace_call *call)
{
	if (call->code)
		fprintf(f, ", from %s+0x%" PRIx64, str_last_part(call->code->name),
			code_offset(call));
	else if (called_from(call->event))
		fprintf(f, ", from %" PRIx64, called_from(call->event));
}

/** words_cell - the call, followed by details in order of importance, as a line may be cut. */
static void words_cell(struct table *t, const struct trace_call *call)
{
	const struct vs_event_call *e = call->event;
	char waits[WAITS_TEXT_LEN];
	struct words w;

	if (t->no_text || !words__open(&w, t))
		return;
	fprintf(w.file, "#%" PRIu64 " ", (uint64_t)e->id);
	call_print(w.file, e);
	fputs(waits_text(waits, time_split__of_call(e)), w.file);
	say_vmas(w.file, e, e->nr_vmas ? call->vmas[0] : NULL);
	say_flushes(w.file, e);
	if (e->wx)
		fprintf(w.file, ", %s", wx_of(e)->text);
	say_maps(w.file, e);
	say_code(w.file, call);
	words__cell(&w, "event");
}

void trace_call_row(struct table *t, const struct trace_call *call, const struct trace_clock *clock)
{
	const struct vs_event_call *e = call->event;
	const struct trace_who who = { "memcall", e->comm, e->pid, e->tid };

	trace_begin(t, &e->head, &who, clock);
	table__set_u64(t, "id", e->id);
	table__set_u64(t, "map_before", e->map_before);
	if (e->map_after)
		table__set_u64(t, "map_after", e->map_after);
	if (call_returns(e)) {
		table__set_u64(t, "duration_ns", e->duration_ns);
		table__set_u64(t, "unsplit_ns", e->unsplit_ns);
	}
	if (call_returns(e) && !e->unsplit_ns) {
		table__set_u64(t, "runqueue_ns", e->runqueue_ns);
		table__set_u64(t, "blocked_ns", e->blocked_ns);
	}
	if (e->ip)
		table__set_u64(t, "ip", e->ip);
	if (e->site)
		table__set_u64(t, "site", e->site);
	table__set_str(t, "call", e->call < VS_NR_CALLS ? call_names[e->call] : NULL);
	if (call_has_advice(e->call))
		table__set_str(t, "advice", advice_name(e->detail));
	if (call_sets_prot(e))
		prot_cell(t, "prot", e);
	table__set_str(t, "wx", wx_of(e)->name);
	argument_cells(t, e);
	flushes_cell(t, call);
	code_cell(t, call);
	vmas_cell(t, call);
	words_cell(t, call);
}
