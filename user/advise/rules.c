// SPDX-License-Identifier: GPL-2.0-only
/* rules.c - the table of rules with their thresholds, and their application to a run. */
#include "advise/rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

/** Shares of the wall time, percent: below the first nothing is reported, below the second as minor. */
#define LEAST_PERCENT 0.1
#define MINOR_PERCENT 1.0

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
	[ADVICE_MALLOC_TRIM] = { &rule_malloc_trim, 25 },
	[ADVICE_MPROTECT_SMALL] = { &rule_mprotect_small, 25 },
	[ADVICE_DONTNEED_REFAULT] = { &rule_dontneed_refault, 25 },
	[ADVICE_FORK_COW] = { &rule_fork_cow, 25 },
	[ADVICE_THREAD_CHURN] = { &rule_thread_churn, 25 },
};

const char *const advice_rule_names[NR_ADVICE_RULES + 1] = {
	[ADVICE_POPULATE] = "populate",
	[ADVICE_READ_BEFORE_WRITE] = "read-before-write",
	[ADVICE_MALLOC_TRIM] = "malloc-trim",
	[ADVICE_MPROTECT_SMALL] = "mprotect-small",
	[ADVICE_DONTNEED_REFAULT] = "dontneed-refault",
	[ADVICE_FORK_COW] = "fork-cow",
	[ADVICE_THREAD_CHURN] = "thread-churn",
	[NR_ADVICE_RULES] = "all",
};

const char *const advice_confidence_names[NR_CONFIDENCES] = {
	[CONFIDENCE_HIGH] = "high",
	[CONFIDENCE_MEDIUM] = "medium",
};

const struct advice_text *advice_text(enum advice_number rule)
{
	return &rules[rule].rule->text;
}

unsigned int advice_gain_percent(enum advice_number rule)
{
	return rules[rule].gain_percent;
}

double advice_least_percent(void)
{
	return LEAST_PERCENT;
}

/* --- findings ---------------------------------------------------------------------------------- */

double finding_share(const struct finding *f, uint64_t ns)
{
	return !f->wall_ns || ns >= f->wall_ns ? 1 : (double)ns / (double)f->wall_ns;
}

bool finding_is_minor(const struct finding *f)
{
	return 100 * finding_share(f, f->cost_ns) < MINOR_PERCENT;
}

void finding_set(struct finding *f, enum advice_evidence which, uint64_t value)
{
	f->figure[which] = value;
	f->known |= 1u << which;
}

/** wall_ns - how long threads of the suspect ran during the run; all of it if they are unknown */
static uint64_t wall_ns(const struct suspect *s)
{
	uint64_t from = UINT64_MAX, until = 0;

	for (size_t i = 0; i < s->run->threads.nr; i++) {
		const struct vs_thread *t = s->run->threads.list[i];
		const uint64_t end = t->until_ns ? t->until_ns : s->end_ns;

		if (t->pid != s->process->pid)
			continue;
		from = t->since_ns < from ? t->since_ns : from;
		until = end > until ? end : until;
	}
	from = from < s->start_ns || from == UINT64_MAX ? s->start_ns : from;
	until = !until || until > s->end_ns ? s->end_ns : until;
	return until > from ? until - from : 0;
}

int suspect__report(const struct suspect *s, enum advice_number rule, struct finding *f)
{
	f->rule = rule;
	f->process = s->process;
	f->wall_ns = wall_ns(s);
	f->gain_ns = f->cost_ns / 100 * rules[rule].gain_percent;
	if (!f->wall_ns || !f->cost_ns || 100 * finding_share(f, f->cost_ns) < LEAST_PERCENT)
		return 0;
	if (array__more(&s->found->list, s->found->nr, sizeof(*s->found->list)))
		return -ENOMEM;
	s->found->list[s->found->nr++] = *f;
	return 0;
}

/* --- a run ------------------------------------------------------------------------------------- */

/** of_process - rank of the row's process: its address, which is as good as any order. */
static uintptr_t of_process(const struct call_row *row)
{
	return (uintptr_t)row->process;
}

static int by_process(const void *a, const void *b)
{
	const struct call_row *x = *(const struct call_row *const *)a;
	const struct call_row *y = *(const struct call_row *const *)b;

	if (of_process(x) != of_process(y))
		return of_process(x) < of_process(y) ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

const struct call_row *const *suspect__calls(const struct suspect *s, const struct process *p,
					     size_t *nr)
{
	size_t low = 0, high = s->nr_all_calls, end;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (of_process(s->all_calls[middle]) < (uintptr_t)p)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < s->nr_all_calls && s->all_calls[end]->process == p;)
		end++;
	*nr = end - low;
	return s->all_calls + low;
}

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
		qsort(calls, run->shootdown.nr_rows, sizeof(*calls), by_process);
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
	if (f->nr)
		qsort(f->list, f->nr, sizeof(*f->list), cheaper);
	return err;
}

void findings__free(struct findings *f)
{
	free(f->list);
	*f = (struct findings){};
}
