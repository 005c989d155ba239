/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - the view of `vmascope shootdown`: memory calls, the flushes and interrupts that they
 * caused, who interrupted whom, and the faults that followed.
 */
#ifndef VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_H
#define VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_H

#include "model/shootdown.h"
#include "model/threads.h"
#include "view/common/run.h"

struct longest_calls;
struct namer;

/** enum shootdown_by - what the rows are told apart by, besides their call */
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

/** shootdown_by_names - as --by takes them, by enum shootdown_by */
extern const char *const shootdown_by_names[NR_SHOOTDOWN_BY];

/**
 * struct shootdown_view - what to show
 * @run: facts of the run
 * @by: what the rows are
 * @vma_glob: only calls on VMAs with such a name; NULL: all
 * @limit: rows of text in a table at most, 0: all
 * @threads: for the names of threads; may be NULL
 * @stacks: and @namer, which names them, for SHOOTDOWN_BY_STACK; @all_frames: as in struct stat_view; @per_process: stacks and functions of each process apart
 * @no_text: leave out what text alone shows, @no_json: what others show; @rows_only: make the rows alone
 * @unwound: stacks were found in user space: which faults followed the calls of one is not known
 * @longest: calls, NULL: not known; @start_ns: when counting began, CLOCK_MONOTONIC
 * @isolated, @nohz_full: CPUs, as the kernel writes the list; NULL: not known
 * @max_map_count: VMAs that a process may have (vm.max_map_count), 0: not known
 * @calls_known, @flushes_known, @interrupts_known, @queued_known: a hook tells of memory calls, of
 *	flushes, of the interrupts that arrive, of those that are sent; what none does prints as unknown
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

/** shootdown_view__counted - there is a call, flush or interrupt to be shown. */
bool shootdown_view__counted(const struct shootdown_view *v, const struct shootdown *s);

/**
 * shootdown_view__make - fill @d with the tables
 *
 * With @vma_glob rows, calls and the faults that followed are those of such VMAs alone; totals,
 * pairs and what no call owns are not told apart by VMA, and so of all.
 */
void shootdown_view__make(const struct shootdown_view *v, const struct shootdown *s,
			  const struct model *m, struct document *d);

#endif /* VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_H */
