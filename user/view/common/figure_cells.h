/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figure_cells.h - columns and cells of the figures of faults (bpf/figures.h).
 */
#ifndef VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H
#define VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H

#include "model/figures.h"
#include "table/rows.h"

/* A figure without a heading is in JSON objects only, and in no table that text shows. */
#define FIGURE_HAS_HEAD(head) (sizeof(head) > 1)
#define FIGURE_HEAD(head) (FIGURE_HAS_HEAD(head) ? (head) : NULL)

/** FIGURE_KEY_COLUMN - for VS_EACH_FIGURE: a column that JSON and CSV have, and text has not */
#define FIGURE_KEY_COLUMN(member, bits, how, key_, head_, unit_, ...)                              \
	{ .key = (key_), .type = CELL_U64, .unit = UNIT_##unit_ },

/** FIGURE_COLUMN - one of a stream, with its heading, as wide as its cells may get */
#define FIGURE_COLUMN(member, bits, how, key_, head_, unit_, ...)                                  \
	{ .key = (key_), .head = FIGURE_HEAD(head_), .type = CELL_U64, .unit = UNIT_##unit_ },

/** AND_FIGURE_COLUMN - behind others: one of a table of groups, which is left out where it is empty */
#define AND_FIGURE_COLUMN(member, bits, how, key_, head_, unit_, ...)                              \
	,                                                                                          \
	{                                                                                          \
		.key = (key_), .head = FIGURE_HEAD(head_), .type = CELL_U64, .unit = UNIT_##unit_, \
		.optional = true, .text_only = !FIGURE_HAS_HEAD(head_)                             \
	}

/** figure_cells - set the figures of all that @c counts; the greatest one of none is unknown. */
void figure_cells(struct table *t, const struct vs_counts *c);

/** figure_cells_of_fault - set those of one fault. */
void figure_cells_of_fault(struct table *t, const struct vs_event_fault *e);

#endif /* VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H */
