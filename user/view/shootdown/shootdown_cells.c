// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_cells.c - fill the cells of sums of calls in JSON and CSV. */
#include <stdio.h>

#include "model/names.h"
#include "util/str.h"
#include "view/common/stat_cells.h"
#include "view/shootdown/shootdown_parts.h"

static const struct column time_columns[] = {
	{ .key = "sum", .type = CELL_U64 },
	{ .key = "max", .type = CELL_U64 },
	{ .key = "p50", .type = CELL_U64 },
	{ .key = "p99", .type = CELL_U64 },
};
static const struct column latency_columns[] = {
	{ .key = "sum", .type = CELL_U64, .unit = UNIT_NS, .sample = "time" },
	{ .key = "max", .type = CELL_U64 },
	{ .key = "p50", .type = CELL_U64 },
	{ .key = "p99", .type = CELL_U64 },
};
const struct table_def call_latency_table = OBJECT_DEF("latency_ns", latency_columns);
const struct table_def call_delay_table = OBJECT_DEF("ipi_delay_ns", time_columns);

static const struct column flush_columns[] = {
	{ .key = "local", .type = CELL_U64 },
	{ .key = "remote", .type = CELL_U64, .sample = "sent" },
	{ .key = "full", .type = CELL_U64 },
};
const struct table_def call_flush_table = OBJECT_DEF("flushes", flush_columns);

static const struct column wx_columns[] = {
	{ .key = "both", .type = CELL_U64 },
	{ .key = "flips", .type = CELL_U64 },
};
const struct table_def call_wx_table = OBJECT_DEF("wx", wx_columns);

static const struct column errno_columns[] = {
#define ERRNO_COLUMN(name, number) { .key = #name, .type = CELL_U64 },
	VS_EACH_ERRNO(ERRNO_COLUMN)
#undef ERRNO_COLUMN
		{ .key = "other", .type = CELL_U64 },
};
const struct table_def call_errnos_table = OBJECT_DEF("errnos", errno_columns);

/** known_errnos - number of failed calls whose errno is counted; 0 for an older recording. */
static uint64_t known_errnos(const struct vs_call_counts *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < VS_NR_ERRNOS; i++)
		sum += c->failed[i];
	return sum;
}

/** commonest - the most frequent errno of @c that is not in @done; VS_NR_ERRNOS: none is left. */
static int commonest(const struct vs_call_counts *c, uint32_t done)
{
	int best = VS_NR_ERRNOS;

	for (int i = 0; i < VS_NR_ERRNOS; i++)
		if (c->failed[i] && !(done & 1u << i) &&
		    (best == VS_NR_ERRNOS || c->failed[i] > c->failed[best]))
			best = i;
	return best;
}

void call_errnos_cell(struct table *t, const struct vs_call_counts *c)
{
	const bool one = c->failed[commonest(c, 0) & (VS_NR_ERRNOS - 1)] == c->errors;
	uint32_t done = 0;
	char text[64];
	size_t len = 0;
	int i;

	while ((i = commonest(c, done)) < VS_NR_ERRNOS && len < sizeof(text)) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%s%s",
					done ? ", " : "", errno_names[i], one ? "" : " ",
					one ? "" : str_count(c->failed[i]).text);
		done |= 1u << i;
	}
	table__set_str(t, "errnos", done ? text : NULL);
}

static void errno_cells(struct table *t, const struct vs_call_counts *c)
{
	struct table *errnos;

	if (!c->errors || known_errnos(c) != c->errors)
		return;
	errnos = table__sub(t, &call_errnos_table);
	for (int i = 0; i < VS_NR_ERRNOS; i++)
		table__set_u64(errnos, errno_names[i], c->failed[i]);
}

void call_name_cells(struct table *t, uint32_t call, uint32_t detail)
{
	table__set_str(t, "call", call < VS_NR_CALLS ? call_names[call] : "overflow");
	if (call == VS_CALL_MMAP)
		table__set_bool(t, "fixed", detail == VS_MMAP_FIXED);
	if (call_has_advice(call))
		table__set_str(t, "advice", advice_name(detail));
}

double call_targets(const struct shootdown_view *v, const struct vs_call_counts *c)
{
	const uint64_t sent = c->flush[VS_FLUSH_REMOTE];

	return v->flushes_known && v->interrupts_known && sent ? (double)c->received / sent : -1;
}

static void time_object(struct table *parent, const struct table_def *def, uint64_t sum_ns,
			uint64_t max_ns, const struct vs_hist *hist)
{
	struct table *t = table__sub(parent, def);

	table__set_u64(t, "sum", sum_ns);
	/* the maximum of what was not moved to a stack may be unknown */
	if (max_ns || !sum_ns)
		table__set_u64(t, "max", max_ns);
	if (!hist || !hist__count(hist))
		return;
	table__set_u64(t, "p50", latency_quantile(hist, 0.5));
	table__set_u64(t, "p99", latency_quantile(hist, 0.99));
}

/** followed_cells - cells of calls whose entry and exit are traced. */
static void followed_cells(struct table *t, const struct vs_call_counts *c,
			   const struct vs_hist *latency)
{
	const struct time_waits waits = time_waits__of_calls(c);
	struct table *wx;

	table__set_u64(t, "errors", c->errors);
	errno_cells(t, c);
	table__set_u64(t, "bytes", c->bytes);
	table__set_u64(t, "splits_unknown", c->splits_unknown);
	if (!c->splits_unknown) {
		table__set_u64(t, "splits", c->splits);
		table__set_u64(t, "merges", c->merges);
	}
	wx = table__sub(t, &call_wx_table);
	table__set_u64(wx, "both", c->wx_both);
	table__set_u64(wx, "flips", c->wx_flip);
	/* exit has none, as it does not return */
	if (!c->latency_ns)
		return;
	time_object(t, &call_latency_table, c->latency_ns, c->latency_max_ns, latency);
	time_cell(t, time_split__of_calls(c));
	waits_cell(t, time_split__of_calls(c), &waits);
}

static void flush_cells(struct table *t, const struct vs_call_counts *c)
{
	struct table *flushes = table__sub(t, &call_flush_table);

	table__set_u64(flushes, "local", c->flush[VS_FLUSH_LOCAL]);
	table__set_u64(flushes, "remote", c->flush[VS_FLUSH_REMOTE]);
	table__set_u64(flushes, "full", c->full);
	table__set_u64(t, "pages", c->pages);
}

static void interrupt_cells(struct table *t, const struct vs_call_counts *c,
			    const struct vs_hist *delay)
{
	table__set_u64(t, "interrupts", c->received);
	table__set_u64(t, "stolen_ns", c->stolen_ns);
	if (c->received)
		time_object(t, &call_delay_table, c->delay_ns, c->delay_max_ns, delay);
}

/* Kernel-initiated faults have no duration: of these alone, the time is unknown. */
void refault_time_cell(struct table *t, const char *key, const struct vs_call_counts *c)
{
	if (c->refault_ns || !c->refaults)
		table__set_u64(t, key, c->refault_ns);
}

void call_cells(const struct shootdown_view *v, struct table *t, uint32_t call,
		const struct vs_call_counts *c, const struct vs_hist *latency,
		const struct vs_hist *delay)
{
	const double targets = call_targets(v, c);

	table__set_u64(t, "count", c->count);
	table__set_u64(t, "refaults", c->refaults);
	refault_time_cell(t, "refault_ns", c);
	if (v->calls_known && call_is_followed(call))
		followed_cells(t, c, latency);
	if (v->flushes_known)
		flush_cells(t, c);
	if (v->interrupts_known)
		interrupt_cells(t, c, delay);
	if (targets >= 0)
		table__set_f64(t, "targets_per_call", targets);
}

void call_stack_cells(const struct shootdown_view *v, struct table *t, const struct call_row *row,
		      const struct vs_call_counts *c)
{
	call_name_cells(t, row->call, row->detail);
	call_cells(v, t, row->call, c, NULL, NULL);
	/* refaults are not counted by stack if stacks are unwound in user space */
	if (v->unwound && row->stack) {
		table__unset(t, "refaults");
		table__unset(t, "refault_ns");
	}
}

void call_text_cells(const struct shootdown_view *v, struct table *t, const struct call_row *row,
		     const struct vs_call_counts *c)
{
	const struct time_waits waits = time_waits__of_calls(c);
	char label[CALL_LABEL_LEN];

	table__set_u64(t, "count", c->count);
	table__set_u64(t, "errors", c->errors);
	call_errnos_cell(t, c);
	if (v->interrupts_known) {
		table__set_u64(t, "interrupts", c->received);
		table__set_u64(t, "stolen_ns", c->stolen_ns);
	}
	if (c->latency_ns) {
		table__set_u64(t, "sum_ns", c->latency_ns);
		reason_cell(t, time_split__of_calls(c), &waits);
	}
	waited_cell(t, time_split__of_calls(c));
	if (c->latency_max_ns)
		table__set_u64(t, "max_ns", c->latency_max_ns);
	call_label(label, sizeof(label), row->call, row->detail);
	table__set_str(t, "call", label);
}
