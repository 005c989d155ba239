// SPDX-License-Identifier: GPL-2.0-only
/* populate.c - rule: a large range of anonymous memory that is accessed page by page for the first time. */
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

/** Base pages of a huge page (x86-64: 2 MiB). */
#define HUGE_PAGES 512
/** A range is large from this many huge pages on: alignment and rounding waste little of it. */
#define LEAST_HUGE 8
/** Share of the range that must have been accessed, percent: less would waste memory. */
#define DENSE_PERCENT 75

/** first_accesses - traps on first access: where MADV_POPULATE_WRITE took a page, there was none */
static uint64_t first_accesses(const struct fault_row *row)
{
	const uint64_t first = row->counts.cause[VS_CAUSE_ANON_ZERO];

	return first > row->counts.gup ? first - row->counts.gup : 0;
}

/** is_candidate - most of a large range has faulted in once, in base pages, and by writes */
static bool is_candidate(const struct fault_row *row)
{
	const struct vs_counts *c = &row->counts;
	const uint64_t first = first_accesses(row), pages = vma_pages(row);

	if (!vma_is_private_anon(row) || first < LEAST_HUGE * HUGE_PAGES || first > pages)
		return false;
	return first * 100 >= pages * DENSE_PERCENT && first * 100 >= vma_faults(row) * 90 &&
	       (c->size[VS_SIZE_LARGE] + c->size[VS_SIZE_PMD]) * 10 <= first &&
	       c->cause[VS_CAUSE_COW_ZERO] * 10 <= first;
}

static void advise(struct finding *f, const struct fault_row *row, uint64_t first)
{
	const struct str_number huge = str_count((first + HUGE_PAGES - 1) / HUGE_PAGES);

	if (row->vma.name_kind == VS_NAME_HEAP)
		snprintf(f->advice, sizeof(f->advice),
			 "Let malloc use huge pages: with glibc 2.35 or later set "
			 "GLIBC_TUNABLES=glibc.malloc.hugetlb=1, which makes it call "
			 "madvise(MADV_HUGEPAGE). About %s page faults remain where huge pages are "
			 "free.",
			 huge.text);
	else
		snprintf(f->advice, sizeof(f->advice),
			 "Before the first access, call madvise(MADV_HUGEPAGE) on the range, "
			 "aligned to 2 MiB: about %s page faults remain where huge pages are free. "
			 "Or take the pages in one call: mmap with MAP_POPULATE, or "
			 "madvise(MADV_POPULATE_WRITE) since Linux 5.14.",
			 huge.text);
}

static int look(const struct suspect *s)
{
	int err = 0;

	for (size_t i = 0; i < s->process->nr_rows && !err; i++) {
		const struct fault_row *row = s->process->rows[i];
		const uint64_t first = first_accesses(row);
		struct finding f = { .vma = row, .confidence = CONFIDENCE_HIGH };

		if (!is_candidate(row))
			continue;
		f.start = row->vma.start;
		f.end = row->vma.end;
		f.cost_ns = vma_part_ns(row, first);
		finding_set(&f, EVIDENCE_FAULTS, first);
		finding_set(&f, EVIDENCE_FAULT_NS, f.cost_ns);
		finding_set(&f, EVIDENCE_PAGES, vma_pages(row));
		finding_set(&f, EVIDENCE_REMAINING, (first + HUGE_PAGES - 1) / HUGE_PAGES);
		advise(&f, row, first);
		err = suspect__report(s, ADVICE_POPULATE, &f);
	}
	return err;
}

const struct advice_rule rule_populate = {
	.text = {
		.name = "populate",
		.title = "first access of a large range, one page at a time",
		.background =
			"Anonymous memory has no pages until it is accessed: each base page (4 KiB) "
			"takes a page fault, which enters the kernel, finds the VMA, allocates, zeroes "
			"and maps one page. A huge page takes one fault for 2 MiB, 1/512 of the "
			"faults. A call that populates the range enters the kernel once; the pages "
			"are still allocated and zeroed, one by one.",
		.change =
			"Call madvise(MADV_HUGEPAGE) on the range before the first access; or mmap with "
			"MAP_POPULATE, or madvise(MADV_POPULATE_WRITE). For malloc: "
			"GLIBC_TUNABLES=glibc.malloc.hugetlb=1.",
		.kernel =
			"MADV_HUGEPAGE: Linux 2.6.38, effective if "
			"/sys/kernel/mm/transparent_hugepage/enabled is `madvise` or `always`. "
			"MADV_POPULATE_WRITE: Linux 5.14. glibc.malloc.hugetlb: glibc 2.35.",
		.cost =
			"Huge pages make memory resident that is never accessed, up to 2 MiB at each "
			"end of the range, and a fault may have to wait for compaction. Populating "
			"moves the time to the call, and makes all of the range resident.",
		.verify = "vmascope stat --by vma -- COMMAND",
		.expected = "the VMA has 1/512 of the faults, or none",
		.sources = "madvise(2): MADV_HUGEPAGE, MADV_POPULATE_WRITE\n"
			   "mmap(2): MAP_POPULATE\n"
			   "Linux: Documentation/admin-guide/mm/transhuge.rst\n"
			   "glibc manual: Memory Allocation Tunables",
	},
	.look = look,
};
