// SPDX-License-Identifier: GPL-2.0-only
/* read_before_write.c - rule: pages that are read before they are written, which takes two faults each. */
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

/** cost_ns - time of the second faults: measured by cause, or estimated from those of the VMAs */
static uint64_t cost_ns(const struct process *p)
{
	uint64_t sum = 0;

	if (p->latency[VS_CAUSE_COW_ZERO])
		return p->latency[VS_CAUSE_COW_ZERO]->hist.sum_ns;
	for (size_t i = 0; i < p->nr_rows; i++)
		sum += vma_part_ns(p->rows[i], p->rows[i]->counts.cause[VS_CAUSE_COW_ZERO]);
	return sum;
}

static int look(const struct suspect *s)
{
	struct finding f = { .confidence = CONFIDENCE_HIGH };
	uint64_t faults = 0, most = 0;

	for (size_t i = 0; i < s->process->nr_rows; i++) {
		const struct fault_row *row = s->process->rows[i];
		const uint64_t n = row->counts.cause[VS_CAUSE_COW_ZERO];

		faults += n;
		if (n <= most || !row->is_vma || vma_is_several(&row->vma))
			continue;
		most = n;
		f.vma = row;
	}
	if (faults < ADVICE_PATTERN)
		return 0;
	f.cost_ns = cost_ns(s->process);
	if (f.vma) {
		f.start = f.vma->vma.start;
		f.end = f.vma->vma.end;
	}
	finding_set(&f, EVIDENCE_FAULTS, faults);
	finding_set(&f, EVIDENCE_FAULT_NS, f.cost_ns);
	snprintf(
		f.advice, sizeof(f.advice),
		"Write to new memory before it is read: %s pages were read first, which mapped the "
		"zero page, and took a second fault when they were written. Where the code reads "
		"to see whether something was stored, keep that knowledge elsewhere.",
		str_count(faults).text);
	return suspect__report(s, ADVICE_READ_BEFORE_WRITE, &f);
}

const struct advice_rule rule_read_before_write = {
	.text = {
		.name = "read-before-write",
		.title = "new memory that is read before it is written",
		.background =
			"The first access to a page of anonymous memory, if it is a read, maps the "
			"zero page, which all processes share. The first write then takes another "
			"fault: it allocates and zeroes a page, replaces the entry, and flushes the TLB "
			"for this address. Where the write comes first, there is one fault.",
		.change = "Write first: initialise memory, or read it only where something was stored.",
		.kernel = "All versions; cause cow-zero of vmascope.",
		.cost = "Pages that are only read, and never written, become resident if they are "
			"initialised.",
		.verify = "vmascope stat --by cause -- COMMAND",
		.expected = "there are no faults with the cause cow-zero",
		.sources = "Linux: mm/memory.c, do_anonymous_page() and do_wp_page()\n"
			   "Linux: Documentation/mm/page_tables.rst",
	},
	.look = look,
};
