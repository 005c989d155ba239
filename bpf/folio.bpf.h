/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * folio.bpf.h - the pages that a fault has mapped, including those of a large folio beyond the
 * window of 16.
 *
 * Since 6.18 a fault maps the whole of a file's folio (19773df031bc), before that of shared memory
 * (43e027e41423, 6.11) and of anonymous memory (19eaf44954df, 6.8). A folio is a naturally aligned
 * power of two of pages. So a block of 2^n pages around the address is doubled as long as its other
 * half (its sibling) was empty before and is not afterwards, as seen by one entry of it, the probe:
 * if the folio maps that entry, it maps the sibling, and all of it is new. This costs one or two
 * loads for a fault that maps single pages.
 */
#ifndef VMASCOPE_FOLIO_BPF_H
#define VMASCOPE_FOLIO_BPF_H

#include "pte.bpf.h"
#include "vma.bpf.h"

/** The smallest sibling has 16 pages, the largest 256: then a block is a whole table. */
#define SIBLING_SHIFT 4
#define NR_SIBLINGS 5

/**
 * struct folio_place - position of an address in its table and in the unit in which folios are
 * aligned
 * @index: in the table; @lo, @hi: entries of the VMA in it
 * @offset: page offset in the file, or in the address space
 */
struct folio_place {
	s64 index;
	s64 lo;
	s64 hi;
	s64 offset;
};

static __always_inline void folio_place(const struct pending_fault *f, struct folio_place *p)
{
	s64 below = (f->address - f->vma.start) >> 12, above = (f->vma.end - 1 - f->address) >> 12;

	p->index = table_index(f->address, 12);
	p->lo = p->index > below ? p->index - below : 0;
	p->hi = p->index + above < PTES_PER_TABLE ? p->index + above + 1 : PTES_PER_TABLE;
	p->offset = f->vma.traits & VMA_IS_FILE ? (s64)f->vma.pgoff + below
						: (s64)(f->address >> 12);
}

/** value of page_view.sibling while none has been found */
#define NO_SIBLING 0xffff

/** sibling_probe - the first entry of sibling @n inside the VMA. Return: false if there is none. */
static __always_inline bool sibling_probe(const struct folio_place *p, u32 n, s64 *probe)
{
	s64 first = p->index + ((((p->offset >> n) ^ 1) << n) - p->offset), end = first + (1 << n);

	if (first < p->lo)
		first = p->lo;
	if (end > p->hi)
		end = p->hi;
	*probe = first;
	return first < end;
}

/**
 * folio_probe - before a fault: count the empty siblings, from the smallest on
 *
 * A global function: the verifier checks it once. Defined in fault.bpf.c, as it uses plain loads.
 */
int folio_probe(struct pending_fault *f);

/**
 * maps_folios - folio_probe() applies to the fault
 *
 * An anonymous folio is mapped only if all of its entries are empty (alloc_anon_folio()), and one
 * that is larger than the window covers it. File folios are mapped around existing entries. Where a
 * table is missing, of whatever level, all entries are empty.
 */
static __always_inline bool maps_folios(const struct pending_fault *f)
{
	/* kernels without plain loads do not map such folios */
	return kread_plainly() && f->found == VMA_FOUND && !f->page.entry && f->page.readable &&
	       (f->vma.traits & VMA_IS_FILE || !f->page.present) &&
	       !(f->vma.traits & VS_VM_HUGETLB);
}

/**
 * folio_rest - after a fault: count the base pages that it has mapped outside of its window
 * @table: the current table of PTEs
 *
 * A global function of fault.bpf.c, as above.
 */
u32 folio_rest(const struct pending_fault *f, u64 table);

/**
 * maps_beyond - the fault has mapped entries outside of its window
 * @now: state of the page tables after it
 *
 * Nearly all faults are ruled out here, after one load.
 */
static __always_inline bool maps_beyond(const struct pending_fault *f, const struct page_view *now)
{
	u64 entry = 0;

	if (!f->page.probes || !now->table || now->present != PTE_WINDOW)
		return false;
	return kread_u64(now->table + (f->page.sibling & (PTES_PER_TABLE - 1)) * 8, &entry) &&
	       is_present(entry);
}

/** page_mapped_at - page_mapped(); @now: working memory */
static __always_inline void page_mapped_at(u64 mm, struct pending_fault *f, struct page_view *now)
{
	if (!f->page.readable)
		return;
	now->pmd = f->page.pmd;
	if (!now->pmd)
		page_walk((u64)BPF_CORE_READ((struct mm_struct *)mm, pgd), f->address, now);
	if (now->pmd)
		page_leaf(f->address, now);
	if (!now->readable || !(now->entry & PTE_PRESENT))
		return;
	f->frame = page_frame(f->address, &f->page, now);
	if (now->level == LEVEL_PUD) {
		f->size = VS_SIZE_PUD;
		f->mapped = 0x8000; /* 262,144 do not fit; this value stands for one PUD */
	} else if (now->level == LEVEL_PMD) {
		f->size = VS_SIZE_PMD;
		f->mapped = PTES_PER_TABLE;
	} else {
		f->mapped = now->present > f->page.present ? now->present - f->page.present : 0;
		if (maps_beyond(f, now))
			f->mapped += folio_rest(f, now->table);
		if (f->mapped > 1)
			f->size = VS_SIZE_LARGE;
		else if (!f->mapped)
			f->mapped = 1; /* it was present already, and was copied or made writable */
	}
}

/**
 * page_mapped - after a fault: set the number of base pages that it has mapped, and their size
 * @mm: address of the mm, whose page tables exist
 */
static __always_inline void page_mapped(u64 mm, struct pending_fault *f)
{
	struct page_view now;

	page_mapped_at(mm, f, &now);
}

#endif /* VMASCOPE_FOLIO_BPF_H */
