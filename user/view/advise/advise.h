/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * advise.h - the views of `vmascope advise`: the findings of a run, and the rules themselves.
 */
#ifndef VMASCOPE_VIEW_ADVISE_ADVISE_H
#define VMASCOPE_VIEW_ADVISE_ADVISE_H

#include "advise/advise.h"
#include "symbol/namer.h"
#include "view/common/run.h"

/**
 * struct advise_view - what to show
 * @run: facts of the run
 * @start_ns, @end_ns: the run, CLOCK_MONOTONIC
 * @namer: names of call sites; may be NULL
 * @calls_known: memory calls were counted; else no rule about them applies
 * @limit: maximum number of findings, 0: all
 */
struct advise_view {
	struct run_facts run;
	uint64_t start_ns;
	uint64_t end_ns;
	struct namer *namer;
	bool calls_known;
	size_t limit;
};

/** advise_view__make - fill @d with the findings of @run. */
void advise_view__make(const struct advise_view *v, const struct run_model *run,
		       struct document *d);

/** advise_view__explain - fill @d with @rule, or with all rules if it is NR_ADVICE_RULES. */
void advise_view__explain(enum advice_number rule, struct document *d);

#endif /* VMASCOPE_VIEW_ADVISE_ADVISE_H */
