/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_cells.h - the cells of every row of counts: counts, causes, latencies.
 */
#ifndef VMASCOPE_VIEW_COMMON_STAT_CELLS_H
#define VMASCOPE_VIEW_COMMON_STAT_CELLS_H

#include "model/model.h"
#include "table/rows.h"
#include "view/common/figure_cells.h"

/** Columns of plain counts in JSON objects, filled by counts_cells(). */
#define JSON_COUNT_COLUMNS                                                                         \
	{ .key = "faults", .type = CELL_U64 }, { .key = "minor", .type = CELL_U64 },               \
		{ .key = "major", .type = CELL_U64 }, { .key = "incomplete", .type = CELL_U64 },   \
		{ .key = "handled", .type = CELL_U64 }, { .key = "gup", .type = CELL_U64 },        \
		{ .key = "read", .type = CELL_U64 }, { .key = "write", .type = CELL_U64 },         \
		{ .key = "exec", .type = CELL_U64 }, { .key = "kernel", .type = CELL_U64 },        \
		VS_EACH_FIGURE(FIGURE_COUNT_COLUMN){ .key = "sizes", .type = CELL_TABLE },         \
		{ .key = "causes", .type = CELL_TABLE }, TIME_COLUMN, WAITS_COLUMN,                \
	{                                                                                          \
		.key = "latency_ns", .type = CELL_TABLE                                            \
	}

/** counts_cells - fill faults, minor, major, incomplete, handled, gup, read, write, exec, kernel. */
void counts_cells(struct table *t, const struct vs_counts *c);

/**
 * counts_tables - fill figures, sizes, causes, time_ns and latency_ns of a row of JSON_COUNT_COLUMNS
 * @hist: latencies; NULL: quantiles are unknown
 */
void counts_tables(struct table *t, const struct vs_counts *c, const struct vs_hist *hist);

/** perms_cell - fill perms. */
void perms_cell(struct table *t, uint64_t vm_flags);

/** quantile_cells - fill p50_ns to p999_ns of the last row; @hist is not empty. */
void quantile_cells(struct table *t, const struct vs_hist *hist);

/** latency_cells - fill p50_ns to p999_ns, max_ns and sum_ns of the last row. */
void latency_cells(struct table *t, const struct vs_hist *hist);

/** latency_quantile - quantile @q; never above the maximum latency, which is known exactly. */
uint64_t latency_quantile(const struct vs_hist *hist, double q);

/** process_latency - latencies of all causes, since the start or in the interval. */
void process_latency(const struct process *p, bool interval, struct vs_hist *sum);

#endif /* VMASCOPE_VIEW_COMMON_STAT_CELLS_H */
