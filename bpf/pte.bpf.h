/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pte.bpf.h - find the page-table entry of an address: the tables are read through the kernel's
 * direct map of physical memory (x86-64).
 *
 * kallsyms does not have the start of that map on every kernel, so it is searched: with the right
 * base, the walk for the address of the top-level table leads back to that table.
 */
#ifndef VMASCOPE_PTE_BPF_H
#define VMASCOPE_PTE_BPF_H

#include "compat.bpf.h"
#include "emit.bpf.h"
#include "kread.bpf.h"

/** Levels of page_view.level */
#define LEVEL_PTE 0
#define LEVEL_PMD 1
#define LEVEL_PUD 2
#define LEVEL_ABOVE 3

/** Number of entries that are read around one: 64 KiB, the default size of fault-around. */
#define PTE_WINDOW 16

/** Start of the direct map, 0 while it is unknown; set by find_direct_map in task.bpf.c. */
extern __u64 direct_map;

static __always_inline u32 table_index(u64 address, u32 shift)
{
	return (address >> shift) & (PTES_PER_TABLE - 1);
}

/**
 * table_entry - read the entry of one level
 * @table: address of a table
 * @address: address that is looked up; @shift: of this level
 * @entry: result
 *
 * Return: address of the entry, 0 if it can't be read.
 */
static __always_inline u64 table_entry(u64 table, u64 address, u32 shift, u64 *entry)
{
	u64 at = table + table_index(address, shift) * 8;

	return bpf_probe_read_kernel(entry, sizeof(*entry), (void *)at) ? 0 : at;
}

/** five_levels - of page tables: kernel addresses begin lower then (asm/page_64_types.h). */
static __always_inline bool five_levels(u64 kernel_address)
{
	return (kernel_address >> 47) != 0x1ffff;
}

/** is_present - 1 or 0, without a branch; PROT_NONE entries are present, too. */
static __always_inline u64 is_present(u64 entry)
{
	_Static_assert(PTE_PROTNONE == PTE_PRESENT << 8, "shifted by 8, they are the same bit");
	return (entry | entry >> 8) & PTE_PRESENT;
}

/**
 * window_copied - read_window() with a single copy
 *
 * Not inlined, so that only this function's stack has to hold all entries.
 */
static __noinline bool window_copied(u64 at, u32 index, struct page_view *v)
{
	u64 window[PTE_WINDOW], n = 0;

	if (bpf_probe_read_kernel(window, sizeof(window), (void *)at))
		return false;
	for (int i = 0; i < PTE_WINDOW; i++)
		n += is_present(window[i]);
	v->present = n;
	v->entry = window[index & (PTE_WINDOW - 1)];
	return true;
}

/**
 * read_window - read entry @index of the window at @at, and count the present entries of the window
 *
 * Return: false if it can't be read.
 */
static __always_inline bool read_window(u64 at, u32 index, struct page_view *v)
{
	const struct vm_event_state *window;
	u64 n = 0;

	if (!kread_plainly())
		return window_copied(at, index, v);
	window = kread_as(struct vm_event_state, at);
	/* A checked load is 40 bytes of machine code: 16 of them would evict kernel code. */
#pragma clang loop unroll(disable)
	for (int i = 0; i < PTE_WINDOW; i++)
		n += is_present(window->event[i]);
	v->present = n;
	return kread_u64(at + (index & (PTE_WINDOW - 1)) * 8, &v->entry);
}

/** is_table - the entry points to a table: it is neither empty, nor a leaf, nor swapped out. */
static __always_inline bool is_table(u64 entry)
{
	return (entry & (PTE_PRESENT | PTE_PSE)) == PTE_PRESENT;
}

/** page_leaf - read the lowest levels: state of @address, from the PMD entry at v->pmd */
static __always_inline void page_leaf(u64 address, struct page_view *v)
{
	u32 index = table_index(address, 12);
	u64 entry, table;

	v->readable = 1;
	v->present = 0;
	v->level = LEVEL_PMD;
	v->entry = 0;
	v->table = 0;
	if (!v->pmd || !kread_u64(v->pmd, &entry))
		return;
	v->entry = entry;
	if (!is_table(entry))
		return;
	table = direct_map + (entry & PTE_ADDRESS);
	v->level = LEVEL_PTE;
	v->table = table;
	if (!read_window(table + (index & ~(PTE_WINDOW - 1)) * 8, index, v))
		v->readable = 0;
}

/**
 * page_walk - find the PMD entry of a user address; if there is none, the result is complete
 *
 * A global function: the verifier checks it once. Tables may be freed while they are read;
 * the result is then wrong for this one fault, and harmless.
 */
__weak __noinline int page_walk(u64 pgd, u64 address, struct page_view *v)
{
	u64 base = direct_map, table = pgd, entry;

	if (!v)
		return 0;
	v->present = 0;
	v->entry = 0;
	v->pmd = 0;
	v->table = 0;
	v->level = LEVEL_ABOVE;
	v->readable = 1;
	if (five_levels(pgd)) {
		if (!table_entry(table, address, 48, &entry) || !is_table(entry))
			return 0;
		table = base + (entry & PTE_ADDRESS);
	}
	if (!table_entry(table, address, 39, &entry) || !is_table(entry))
		return 0;
	table = base + (entry & PTE_ADDRESS);

	if (!table_entry(table, address, 30, &entry))
		return 0;
	if (!is_table(entry)) {
		v->level = LEVEL_PUD;
		v->entry = entry;
		return 0;
	}
	table = base + (entry & PTE_ADDRESS);

	v->pmd = table_entry(table, address, 21, &entry);
	return 0;
}

/** pmd_cached - the location of the PMD entry of @address is known. */
static __always_inline bool pmd_cached(const struct task_state *t, s64 seq, u64 address)
{
	return seq != MM_SEQ_NONE && seq == t->cache_seq && t->pmd &&
	       t->pmd_region == address >> 21;
}

/**
 * page_read - state of an address of the current task in the page tables, before the fault; unknown
 * if they can't be read
 *
 * While no VMA has changed, no table is freed: the location of the PMD entry is cached, as faults
 * tend to stay within its 2 MiB.
 */
static __always_inline void page_read(struct task_struct *task, struct task_state *t, s64 seq,
				      u64 address, struct page_view *v)
{
	if (!direct_map) {
		*v = (struct page_view){ .level = LEVEL_ABOVE };
		return;
	}
	if (pmd_cached(t, seq, address)) {
		v->pmd = t->pmd;
		page_leaf(address, v);
		return;
	}
	page_walk((u64)BPF_CORE_READ(task, mm, pgd), address, v);
	if (v->pmd)
		page_leaf(address, v);
	t->pmd = v->pmd;
	t->pmd_region = address >> 21;
}

#define PMD_SIZE (1ULL << 21)

/** frame_of - the page frame that a present @entry of @level maps at @address */
static __always_inline u64 frame_of(u64 entry, u32 level, u64 address)
{
	if (level == LEVEL_PMD)
		return (entry & PTE_ADDRESS & ~(PMD_SIZE - 1)) |
		       (address & (PMD_SIZE - 1) & ~4095ULL);
	return entry & PTE_ADDRESS;
}

/**
 * is_zero_page - a present entry of anonymous memory maps the zero page, or the huge zero page
 *
 * PMDs of the huge zero page are special only since 6.18; before, they are those that were never
 * dirty.
 */
static __always_inline bool is_zero_page(const struct page_view *v)
{
	return v->entry & PTE_SPECIAL ||
	       (v->level == LEVEL_PMD && !(v->entry & (PTE_DIRTY | PTE_SAVED_DIRTY)));
}

/** page_frame - whether the page that was mapped before the fault, if any, has been replaced */
static __always_inline u8 page_frame(u64 address, const struct page_view *before,
				     const struct page_view *now)
{
	if (!(before->entry & PTE_PRESENT) || before->level > LEVEL_PMD || now->level > LEVEL_PMD)
		return FRAME_UNKNOWN;
	return frame_of(before->entry, before->level, address) ==
			       frame_of(now->entry, now->level, address)
		       ? FRAME_KEPT
		       : FRAME_REPLACED;
}

#endif /* VMASCOPE_PTE_BPF_H */
