/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - the view of `vmascope trace`: a row for each fault.
 */
#ifndef VMASCOPE_VIEW_TRACE_H
#define VMASCOPE_VIEW_TRACE_H

#include "events.h"
#include "model/model.h"
#include "view/crash.h"
#include "view/rows.h"

/** trace_table - columns of a streamed fault */
extern const struct table_def trace_table;

/** trace_summary_table - the last record of a stream: what was generated, printed and dropped */
extern const struct table_def trace_summary_table;

/**
 * trace_row - replace the only row of @t by @e
 * @t: of trace_table
 * @row: what the event's slot stands for, NULL if not known
 * @crash: what is known of it if it ended in a signal; NULL: nothing
 * @time_ns: to show
 *
 * Return: 0 or -ENOMEM.
 */
int trace_row(struct table *t, const struct vs_event_fault *e, const struct counted *row,
	      const struct crash *crash, uint64_t time_ns);

#endif /* VMASCOPE_VIEW_TRACE_H */
