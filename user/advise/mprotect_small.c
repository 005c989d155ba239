// SPDX-License-Identifier: GPL-2.0-only
/* mprotect_small.c - rule: many calls of mprotect on neighbouring pages, a few pages each. */
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

/** A call is small up to this many pages, on average. */
#define SMALL_PAGES 4
/** The range may be this many times as large as all calls together: else they are no neighbours. */
#define MOST_SPARSE 4
/** Calls change the same pages again if they cover their range this many times. */
#define TOGGLES 3

static bool is_mprotect(const struct call_row *row)
{
	return row->call == VS_CALL_MPROTECT || row->call == VS_CALL_PKEY_MPROTECT;
}

static bool is_pattern(const struct call_sums *sum)
{
	const struct vs_call_counts *c = &sum->counts;
	const uint64_t done = c->count - c->errors;

	return done >= ADVICE_PATTERN && c->bytes <= c->count * SMALL_PAGES * ADVICE_PAGE &&
	       sum->end > sum->start && sum->end - sum->start <= c->bytes * MOST_SPARSE &&
	       sum->end - sum->start > (uint64_t)SMALL_PAGES * ADVICE_PAGE;
}

static void advise(struct finding *f, const struct call_sums *sum)
{
	const struct vs_call_counts *c = &sum->counts;

	if (c->bytes >= TOGGLES * (sum->end - sum->start))
		snprintf(
			f->advice, sizeof(f->advice),
			"Change the protection of the range %llx-%llx less often: %s calls changed "
			"the same pages again and again. Do the work of several changes between "
			"two "
			"calls on the whole range; code that is generated can be written through a "
			"second, writable mapping of the same memory (memfd_create(2)), or under a "
			"protection key (pkeys(7)).",
			(unsigned long long)sum->start, (unsigned long long)sum->end,
			str_count(c->count).text);
	else
		snprintf(f->advice, sizeof(f->advice),
			 "Call mprotect once on the whole range %llx-%llx instead of %s times on "
			 "parts of it, %s each on average. For guard pages between live pages use "
			 "madvise(MADV_GUARD_INSTALL), which splits no VMA (Linux 6.13).",
			 (unsigned long long)sum->start, (unsigned long long)sum->end,
			 str_count(c->count).text, str_bytes(c->bytes / c->count).text);
}

static int look(const struct suspect *s)
{
	struct call_sums sums[ADVICE_SITES];
	const size_t nr = suspect__sum(s, is_mprotect, sums);
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++) {
		const struct vs_call_counts *c = &sums[i].counts;
		struct finding f = {
			.call = sums[i].row,
			.vma = suspect__vma(s, sums[i].start, sums[i].end),
			.start = sums[i].start,
			.end = sums[i].end,
			.cost_ns = c->latency_ns,
			.confidence = CONFIDENCE_HIGH,
		};

		if (!is_pattern(&sums[i]))
			continue;
		finding_set_calls(&f, c);
		finding_set(&f, EVIDENCE_PAGES, (f.end - f.start) / ADVICE_PAGE);
		advise(&f, &sums[i]);
		err = suspect__report(s, ADVICE_MPROTECT_SMALL, &f);
	}
	return err;
}

const struct advice_rule rule_mprotect_small = {
	.text = {
		.name = "mprotect-small",
		.title = "mprotect on a few neighbouring pages at a time",
		.background =
			"Each call takes the lock of all mappings for writing, splits or merges VMAs, "
			"changes page-table entries, and flushes TLBs, on other CPUs by interrupts. "
			"All of this happens once for a call, however many pages it covers.",
		.change = "One call on the whole range; a second, writable mapping for code that is "
			  "generated; protection keys; MADV_GUARD_INSTALL for guard pages.",
		.kernel = "All versions. Protection keys: Linux 4.9, CPU flag ospke. "
			  "MADV_GUARD_INSTALL: Linux 6.13.",
		.cost = "Pages have the new protection earlier, or the old one longer, than with one "
			"call for each.",
		.verify = "vmascope shootdown --by site -- COMMAND",
		.expected = "the call site has fewer calls",
		.sources = "mprotect(2), pkeys(7), madvise(2): MADV_GUARD_INSTALL\n"
			   "Linux: mm/mprotect.c, mprotect_fixup() and change_protection()",
	},
	.look = look,
};
