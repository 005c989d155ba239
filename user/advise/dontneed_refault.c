// SPDX-License-Identifier: GPL-2.0-only
/* dontneed_refault.c - rule: memory dropped by madvise(MADV_DONTNEED) that is soon accessed again. */
#include "advise/allocator.h"
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

/** Share of the dropped pages that must have come back, percent. */
#define LEAST_BACK 50

static void advise(struct finding *f, const struct vs_call_counts *c)
{
	const struct allocator *a = allocator_at(f->call);

	if (a)
		snprintf(
			f->advice, sizeof(f->advice),
			"Let %s keep freed memory longer: %s. %s of its calls gave back %s, and %s "
			"pages were accessed again.",
			a->name, a->keep, str_count(c->count).text, str_bytes(c->bytes).text,
			str_count(c->refaults).text);
	else
		snprintf(f->advice, sizeof(f->advice),
			 "Keep the memory, or use MADV_FREE instead of MADV_DONTNEED: the pages "
			 "stay "
			 "mapped until memory is short, and the next access takes no fault. %s of "
			 "%s "
			 "pages that %s calls dropped were accessed again.",
			 str_count(c->refaults).text, str_count(c->bytes / ADVICE_PAGE).text,
			 str_count(c->count).text);
}

static int look(const struct suspect *s)
{
	struct call_sums sums[ADVICE_SITES];
	const size_t nr = suspect__sum(s, call_drops, sums);
	const uint64_t ended = nr ? suspect__ended_threads(s) : 0;
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++) {
		const struct vs_call_counts *c = &sums[i].counts;
		struct finding f = {
			.call = sums[i].row,
			.vma = suspect__vma(s, sums[i].start, sums[i].end),
			.start = sums[i].start,
			.end = sums[i].end,
			.cost_ns = c->latency_ns + c->refault_ns,
			.confidence = allocator_at(sums[i].row) ? CONFIDENCE_MEDIUM
								: CONFIDENCE_HIGH,
		};

		/* stacks of threads that end are another pattern */
		if ((ended && drops_stacks(&sums[i], ended)) || !c->refaults ||
		    c->refaults * 100 < c->bytes / ADVICE_PAGE * LEAST_BACK)
			continue;
		finding_set_calls(&f, c);
		finding_set_refaults(&f, c->refaults, c->refault_ns);
		advise(&f, c);
		err = suspect__report(s, ADVICE_DONTNEED_REFAULT, &f);
	}
	return err;
}

const struct advice_rule rule_dontneed_refault = {
	.text = {
		.name = "dontneed-refault",
		.title = "memory dropped by MADV_DONTNEED is accessed again",
		.background =
			"MADV_DONTNEED frees the pages at once and flushes TLBs, on other CPUs by "
			"interrupts. The next access to each page takes a page fault, which allocates "
			"and zeroes a page. Memory that is used again soon is freed for nothing.",
		.change = "Keep the memory, or use MADV_FREE; let an allocator keep it longer.",
		.kernel = "MADV_FREE: Linux 4.5, for private anonymous memory. jemalloc, tcmalloc and "
			  "mimalloc have settings for the delay.",
		.cost = "The resident size stays higher; with MADV_FREE it only falls when memory is "
			"short, and the contents may or may not be lost.",
		.verify = "vmascope shootdown --by site -- COMMAND",
		.expected = "the call site has fewer calls, or none of its calls has refaults",
		.sources = "madvise(2): MADV_DONTNEED, MADV_FREE\n"
			   "jemalloc(3): opt.dirty_decay_ms, opt.muzzy_decay_ms\n"
			   "Linux: mm/madvise.c",
	},
	.look = look,
};
