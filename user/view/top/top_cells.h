/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top_cells.h - helpers of the views of `vmascope top`: rates, and selection of rows.
 *
 * Only this code converts a count to a rate: the count since the mark, divided by the length of the
 * interval.
 */
#ifndef VMASCOPE_VIEW_TOP_TOP_CELLS_H
#define VMASCOPE_VIEW_TOP_TOP_CELLS_H

#include "view/common/figure_cells.h"
#include "view/top/top.h"

/* Columns of counts and of times, since the start and per second: top_count(), top_time(). */
#define TOP_TOTAL(k, h, ...)                                                                       \
	{                                                                                          \
		.key = (k), .head = (h), .type = CELL_U64, .unit = UNIT_COUNT, __VA_ARGS__         \
	}
#define TOP_RATE(k, h, ...)                                                                        \
	{                                                                                          \
		.key = (k), .head = h "/s", .type = CELL_F64, .unit = UNIT_PER_SECOND, __VA_ARGS__ \
	}
#define TOP_TIME(k, h, ...)                                                                        \
	{                                                                                          \
		.key = (k), .head = (h), .type = CELL_U64, .unit = UNIT_NS, __VA_ARGS__            \
	}
#define TOP_SHARE(k, h, ...)                                                                       \
	{                                                                                          \
		.key = (k), .head = h "%", .type = CELL_F64, .unit = UNIT_PERCENT, __VA_ARGS__     \
	}
/*
 * The same for the figures of faults (bpf/figures.h), for VS_EACH_FIGURE: a sum becomes a rate, a
 * sum of times a share; a maximum is unchanged.
 */
#define TOP_FIGURE_COLUMN(key_, head_, suffix, type_, unit_)                                       \
	{                                                                                          \
		.key = (key_), .head = FIGURE_HAS_HEAD(head_) ? head_ suffix : NULL,               \
		.type = (type_), .unit = (unit_), .spare = true, .optional = true,                 \
		.text_only = !FIGURE_HAS_HEAD(head_)                                               \
	}
#define TOP_TOTAL_FIGURE(member, bits, how, key, head, unit, ...)                                  \
	TOP_FIGURE_COLUMN(key, head, "", CELL_U64, UNIT_##unit),
#define TOP_RATE_FIGURE(member, bits, how, key, head, unit, ...)                                   \
	TOP_RATE_FIGURE_##how(key, head, unit)
#define TOP_RATE_FIGURE_MAX(key, head, unit)                                                       \
	TOP_FIGURE_COLUMN(key, head, "", CELL_U64, UNIT_##unit),
#define TOP_RATE_FIGURE_SUM(key, head, unit) TOP_RATE_FIGURE_##unit(key, head)
#define TOP_RATE_FIGURE_NS(key, head) TOP_FIGURE_COLUMN(key, head, "%", CELL_F64, UNIT_PERCENT),
#define TOP_RATE_FIGURE_WAIT(key, head) TOP_RATE_FIGURE_NS(key, head)
#define TOP_RATE_FIGURE_COUNT(key, head)                                                           \
	TOP_FIGURE_COLUMN(key, head, "/s", CELL_F64, UNIT_PER_SECOND),
#define TOP_RATE_FIGURE_BYTES(key, head) TOP_RATE_FIGURE_COUNT(key, head)

#define TOP_ID_COLUMN                                                                              \
	{                                                                                          \
		.key = "id", .type = CELL_U64                                                      \
	}

/**
 * TOP_TABLES - tables of LIST(count column, time column, figure column): [0] since the start, [1]
 * per second
 */
#define TOP_TABLES(name, LIST)                                                                     \
	static const struct column name##_totals[] = { LIST(TOP_TOTAL, TOP_TIME,                   \
							    TOP_TOTAL_FIGURE) };                   \
	static const struct column name##_rates[] = { LIST(TOP_RATE, TOP_SHARE,                    \
							   TOP_RATE_FIGURE) };                     \
	static const struct table_def name##_tables[2] = {                                         \
		{ .key = #name,                                                                    \
		  .columns = name##_totals,                                                        \
		  .nr_columns = sizeof(name##_totals) / sizeof(*name##_totals) },                  \
		{ .key = #name,                                                                    \
		  .columns = name##_rates,                                                         \
		  .nr_columns = sizeof(name##_rates) / sizeof(*name##_rates) },                    \
	}

/** top_rate - @n per second of the interval, or unchanged, as the view requires. */
double top_rate(const struct top_view *v, uint64_t n);

/** top_share - @ns as a share of the interval or the run: 1 is the full time of one CPU. */
double top_share(const struct top_view *v, uint64_t ns);

/** top_count - set a cell of the last row in a TOP_TOTAL or TOP_RATE column. */
void top_count(const struct top_view *v, struct table *t, const char *key, uint64_t n);

/** top_time - the same for TOP_TIME and TOP_SHARE. */
void top_time(const struct top_view *v, struct table *t, const char *key, uint64_t ns);

/** top_fault_time - set "fault_ns"; it stays unknown if no latency of these faults is. */
void top_fault_time(const struct top_view *v, struct table *t, const struct vs_counts *c);

/** top_selected - the row is selected by --vma. */
bool top_selected(const struct top_view *v, const struct fault_row *row);

/** top_counts - counts of a row, since the mark or since the start. */
struct vs_counts top_counts(const struct top_view *v, const struct fault_row *row);

/** top_call_counts - the same for a row of calls. */
struct vs_call_counts top_call_counts(const struct top_view *v, const struct call_row *row);

/** top_call_is_new - cheap check whether a row may have something to show; most rows have not. */
bool top_call_is_new(const struct top_view *v, const struct call_row *row);

/** top_process_counts - counts of all selected rows of a process. */
struct vs_counts top_process_counts(const struct top_view *v, const struct process *p);

/** top_total - counts of all that the view selects: a process, VMAs of a name, or all. */
struct vs_counts top_total(const struct top_view *v);

/** top_figures - set the figures of @c under the columns of VS_EACH_FIGURE. */
void top_figures(const struct top_view *v, struct table *t, const struct vs_counts *c);

/** top_average - set the mean latency; it stays unknown if there is none. */
void top_average(struct table *t, const char *key, const struct vs_counts *c);

#endif /* VMASCOPE_VIEW_TOP_TOP_CELLS_H */
