/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.h - the view of `vmascope report --diff`: two runs compared, largest change first.
 *
 * Runs differ in length, so rates are compared: faults and calls per second. Stacks are equal if
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
 * @name: name of the recording; @command: what was traced, for display
 * @shootdown: NULL: memory calls were not counted
 * @stacks: NULL: not counted; @namer: symbolizes their frames
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
 * struct diff - the two runs, and how to show them
 * @side: A and B
 * @all_frames: show all frames of a stack in text
 * @limit: maximum number of rows of a text table, 0: all
 * @no_text: omit what only text shows; @no_json: omit what other formats show
 */
struct diff {
	struct diff_side side[NR_SIDES];
	bool all_frames;
	size_t limit;
	bool no_text;
	bool no_json;
};

/**
 * diff_view__make - make tables by mapping, by cause, and by call and stack if both runs have them.
 */
void diff_view__make(const struct diff *diff, struct document *d);

#endif /* VMASCOPE_VIEW_DIFF_DIFF_H */
