/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace_parts.h - helpers for the rows of `vmascope trace`.
 */
#ifndef VMASCOPE_VIEW_TRACE_TRACE_PARTS_H
#define VMASCOPE_VIEW_TRACE_TRACE_PARTS_H

#include "view/trace/trace.h"

/* clang-format off */

/* The first columns of all tables; @mine: they are in JSON, too. */
#define TRACE_WHO_COLUMNS(mine)                                                                    \
	{.key = "type", .type = CELL_STR},                                                         \
	{.key = "time_ns", .type = CELL_I64, .unit = UNIT_NS},                                     \
	{.key = "time", .head = "TIME", .type = CELL_STR, .text_only = true},                      \
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true, .width = 8,                \
	 .text_only = !(mine)},                                                                    \
	{.key = "pid", .type = CELL_U64, .text_only = !(mine)},                                    \
	{.key = "tid", .head = "TID", .type = CELL_U64, .width = 7, .text_only = !(mine)},         \
	{.key = "cpu", .head = "CPU", .type = CELL_U64, .width = 3}

/* The duration, before the description. */
#define TRACE_TOOK_COLUMN(name)                                                                    \
	{.key = (name), .head = "TOOK", .type = CELL_U64, .unit = UNIT_NS, .width = 6}

/* The call chain; trace_stack() fills it. */
#define TRACE_STACK_COLUMNS                                                                        \
	{.key = "frames", .type = CELL_TABLE}, {.key = "kernel_frames", .type = CELL_TABLE}

/* Description of the event; NULL as @title: not shown. */
#define TRACE_EVENT_COLUMN(title)                                                                  \
	{.key = "event", .head = (title), .type = CELL_STR, .text_only = true, .keep_start = true}

/* clang-format on */

/** struct trace_who - @type of the row in JSON, and its task */
struct trace_who {
	const char *type;
	const char *comm;
	uint32_t pid;
	uint32_t tid;
};

/** trace_has_objects - one-row tables in cells are shown: not in text; CSV has their fields. */
static inline bool trace_has_objects(const struct table *t)
{
	return t->no_text || !t->no_json;
}

/** trace_begin - replace the only row of @t, and fill the first columns. */
void trace_begin(struct table *t, const struct vs_event *head, const struct trace_who *who,
		 const struct trace_clock *clock);

#endif /* VMASCOPE_VIEW_TRACE_TRACE_PARTS_H */
