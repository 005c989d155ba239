// SPDX-License-Identifier: GPL-2.0-only
/* rules.c - the table of rules with their thresholds, and their application to a run. */
#include "advise/rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

/**
 * rules - all rules, by enum advice_number
 * @gain_percent: which part of the cost the change gains at least
 *
 * What remains is the work that is not avoided: pages are still zeroed or copied, and calls are
 * still made.
 */
static const struct {
	const struct advice_rule *rule;
	unsigned int gain_percent;
} rules[NR_ADVICE_RULES] = {
	[ADVICE_POPULATE] = { &rule_populate, 10 },
	[ADVICE_READ_BEFORE_WRITE] = { &rule_read_before_write, 10 },
	[ADVICE_MALLOC_TRIM] = { &rule_malloc_trim, 20 },
	[ADVICE_MPROTECT_SMALL] = { &rule_mprotect_small, 10 },
	[ADVICE_DONTNEED_REFAULT] = { &rule_dontneed_refault, 20 },
	[ADVICE_FORK_COW] = { &rule_fork_cow, 20 },
	[ADVICE_THREAD_CHURN] = { &rule_thread_churn, 20 },
	[ADVICE_FILE_POPULATE] = { &rule_file_populate, 10 },
	[ADVICE_FILE_WRITEBACK] = { &rule_file_writeback, 20 },
};

const char *const advice_rule_names[NR_ADVICE_RULES + 1] = {
	[ADVICE_POPULATE] = "populate",
	[ADVICE_READ_BEFORE_WRITE] = "read-before-write",
	[ADVICE_MALLOC_TRIM] = "malloc-trim",
	[ADVICE_MPROTECT_SMALL] = "mprotect-small",
	[ADVICE_DONTNEED_REFAULT] = "dontneed-refault",
	[ADVICE_FORK_COW] = "fork-cow",
	[ADVICE_THREAD_CHURN] = "thread-churn",
	[ADVICE_FILE_POPULATE] = "file-populate",
	[ADVICE_FILE_WRITEBACK] = "file-writeback",
	[NR_ADVICE_RULES] = "all",
};

const struct advice_text *advice_text(enum advice_number rule)
{
	return &rules[rule].rule->text;
}

unsigned int advice_gain_percent(enum advice_number rule)
{
	return rules[rule].gain_percent;
}

/* --- a run ------------------------------------------------------------------------------------- */

/** cheaper - for qsort(): highest cost first, then in the order of processes and rules */
static int cheaper(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->cost_ns != y->cost_ns)
		return x->cost_ns < y->cost_ns ? 1 : -1;
	if (x->process != y->process)
		return x->process->number < y->process->number ? -1 : 1;
	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

int findings__make(struct findings *f, const struct run_model *run, uint64_t start_ns,
		   uint64_t end_ns)
{
	const struct model *m = &run->model;
	const struct call_row **calls = calloc(run->shootdown.nr_rows + 1, sizeof(*calls));
	int err = calls ? 0 : -ENOMEM;

	*f = (struct findings){};
	if (run->shootdown.nr_rows && calls) {
		memcpy(calls, run->shootdown.rows, run->shootdown.nr_rows * sizeof(*calls));
		qsort(calls, run->shootdown.nr_rows, sizeof(*calls), call_rows__by_process);
	}
	for (size_t i = 0; i < m->nr_processes && !err; i++) {
		struct suspect s = {
			.run = run,
			.process = m->processes[i],
			.all_calls = calls,
			.nr_all_calls = run->shootdown.nr_rows,
			.start_ns = start_ns,
			.end_ns = end_ns,
			.found = f,
		};

		/* a sum of processes that have exited has no time of its own */
		if (m->processes[i] == m->ended)
			continue;
		s.calls = suspect__calls(&s, s.process, &s.nr_calls);
		for (size_t r = 0; r < ARRAY_SIZE(rules) && !err; r++)
			err = rules[r].rule->look(&s);
	}
	free(calls);
	for (size_t i = 0; i < f->nr; i++)
		f->list[i].gain_ns = f->list[i].cost_ns / 100 * rules[f->list[i].rule].gain_percent;
	if (f->nr)
		qsort(f->list, f->nr, sizeof(*f->list), cheaper);
	return err;
}
