/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.h - the view of `vmascope report --diff`: two runs side by side, what changed most first.
 *
 * Runs differ in length, so rates are compared: faults and calls per second. Stacks are the same if
 * their functions are: offsets, addresses and pids differ from run to run.
 */
#ifndef VMASCOPE_VIEW_DIFF_DIFF_H
#define VMASCOPE_VIEW_DIFF_DIFF_H

#include "model/model.h"
#include "model/shootdown.h"
#include "model/stacks.h"
#include "symbol/namer.h"
#include "table/rows.h"
#include "view/diff/diff_sums.h"

/**
 * struct diff_side - one of the two runs
 * @name: of the recording; @command: what was traced, for people
 * @shootdown: NULL: memory calls were not counted
 * @stacks: NULL: they were not counted; @namer: of their frames
 */
struct diff_side {
	const char *name;
	const char *command;
	uint64_t duration_ns;
	const struct model *model;
	const struct shootdown *shootdown;
	const struct stacks *stacks;
	struct namer *namer;
};

/**
 * struct diff - the two, and how to show them
 * @side: A and B
 * @all_frames: of a stack, in text
 * @limit: rows of each table of text at most, 0: all
 * @no_text: leave out what text alone shows; @no_json: what others show
 */
struct diff {
	struct diff_side side[NR_SIDES];
	bool all_frames;
	size_t limit;
	bool no_text;
	bool no_json;
};

/** diff_view__make - tables by mapping, by cause, and by call and stack where both have these. */
void diff_view__make(const struct diff *diff, struct document *d);

#endif /* VMASCOPE_VIEW_DIFF_DIFF_H */
