/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table_entry.h - x86-64 page-table entries taken apart: index, kind, flags, frame, swap entry.
 *
 * Nothing here reads anything; entries come from page_tables.h. Bits are those of
 * arch/x86/include/asm/pgtable_types.h and of __swp_type() in pgtable_64.h there.
 */
#ifndef VMASCOPE_EXPLAIN_TABLE_ENTRY_H
#define VMASCOPE_EXPLAIN_TABLE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "explain/flag.h"

/** Levels at most. With four levels, level 1 is the top and is called PGD. */
#define TABLE_LEVEL_PTE 4
/** Flags of one entry at most. */
#define MAX_ENTRY_FLAGS 16

/** enum address_kind - whose half of the address space it is in */
enum address_kind {
	ADDRESS_USER,
	ADDRESS_KERNEL,
	ADDRESS_NON_CANONICAL, /* no translation exists: the CPU refuses it */
};

/** address_kind_names - as JSON has them, by enum address_kind */
extern const char *const address_kind_names[];

/** enum entry_kind - what an entry stands for */
enum entry_kind {
	ENTRY_EMPTY,
	ENTRY_TABLE,	 /* leads to the next level */
	ENTRY_PAGE,	 /* maps a page */
	ENTRY_PROTNONE,	 /* maps a page that must not be touched: PROT_NONE, or a NUMA hint */
	ENTRY_SWAP,	 /* in a swap area */
	ENTRY_MIGRATION, /* being moved to another frame */
	ENTRY_HWPOISON,	 /* the memory had an uncorrectable error */
	ENTRY_DEVICE,	 /* in a device's own memory */
	ENTRY_MARKER,	 /* no page, but something to remember: userfaultfd, poison, guard */
	ENTRY_SPLITTING, /* a huge page that is being split */
};

/** entry_kind_names - as JSON has them, by enum entry_kind */
extern const char *const entry_kind_names[];

/**
 * struct swap_layout - which types of non-present entries are no swap areas, as bit sets
 *
 * The numbers depend on the kernel's version and configuration: capture/kernel.h.
 */
struct swap_layout {
	uint32_t migration;
	uint32_t hwpoison;
	uint32_t device;
	uint32_t marker;
	uint32_t poisoned; /* 6.0 to 6.2: a swap-in that failed, now a marker */
};

/**
 * struct table_entry - one entry
 * @raw: as it stands in the table
 * @level: 0 to TABLE_LEVEL_PTE
 * @index: in its table
 * @kind: enum entry_kind
 * @has_frame: @frame is valid: the frame of the address's own base page, or of the next table
 * @swap_type: and @swap_offset: of entries that are not present; @marker: its bits
 * @pkey: protection key, of entries that map a page
 */
struct table_entry {
	uint64_t raw;
	unsigned int level;
	unsigned int index;
	enum entry_kind kind;
	bool has_frame;
	uint64_t frame;
	unsigned int swap_type;
	uint64_t swap_offset;
	unsigned int marker;
	unsigned int pkey;
};

/** address_kind - of an address where the page tables have @levels levels (4 or 5). */
enum address_kind address_kind(uint64_t address, unsigned int levels);

/** table_level__name - "PGD", "P4D", "PUD", "PMD" or "PTE". */
const char *table_level__name(unsigned int level, unsigned int levels);

/** table_level__index - of @address in the table at @level. */
unsigned int table_level__index(unsigned int level, uint64_t address);

/** table_level__size - bytes that one entry covers. */
uint64_t table_level__size(unsigned int level);

/**
 * swap_layout__make - for a given kernel
 * @version: major << 8 | minor
 * @migration: and @hwpoison: from kernel__swap_types()
 */
struct swap_layout swap_layout__make(unsigned int version, uint32_t migration, uint32_t hwpoison);

/**
 * table_entry__decode - take an entry apart
 * @levels: of the page tables
 * @address: that was looked up
 */
struct table_entry table_entry__decode(uint64_t raw, unsigned int level, unsigned int levels,
				       uint64_t address, const struct swap_layout *layout);

/** table_entry__maps - whether it maps a page, so that nothing is below it. */
bool table_entry__maps(const struct table_entry *e);

/**
 * table_entry__flags - the flags that are set
 * @flags: result, room for MAX_ENTRY_FLAGS
 *
 * Return: how many.
 */
size_t table_entry__flags(const struct table_entry *e, const struct flag **flags);

#endif /* VMASCOPE_EXPLAIN_TABLE_ENTRY_H */
