/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - the view of `vmascope shootdown`: memory calls, the flushes and IPIs that they
 * caused, their initiators and targets, and the faults that followed.
 */
#ifndef VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_H
#define VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_H

#include "model/shootdown.h"
#include "model/threads.h"
#include "view/common/run.h"

struct longest_calls;
struct namer;

/** enum shootdown_by - how rows are distinguished, besides by call */
enum shootdown_by {
	SHOOTDOWN_BY_VMA,
	SHOOTDOWN_BY_CALL,
	SHOOTDOWN_BY_PROCESS,
	SHOOTDOWN_BY_CPU,
	SHOOTDOWN_BY_THREAD,
	SHOOTDOWN_BY_SITE,
	SHOOTDOWN_BY_STACK,
	SHOOTDOWN_BY_FUNCTION,
	SHOOTDOWN_BY_COMM,
	NR_SHOOTDOWN_BY,
};

/** shootdown_by_needs_stacks - the rows are made from stacks. */
static inline bool shootdown_by_needs_stacks(enum shootdown_by by)
{
	return by == SHOOTDOWN_BY_STACK || by == SHOOTDOWN_BY_FUNCTION;
}

/** shootdown_by_names - arguments of --by, by enum shootdown_by */
extern const char *const shootdown_by_names[NR_SHOOTDOWN_BY];

/**
 * struct shootdown_view - what to show
 * @run: facts of the run
 * @by: what the rows stand for
 * @vma_glob: only calls on VMAs whose name matches; NULL: all
 * @limit: maximum number of rows of a text table, 0: all
 * @threads: source of thread names; may be NULL
 * @stacks: and @namer, which symbolizes them, for SHOOTDOWN_BY_STACK; @all_frames: as in struct
 *	stat_view; @per_process: do not merge stacks and functions of several processes
 * @no_text: omit what only text shows; @no_json: omit what other formats show; @rows_only: make
 *	only the rows
 * @unwound: stacks were unwound in user space: the faults that followed the calls of a stack are
 *	unknown; @recorded: the run was read from a recording
 * @longest: the longest calls, NULL: unknown; @start_ns: when counting began, CLOCK_MONOTONIC
 * @isolated, @nohz_full: CPU lists in the kernel's format; NULL: unknown
 * @max_map_count: maximum number of VMAs of a process (vm.max_map_count), 0: unknown
 * @calls_known, @flushes_known, @interrupts_known, @queued_known: a hook reports memory calls,
 *	flushes, IPIs that arrive, IPIs that are sent; what no hook reports is printed as unknown
 */
struct shootdown_view {
	struct run_facts run;
	enum shootdown_by by;
	const char *vma_glob;
	size_t limit;
	const struct threads *threads;
	struct stacks *stacks;
	struct namer *namer;
	bool all_frames;
	bool per_process;
	bool no_text;
	bool no_json;
	bool rows_only;
	bool unwound;
	bool recorded;
	const struct longest_calls *longest;
	uint64_t start_ns;
	const char *isolated;
	const char *nohz_full;
	uint64_t max_map_count;
	bool calls_known;
	bool flushes_known;
	bool interrupts_known;
	bool queued_known;
};

/** shootdown_view__counted - there is a call, flush or interrupt to show. */
bool shootdown_view__counted(const struct shootdown_view *v, const struct shootdown *s);

/**
 * shootdown_view__make - fill @d with the tables
 *
 * With @vma_glob, rows, calls and the faults that followed are only those of matching VMAs; totals,
 * pairs and flushes outside of calls are not distinguished by VMA, so they are those of all.
 */
void shootdown_view__make(const struct shootdown_view *v, const struct shootdown *s,
			  const struct model *m, struct document *d);

#endif /* VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_H */
