/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_cells.h - the cells that every row of counts has: counts, causes, latencies.
 */
#ifndef VMASCOPE_VIEW_COMMON_STAT_CELLS_H
#define VMASCOPE_VIEW_COMMON_STAT_CELLS_H

#include "model/model.h"
#include "table/rows.h"
#include "view/common/figure_cells.h"

/** Columns of plain counts in JSON objects; counts_cells() fills them. */
#define JSON_COUNT_COLUMNS                                                                         \
	{ .key = "faults", .type = CELL_U64 }, { .key = "minor", .type = CELL_U64 },               \
		{ .key = "major", .type = CELL_U64 }, { .key = "incomplete", .type = CELL_U64 },   \
		{ .key = "handled", .type = CELL_U64 }, { .key = "gup", .type = CELL_U64 },        \
		{ .key = "read", .type = CELL_U64 }, { .key = "write", .type = CELL_U64 },         \
		{ .key = "exec", .type = CELL_U64 }, { .key = "kernel", .type = CELL_U64 },        \
		VS_EACH_FIGURE(FIGURE_KEY_COLUMN){ .key = "sizes", .type = CELL_TABLE },           \
		{ .key = "causes", .type = CELL_TABLE },                                           \
	{                                                                                          \
		.key = "latency_ns", .type = CELL_TABLE                                            \
	}

/** counts_cells - fill faults, minor, major, incomplete, handled, gup, read, write, exec, kernel. */
void counts_cells(struct table *t, const struct vs_counts *c);

/**
 * counts_tables - fill figures, sizes, causes and latency_ns of a row of JSON_COUNT_COLUMNS
 * @hist: latencies; NULL: quantiles are not known
 */
void counts_tables(struct table *t, const struct vs_counts *c, const struct vs_hist *hist);

/** perms_cell - fill perms. */
void perms_cell(struct table *t, uint64_t vm_flags);

/** quantile_cells - fill p50_ns to p999_ns of the last row; @hist has some. */
void quantile_cells(struct table *t, const struct vs_hist *hist);

/** latency_cells - fill p50_ns to p999_ns, max_ns and sum_ns of the last row. */
void latency_cells(struct table *t, const struct vs_hist *hist);

/** latency_quantile - of a share @q; never above the greatest latency seen, which is known exactly. */
uint64_t latency_quantile(const struct vs_hist *hist, double q);

/** process_latency - of all causes, since the start or in the interval. */
void process_latency(const struct process *p, bool interval, struct vs_hist *sum);

#endif /* VMASCOPE_VIEW_COMMON_STAT_CELLS_H */
