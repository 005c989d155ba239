/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top.h - the views of `vmascope top`: counts since the start, or per second in the last interval.
 *
 * The columns `id` and `vma_id`, which are not displayed, identify rows across intervals.
 */
#ifndef VMASCOPE_VIEW_TOP_TOP_H
#define VMASCOPE_VIEW_TOP_TOP_H

#include "model/history/notes.h"
#include "model/model.h"
#include "model/shootdown.h"
#include "model/stacks.h"
#include "symbol/namer.h"
#include "table/rows.h"

/**
 * struct top_view - what to show
 * @model, @shootdown: data, with a mark at the start of the interval
 * @stacks: the same, and @namer, which symbolizes them; NULL if not requested
 * @notes: storms and warnings
 * @per_process: do not merge stacks of the same functions in several processes
 * @rates: show rates in the interval; otherwise totals since the start
 * @interval_ns: length of the interval; @run_ns: time since the start
 * @vma_glob: only VMAs whose name matches; NULL: all
 * @process: only this process; NULL: all; @vma: only this VMA of it; NULL: all
 * @vma_latency: latencies of @vma_latency_of in the interval, by cause; NULL: unknown
 * @stack: a stack of @process whose functions top_symbols() shows
 * @sampled: the latency of not every fault is measured
 * @calls_known, @flushes_known, @interrupts_known: a hook reports them; otherwise they are unknown
 */
struct top_view {
	const struct model *model;
	const struct shootdown *shootdown;
	struct stacks *stacks;
	struct namer *namer;
	const struct notes *notes;
	bool per_process;
	bool rates;
	uint64_t interval_ns;
	uint64_t run_ns;
	const char *vma_glob;
	const struct process *process;
	const struct fault_row *vma;
	const struct latency *vma_latency;
	const struct fault_row *vma_latency_of;
	const struct stack *stack;
	bool sampled;
	bool calls_known;
	bool flushes_known;
	bool interrupts_known;
};

/** Each of these makes a table, which may have failed. */
struct table *top_processes(const struct top_view *v);
struct table *top_vmas(const struct top_view *v);
struct table *top_causes(const struct top_view *v);
struct table *top_calls(const struct top_view *v);
struct table *top_cpus(const struct top_view *v);
struct table *top_notes(const struct top_view *v);
struct table *top_stacks(const struct top_view *v);
struct table *top_symbols(const struct top_view *v);

/** Ids from here on are addresses of the object of the row: process, VMA, stack or the like. */
#define TOP_LEAST_OBJECT 4096

/**
 * struct top_summary - system summary: counts are rates or totals, as in the view
 * @fault_share: time that all tasks spent in faults, relative to one CPU: may exceed 1
 * @stolen_share: handler time of TLB flush IPIs, in the same way
 * @processes: number of live processes that were seen
 */
struct top_summary {
	double faults;
	double minor;
	double major;
	double failed;
	double fault_share;
	double sent;
	double received;
	double stolen_share;
	size_t processes;
};

/** top_summary__make - compute the summary from the data of @v. */
void top_summary__make(struct top_summary *sum, const struct top_view *v);

#endif /* VMASCOPE_VIEW_TOP_TOP_H */
