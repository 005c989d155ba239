/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figure_cells.h - columns and cells for the figures of faults (bpf/figures.h).
 */
#ifndef VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H
#define VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H

#include "model/figures.h"
#include "model/time_split.h"
#include "table/rows.h"

/* A figure without a heading is only in JSON objects, and in no table that is shown as text. */
#define FIGURE_HAS_HEAD(head) (sizeof(head) > 1)
#define FIGURE_HEAD(head) (FIGURE_HAS_HEAD(head) ? (head) : NULL)

/* A time by reason is shown as any other. */
#define UNIT_WAIT UNIT_NS

/** FIGURE_KEY_COLUMN - for VS_EACH_FIGURE: a column that is in JSON and CSV, but not in text */
#define FIGURE_KEY_COLUMN(member, bits, how, key_, head_, unit_, ...)                              \
	{ .key = (key_), .type = CELL_U64, .unit = UNIT_##unit_ },

/** FIGURE_COUNT_COLUMN - the same in a row of counts, where times are in time_ns */
#define FIGURE_COUNT_COLUMN(member, bits, how, key_, head_, unit_, ...)                            \
	FIGURE_COUNT_COLUMN_##unit_(key_)
#define FIGURE_COUNT_COLUMN_COUNT(key_) { .key = (key_), .type = CELL_U64, .unit = UNIT_COUNT },
#define FIGURE_COUNT_COLUMN_BYTES(key_) { .key = (key_), .type = CELL_U64, .unit = UNIT_BYTES },
#define FIGURE_COUNT_COLUMN_NS(key_)
#define FIGURE_COUNT_COLUMN_WAIT(key_)

/** FIGURE_COLUMN - a column of a stream, with its heading, as wide as its widest cell */
#define FIGURE_COLUMN(member, bits, how, key_, head_, unit_, ...)                                  \
	{ .key = (key_), .head = FIGURE_HEAD(head_), .type = CELL_U64, .unit = UNIT_##unit_ },

/** AND_FIGURE_COLUMN - a further column of a table of groups, omitted if it is empty */
#define AND_FIGURE_COLUMN(member, bits, how, key_, head_, unit_, ...)                              \
	AND_FIGURE_COLUMN_##unit_(key_, head_, unit_)
#define AND_FIGURE_COLUMN_NS(key_, head_, unit_)
#define AND_FIGURE_COLUMN_WAIT(key_, head_, unit_)
#define AND_FIGURE_COLUMN_BYTES(key_, head_, unit_) AND_FIGURE_COLUMN_COUNT(key_, head_, unit_)
#define AND_FIGURE_COLUMN_COUNT(key_, head_, unit_)                                                \
	,                                                                                          \
	{                                                                                          \
		.key = (key_), .head = FIGURE_HEAD(head_), .type = CELL_U64, .unit = UNIT_##unit_, \
		.optional = true, .text_only = !FIGURE_HAS_HEAD(head_)                             \
	}

/** time_table - the time of faults or calls, and its parts */
extern const struct table_def time_table;

/** TIME_COLUMN - its column, an object: filled by time_cell() */
#define TIME_COLUMN                                                                                \
	{                                                                                          \
		.key = "time_ns", .type = CELL_TABLE, .object = &time_table                        \
	}

/** wait_names - keys of the reasons, by enum vs_wait */
extern const char *const wait_names[VS_NR_WAITS];

/** waits_table - the same by reason */
extern const struct table_def waits_table;

/** WAITS_COLUMN - its column, an object: filled by waits_cell() */
#define WAITS_COLUMN                                                                               \
	{                                                                                          \
		.key = "waits", .type = CELL_TABLE, .object = &waits_table                         \
	}

/** REASON_COLUMN - the longest wait, in text: filled by reason_cell() */
#define REASON_COLUMN                                                                              \
	{                                                                                          \
		.key = "reason", .head = "REASON", .type = CELL_STR, .text_only = true,            \
		.optional = true, .spare = true                                                    \
	}

/** WAITED_COLUMN - share of the time that was waiting, in text: filled by waited_cell() */
#define WAITED_COLUMN                                                                              \
	{                                                                                          \
		.key = "waited", .head = "WAITED", .type = CELL_F64, .unit = UNIT_PERCENT,         \
		.text_only = true, .optional = true, .spare = true                                 \
	}

/** time_cell - set time_ns of the last row; parts are unknown if that is so for the whole time. */
void time_cell(struct table *t, struct time_split split);

/** waits_cell - set waits of the last row; other is unknown if the split is. */
void waits_cell(struct table *t, struct time_split split, const struct time_waits *waits);

/** reason_cell - set what the last row waited for longest, if that is more than a tenth of its time. */
void reason_cell(struct table *t, struct time_split split, const struct time_waits *waits);

/** waited_cell - set the share of the last row; unknown without a time. */
void waited_cell(struct table *t, struct time_split split);

/** waited_only_if_relevant - clear the column if no row waited for more than a tenth of its time. */
void waited_only_if_relevant(struct table *t);

/** WAITS_TEXT_LEN - bytes that waits_text() needs at most */
#define WAITS_TEXT_LEN 96

/**
 * waits_text - ", blocked 58us, run queue 11us" if that is more than a tenth of the time; else ""
 * @buf: WAITS_TEXT_LEN bytes
 *
 * Return: @buf.
 */
const char *waits_text(char *buf, struct time_split split);

/**
 * figure_cells - set the figures of all faults in @c, except times; the maximum of no faults is
 *	unknown
 */
void figure_cells(struct table *t, const struct vs_counts *c);

/** figure_cells_of_fault - set the figures of one fault. */
void figure_cells_of_fault(struct table *t, const struct vs_event_fault *e);

#endif /* VMASCOPE_VIEW_COMMON_FIGURE_CELLS_H */
