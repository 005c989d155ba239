// SPDX-License-Identifier: GPL-2.0-only
/* findings.c - print the findings of a session, live or recorded: `advise`, and `report --view advise`. */
#include "cmd/print.h"
#include "view/advise/advise.h"

/** Default number of findings in text (see --top). */
#define FINDINGS 5

int advise_print(struct session *s)
{
	const struct options *o = s->options;
	const struct source_facts facts = s->source->facts(s);
	struct run_hook in_use[NR_HOOKS];
	struct advise_view v = {
		.run = { .command = s->what,
			 .duration_ns = s->end_ns - s->start_ns,
			 .hooks = in_use,
			 .nr_hooks = NR_HOOKS,
			 .nr_slots = facts.nr_slots,
			 .nr_stacks = facts.nr_stacks,
			 .ring_bytes = facts.ring_bytes },
		.start_ns = s->start_ns,
		.end_ns = s->end_ns,
		.namer = s->namer,
		.calls_known = session__variant(s, HOOK_MEMCALL),
	};
	struct document d = {};

	if (o->format->flags & FORMAT_FOR_PEOPLE)
		v.limit = o->top_given ? o->top : FINDINGS;
	session__hooks(s, in_use);
	session__stats(s, &v.run.stats);
	advise_view__make(&v, &s->live->run, &d);
	return session__document(s, &d);
}
