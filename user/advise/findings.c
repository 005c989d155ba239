// SPDX-License-Identifier: GPL-2.0-only
/* findings.c - findings of a process: its time, its calls, and which share is worth a finding. */
#include "advise/rule.h"

#include <errno.h>
#include <stdlib.h>

#include "util/array.h"

/** Shares of the wall time, percent: below the first nothing is reported, below the second as minor. */
#define LEAST_PERCENT 0.1
#define MINOR_PERCENT 1.0

const char *const advice_confidence_names[NR_CONFIDENCES] = {
	[CONFIDENCE_HIGH] = "high",
	[CONFIDENCE_MEDIUM] = "medium",
};

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

void finding_set_calls(struct finding *f, const struct vs_call_counts *c)
{
	finding_set(f, EVIDENCE_CALLS, c->count);
	finding_set(f, EVIDENCE_CALL_NS, c->latency_ns);
	finding_set(f, EVIDENCE_BYTES, c->bytes);
	finding_set(f, EVIDENCE_IPIS, c->received);
	finding_set(f, EVIDENCE_STOLEN_NS, c->stolen_ns);
}

void finding_set_refaults(struct finding *f, uint64_t refaults, uint64_t ns)
{
	finding_set(f, EVIDENCE_REFAULTS, refaults);
	finding_set(f, EVIDENCE_REFAULT_NS, ns);
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
	if (!f->wall_ns || !f->cost_ns || 100 * finding_share(f, f->cost_ns) < LEAST_PERCENT)
		return 0;
	if (array__more(&s->found->list, s->found->nr, sizeof(*s->found->list)))
		return -ENOMEM;
	s->found->list[s->found->nr++] = *f;
	return 0;
}

/* --- calls of a process --------------------------------------------------------------------- */

/** of_process - rank of the row's process: its address, which is as good as any order. */
static uintptr_t of_process(const struct call_row *row)
{
	return (uintptr_t)row->process;
}

int call_rows__by_process(const void *a, const void *b)
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

void findings__free(struct findings *f)
{
	free(f->list);
	*f = (struct findings){};
}
