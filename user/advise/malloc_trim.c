// SPDX-License-Identifier: GPL-2.0-only
/* malloc_trim.c - rule: glibc's malloc gives memory back to the kernel, and faults it in again. */
#include "advise/allocator.h"
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

/** from_malloc - calls by which glibc's malloc gives memory back, or takes it again */
static bool from_malloc(const struct call_row *row)
{
	if (row->call == VS_CALL_BRK)
		return row->counts.count;
	return row->call == VS_CALL_MUNMAP && row->counts.count &&
	       allocator_is_glibc(allocator_at(row));
}

/** covers - the calls of @row had a range that contains @vma, or, if @part, some of it */
static bool covers(const struct call_row *row, const struct fault_row *vma, bool part)
{
	const uint64_t bytes = vma_overlap(vma, row->start, row->end);

	return part ? bytes : bytes == vma->vma.end - vma->vma.start;
}

/** unmapped_by_malloc - @vma lies where malloc unmapped memory, and nobody else did */
static bool unmapped_by_malloc(const struct suspect *s, const struct fault_row *vma)
{
	bool found = false;

	for (size_t i = 0; i < s->nr_calls; i++) {
		const struct call_row *row = s->calls[i];

		if (row->call != VS_CALL_MUNMAP || !row->counts.count || !covers(row, vma, true))
			continue;
		if (!from_malloc(row))
			return false;
		found |= covers(row, vma, false);
	}
	return found;
}

/** other_refaults - refaults that followed from other calls where @vma is */
static uint64_t other_refaults(const struct suspect *s, const struct fault_row *vma)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->nr_calls; i++)
		if (s->calls[i]->counts.refaults && covers(s->calls[i], vma, true))
			sum += s->calls[i]->counts.refaults;
	return sum;
}

/** add_vma - add the faults of @row that repeat earlier ones */
static void add_vma(const struct suspect *s, struct finding *f, const struct fault_row *row,
		    uint64_t *most)
{
	const uint64_t others = other_refaults(s, row), all = vma_repeated(row);
	const uint64_t faults = row->counts.cause[VS_CAUSE_ANON_ZERO];
	const uint64_t repeated = all > others ? all - others : 0;

	if (!repeated)
		return;
	f->figure[EVIDENCE_REPEATED] += repeated;
	f->figure[EVIDENCE_FAULTS] += faults;
	f->figure[EVIDENCE_FAULT_NS] += vma_part_ns(row, faults);
	f->cost_ns += vma_part_ns(row, repeated);
	f->figure[EVIDENCE_PAGES] += vma_pages(row);
	if (repeated <= *most)
		return;
	*most = repeated;
	f->vma = row;
	f->start = row->vma.start;
	f->end = row->vma.end;
}

static bool add_calls(const struct suspect *s, struct finding *f)
{
	uint64_t most = 0;

	for (size_t i = 0; i < s->nr_calls; i++) {
		const struct call_row *row = s->calls[i];

		if (!from_malloc(row))
			continue;
		f->figure[EVIDENCE_CALLS] += row->counts.count;
		f->figure[EVIDENCE_CALL_NS] += row->counts.latency_ns;
		if (row->counts.count <= most)
			continue;
		most = row->counts.count;
		f->call = row;
	}
	return most;
}

static int look(const struct suspect *s)
{
	struct finding f = { .confidence = CONFIDENCE_MEDIUM };
	const struct allocator *a;
	uint64_t most = 0;

	if (!add_calls(s, &f))
		return 0;
	for (size_t i = 0; i < s->process->nr_rows; i++) {
		const struct fault_row *row = s->process->rows[i];

		if (vma_is_private_anon(row) && vma_repeated(row) &&
		    (row->vma.name_kind == VS_NAME_HEAP || unmapped_by_malloc(s, row)))
			add_vma(s, &f, row, &most);
	}
	a = allocator_at(f.call);
	/* less than every other fault is the ordinary life of a heap */
	if (f.figure[EVIDENCE_REPEATED] < ADVICE_PATTERN ||
	    f.figure[EVIDENCE_REPEATED] * 2 < f.figure[EVIDENCE_FAULTS] || !allocator_is_glibc(a))
		return 0;
	f.known = 1u << EVIDENCE_REPEATED | 1u << EVIDENCE_FAULTS | 1u << EVIDENCE_FAULT_NS |
		  1u << EVIDENCE_PAGES | 1u << EVIDENCE_CALLS | 1u << EVIDENCE_CALL_NS;
	f.cost_ns += f.figure[EVIDENCE_CALL_NS];
	snprintf(f.advice, sizeof(f.advice),
		 "Let malloc keep freed memory: %s. At least %s of %s page faults were on pages "
		 "that "
		 "it had given back.",
		 a->keep, str_count(f.figure[EVIDENCE_REPEATED]).text,
		 str_count(f.figure[EVIDENCE_FAULTS]).text);
	return suspect__report(s, ADVICE_MALLOC_TRIM, &f);
}

const struct advice_rule rule_malloc_trim = {
	.text = {
		.name = "malloc-trim",
		.title = "malloc gives memory back and takes it again",
		.background =
			"glibc's malloc returns the top of its heap to the kernel when more than "
			"M_TRIM_THRESHOLD bytes are free there (128 KiB at first), and unmaps a block of "
			"M_MMAP_THRESHOLD bytes or more as soon as it is freed. A program that "
			"allocates again soon pays for the calls, and for a page fault on each page.",
		.change = "Raise M_TRIM_THRESHOLD and M_MMAP_THRESHOLD, with mallopt(3) or "
			  "GLIBC_TUNABLES; or reuse buffers.",
		.kernel =
			"All versions. GLIBC_TUNABLES: glibc 2.26. mmap_threshold is limited to 32 MiB "
			"on 64-bit machines; setting a threshold ends its automatic adjustment.",
		.cost = "The process keeps freed memory: its resident size stays at the maximum.",
		.verify = "vmascope shootdown --by call -- COMMAND",
		.expected = "there are few calls of brk and munmap, and stat has fewer faults",
		.sources = "mallopt(3): M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_TOP_PAD\n"
			   "glibc manual: Memory Allocation Tunables\n"
			   "glibc: malloc/malloc.c, systrim() and munmap_chunk()",
	},
	.look = look,
};
