// SPDX-License-Identifier: GPL-2.0-only
/* thread_churn.c - rule: threads that end soon, whose stacks are dropped and faulted in again. */
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

static int look(const struct suspect *s)
{
	const uint64_t ended = suspect__ended_threads(s);
	struct call_sums sums[ADVICE_SITES];
	size_t nr;
	int err = 0;

	if (ended < ADVICE_PATTERN)
		return 0;
	nr = suspect__sum(s, call_drops, sums);
	for (size_t i = 0; i < nr && !err; i++) {
		const struct vs_call_counts *c = &sums[i].counts;
		struct finding f = {
			.call = sums[i].row,
			.vma = suspect__vma(s, sums[i].start, sums[i].end),
			.cost_ns = c->latency_ns + c->refault_ns,
			.confidence = CONFIDENCE_MEDIUM,
		};

		if (!drops_stacks(&sums[i], ended) || c->refaults < c->count)
			continue;
		finding_set(&f, EVIDENCE_THREADS, ended);
		finding_set_calls(&f, c);
		finding_set_refaults(&f, c->refaults, c->refault_ns);
		snprintf(
			f.advice, sizeof(f.advice),
			"Keep threads in a pool instead of starting one for each task: %s threads "
			"ended, libc dropped the stack of each with madvise(MADV_DONTNEED), and %s "
			"pages of these stacks were accessed again by later threads.",
			str_count(ended).text, str_count(c->refaults).text);
		err = suspect__report(s, ADVICE_THREAD_CHURN, &f);
	}
	return err;
}

const struct advice_rule rule_thread_churn = {
	.text = {
		.name = "thread-churn",
		.title = "threads that end soon, and the pages of their stacks",
		.background =
			"glibc keeps the stacks of threads that have ended for later threads, up to "
			"40 MiB, but gives their pages back to the kernel when a thread ends. Each new "
			"thread takes a page fault on each page of its stack that it uses. A thread of "
			"a pool takes them once.",
		.change = "Keep threads in a pool, and give them tasks.",
		.kernel = "All versions. GLIBC_TUNABLES=glibc.pthread.stack_cache_size changes how "
			  "many stacks are kept (glibc 2.34), not that their pages are given back.",
		.cost = "The threads of a pool stay resident while they have no task.",
		.verify = "vmascope shootdown --by site -- COMMAND",
		.expected = "the call site in libc has fewer calls",
		.sources = "madvise(2): MADV_DONTNEED\n"
			   "glibc: nptl/pthread_create.c, advise_stack_range()\n"
			   "glibc manual: POSIX Thread Tunables",
	},
	.look = look,
};
