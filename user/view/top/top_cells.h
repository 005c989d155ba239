/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top_cells.h - what the views of `vmascope top` have in common: rates, and which rows count.
 *
 * This is the one place that knows how a count becomes a rate: what was counted since the mark, by
 * the length of the interval.
 */
#ifndef VMASCOPE_VIEW_TOP_TOP_CELLS_H
#define VMASCOPE_VIEW_TOP_TOP_CELLS_H

#include "view/common/figure_cells.h"
#include "view/top/top.h"

/* A column of counts and one of times, since the start and per second: top_count(), top_time(). */
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
 * The same of the figures of faults (bpf/figures.h), for VS_EACH_FIGURE: a sum per second is a rate,
 * of a time a share; a maximum is what it is.
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
#define TOP_RATE_FIGURE_COUNT(key, head)                                                           \
	TOP_FIGURE_COLUMN(key, head, "/s", CELL_F64, UNIT_PER_SECOND),
#define TOP_RATE_FIGURE_BYTES(key, head) TOP_RATE_FIGURE_COUNT(key, head)

#define TOP_ID_COLUMN                                                                              \
	{                                                                                          \
		.key = "id", .type = CELL_U64                                                      \
	}

/**
 * TOP_TABLES - tables of LIST(count column, time column, column of figures): [0] since the start, [1]
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

/** top_rate - @n as the view has it: per second of the interval, or as it is. */
double top_rate(const struct top_view *v, uint64_t n);

/** top_share - @ns of the interval, or of the run: 1 is all the time of one CPU. */
double top_share(const struct top_view *v, uint64_t ns);

/** top_count - set a cell of the last row under a TOP_TOTAL or TOP_RATE column. */
void top_count(const struct top_view *v, struct table *t, const char *key, uint64_t n);

/** top_time - the same of TOP_TIME and TOP_SHARE. */
void top_time(const struct top_view *v, struct table *t, const char *key, uint64_t ns);

/** top_selected - the row is one that --vma asks for. */
bool top_selected(const struct top_view *v, const struct fault_row *row);

/** top_counts - of a row, since the mark or since the start. */
struct vs_counts top_counts(const struct top_view *v, const struct fault_row *row);

/** top_call_counts - the same of a row of calls. */
struct vs_call_counts top_call_counts(const struct top_view *v, const struct call_row *row);

/** top_call_is_new - cheaply: there may be something to tell of a row; of most rows there is not. */
bool top_call_is_new(const struct top_view *v, const struct call_row *row);

/** top_process_counts - of all rows of a process that are selected. */
struct vs_counts top_process_counts(const struct top_view *v, const struct process *p);

/** top_total - of all that the view selects: a process, VMAs of a name, or all. */
struct vs_counts top_total(const struct top_view *v);

/** top_figures - set the figures of @c under the columns of VS_EACH_FIGURE. */
void top_figures(const struct top_view *v, struct table *t, const struct vs_counts *c);

/** top_average - set the mean latency; it stays unknown where there is none. */
void top_average(struct table *t, const char *key, const struct vs_counts *c);

#endif /* VMASCOPE_VIEW_TOP_TOP_CELLS_H */
