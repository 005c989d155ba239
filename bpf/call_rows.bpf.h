/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_rows.bpf.h - the table of calls: a row for each process and call, found by its key, counted
 * from any CPU, and taken back by user/ when the process is gone.
 */
#ifndef VMASCOPE_CALL_ROWS_BPF_H
#define VMASCOPE_CALL_ROWS_BPF_H

#include "hist.bpf.h"
#include "slots.bpf.h"

/** Row 0 counts what found no other. */
#define CALL_ROW_NONE 0

static __always_inline struct vs_call_row *call_row_at(u32 row)
{
	return bpf_map_lookup_elem(&call_rows, &row);
}

/** call_row_get - row @row, if it is still what it was at @generation; else the one for all. */
static __always_inline struct vs_call_row *call_row_get(u32 row, u32 generation)
{
	struct vs_call_row *r = call_row_at(row);

	return r && r->generation == generation ? r : call_row_at(CALL_ROW_NONE);
}

/** row_add - raise a counter of a row: all CPUs may. */
static __always_inline void row_add(u64 *counter, u64 n)
{
	if (n)
		__sync_fetch_and_add(counter, n);
}

/** row_max - raise a maximum of a row; of two CPUs at once, one may be lost. */
static __always_inline void row_max(u64 *max, u64 v)
{
	if (v > *max)
		*max = v;
}

/** call_time - count @ns in a histogram of calls of this class. */
static __always_inline void call_time(u32 call, u32 detail, enum vs_call_time time, u64 ns)
{
	u32 index = vs_call_class(call, detail) * VS_NR_CALL_TIMES + time;

	hist_put(bpf_map_lookup_elem(&call_hists, &index), hist_bucket(ns), ns);
}

/** this_shootdowns - this CPU's totals. */
static __always_inline struct vs_shootdowns *this_shootdowns(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&shootdowns, &zero);
}

#endif /* VMASCOPE_CALL_ROWS_BPF_H */
