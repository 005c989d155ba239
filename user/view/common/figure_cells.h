/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figure_cells.h - columns and cells for the figures of faults (bpf/figures.h).
 */
#ifndef VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H
#define VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H

#include "model/figures.h"
#include "table/rows.h"

/* A figure without a heading is only in JSON objects, and in no table that is shown as text. */
#define FIGURE_HAS_HEAD(head) (sizeof(head) > 1)
#define FIGURE_HEAD(head) (FIGURE_HAS_HEAD(head) ? (head) : NULL)

/** FIGURE_KEY_COLUMN - for VS_EACH_FIGURE: a column that is in JSON and CSV, but not in text */
#define FIGURE_KEY_COLUMN(member, bits, how, key_, head_, unit_, ...)                              \
	{ .key = (key_), .type = CELL_U64, .unit = UNIT_##unit_ },

/** FIGURE_COLUMN - a column of a stream, with its heading, as wide as its widest cell */
#define FIGURE_COLUMN(member, bits, how, key_, head_, unit_, ...)                                  \
	{ .key = (key_), .head = FIGURE_HEAD(head_), .type = CELL_U64, .unit = UNIT_##unit_ },

/** AND_FIGURE_COLUMN - a further column of a table of groups, omitted if it is empty */
#define AND_FIGURE_COLUMN(member, bits, how, key_, head_, unit_, ...)                              \
	,                                                                                          \
	{                                                                                          \
		.key = (key_), .head = FIGURE_HEAD(head_), .type = CELL_U64, .unit = UNIT_##unit_, \
		.optional = true, .text_only = !FIGURE_HAS_HEAD(head_)                             \
	}

/** figure_cells - set the figures of all faults in @c; the maximum of no faults is unknown. */
void figure_cells(struct table *t, const struct vs_counts *c);

/** figure_cells_of_fault - set the figures of one fault. */
void figure_cells_of_fault(struct table *t, const struct vs_event_fault *e);

#endif /* VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H */
