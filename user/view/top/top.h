/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top.h - the views of `vmascope top`: rows of what happened since the start, or per second in the
 * last interval.
 *
 * The columns `id` (and `vma_id`), which nobody sees, tell rows apart from one interval to the next.
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
 * struct top_view - what is shown
 * @model, @shootdown: marked when the interval began
 * @stacks: marked then, too, and @namer, which names them; NULL where none are asked for
 * @notes: storms and warnings
 * @per_process: stacks of the same functions in several processes are several rows
 * @rates: per second, in the interval; else since the start
 * @interval_ns: length of the interval; @run_ns: since the start
 * @vma_glob: only VMAs with such a name; NULL: all
 * @process: only this one; NULL: all; @vma: only this one of it; NULL: all
 * @vma_latency: of @vma_latency_of in the interval, by cause; NULL: not known
 * @stack: of @process, whose functions top_symbols() tells
 * @calls_known, @flushes_known, @interrupts_known: a hook tells of them; else they are unknown
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
	bool calls_known;
	bool flushes_known;
	bool interrupts_known;
};

/** Each makes a table, which may have failed. */
struct table *top_processes(const struct top_view *v);
struct table *top_vmas(const struct top_view *v);
struct table *top_causes(const struct top_view *v);
struct table *top_calls(const struct top_view *v);
struct table *top_cpus(const struct top_view *v);
struct table *top_notes(const struct top_view *v);
struct table *top_stacks(const struct top_view *v);
struct table *top_symbols(const struct top_view *v);

/** Ids from here on are addresses: of the process, VMA, stack or such that the row is of. */
#define TOP_LEAST_OBJECT 4096

/**
 * struct top_summary - the system in numbers: counts are per second or since the start, as the view
 * @fault_share: time that all tasks together spent in faults, of one CPU's time, 0 to …
 * @stolen_share: time that handlers of flush interrupts took, the same
 * @processes: that live and have been seen
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

/** top_summary__make - add it up from what @v is of. */
void top_summary__make(struct top_summary *sum, const struct top_view *v);

#endif /* VMASCOPE_VIEW_TOP_TOP_H */
