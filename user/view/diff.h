/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.h - the view of `vmascope report --diff`: two runs side by side, what changed most first.
 *
 * Runs differ in length, so rates are compared: faults and calls per second.
 */
#ifndef VMASCOPE_VIEW_DIFF_H
#define VMASCOPE_VIEW_DIFF_H

#include "model/model.h"
#include "model/shootdown.h"
#include "view/rows.h"

/**
 * struct diff_side - one of the two runs
 * @name: of the recording; @command: what was traced, for people
 * @shootdown: NULL: memory calls were not counted
 */
struct diff_side {
	const char *name;
	const char *command;
	uint64_t duration_ns;
	const struct model *model;
	const struct shootdown *shootdown;
};

/**
 * diff_view__make - tables by mapping, by cause, and by call where both have calls
 * @limit: rows of each at most, 0: all
 * Return: 0 or -ENOMEM.
 */
int diff_view__make(const struct diff_side *a, const struct diff_side *b, size_t limit,
		    struct document *d);

#endif /* VMASCOPE_VIEW_DIFF_H */
