/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat.h - the view of `vmascope stat`: totals, processes with their VMAs, and grouped rows.
 */
#ifndef VMASCOPE_VIEW_FAULTS_STAT_H
#define VMASCOPE_VIEW_FAULTS_STAT_H

#include "events.h"
#include "model/model.h"
#include "model/stacks.h"
#include "model/threads.h"
#include "table/rows.h"
#include "view/common/run.h"

struct namer;

/** enum stat_by - what the rows are grouped by */
enum stat_by {
	BY_MAPPING,
	BY_VMA,
	BY_PROCESS,
	BY_CAUSE,
	BY_CPU,
	BY_CGROUP,
	BY_THREAD,
	BY_STACK,
	BY_FUNCTION,
	BY_COMM,
	NR_STAT_BY,
};

/** stat_by_names - arguments of --by, by enum stat_by */
extern const char *const stat_by_names[NR_STAT_BY];

/** stat_by_needs_stacks - the rows are made from stacks. */
static inline bool stat_by_needs_stacks(enum stat_by by)
{
	return by == BY_STACK || by == BY_FUNCTION;
}

/**
 * struct stat_view - what to show
 * @command: what was run or attached to, for display
 * @duration_ns: length of the interval or the run
 * @interval: number of the interval, from 1: show counts since the model's mark; 0: since the start
 * @start_ns: and @end_ns: range of the run so far, CLOCK_MONOTONIC; @threads: time spent by each
 *	thread
 * @storm: the interval is part of a storm (model/storm.h)
 * @by: grouping of the rows
 * @vma_glob: only VMAs whose name matches; NULL: all
 * @outcome: only faults with this outcome were counted; NULL: all; @causes: only those with these
 *	causes, a bit set; 0: all
 * @limit: maximum number of rows, 0: all
 * @latency: show the latency of each row; @latency_period: as in struct vs_config
 * @stacks: and @namer, which symbolizes them, for BY_STACK; @weigh_time: sort by time
 * @profile: the rows of stacks also have the faults that no stack counts
 * @stacks_as_text: make the lines for text, not the rows for scripts, as symbolization takes time;
 * @all_frames: then, omit none; @per_process: do not merge stacks of several processes
 * @nr_stacks, @ring_bytes: sizes of the stack map and of the ring buffer; 0: unknown; @sampling:
 *	stacks are copied into the ring buffer
 * @unwound: user stacks were unwound with DWARF; @recorded: the run was read from a recording
 * @rows_only: omit what only JSON shows: processes with their VMAs, and threads
 * @no_processes: omit processes with their VMAs, and threads
 * @hooks: the @nr_hooks hooks
 * @stats: statistics of the BPF programs; @nr_slots: as in struct run_facts
 */
struct stat_view {
	const char *command;
	uint64_t duration_ns;
	uint64_t interval;
	uint64_t start_ns;
	uint64_t end_ns;
	const struct threads *threads;
	bool storm;
	enum stat_by by;
	const char *vma_glob;
	const char *outcome;
	uint32_t causes;
	size_t limit;
	bool latency;
	uint32_t latency_period;
	struct stacks *stacks;
	struct namer *namer;
	bool weigh_time;
	bool profile;
	bool stacks_as_text;
	bool all_frames;
	bool per_process;
	bool sampling;
	bool unwound;
	bool recorded;
	uint32_t nr_stacks;
	size_t ring_bytes;
	bool rows_only;
	bool no_processes;
	const struct run_hook *hooks;
	size_t nr_hooks;
	struct vs_stats stats;
	uint32_t nr_slots;
};

/** stat_totals - make a table `totals`: the sum over a model, as in `stat`. */
struct table *stat_totals(const struct model *m);

/** stat_view__make - fill @d with the tables. */
void stat_view__make(const struct stat_view *v, const struct model *m, struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_STAT_H */
