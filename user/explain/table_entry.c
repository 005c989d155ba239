// SPDX-License-Identifier: GPL-2.0-only
/* table_entry.c - the bits of table_entry.h. */
#include "explain/table_entry.h"

#include "sys/kernel.h"
#include "util/array.h"

#define BIT(n) (1ULL << (n))
#define PKEY_SHIFT 59
#define PKEY_MASK 15
#define PAGE_SHIFT 12
#define ADDRESS_BITS 52

const char *const address_kind_names[] = {
	[ADDRESS_USER] = "user",
	[ADDRESS_KERNEL] = "kernel",
	[ADDRESS_NON_CANONICAL] = "non-canonical",
};

const char *const entry_kind_names[] = {
	[ENTRY_EMPTY] = "empty",	 [ENTRY_TABLE] = "table",   [ENTRY_PAGE] = "page",
	[ENTRY_PROTNONE] = "protnone",	 [ENTRY_SWAP] = "swap",	    [ENTRY_MIGRATION] = "migration",
	[ENTRY_HWPOISON] = "hwpoison",	 [ENTRY_DEVICE] = "device", [ENTRY_MARKER] = "marker",
	[ENTRY_SPLITTING] = "splitting",
};

static const unsigned int shifts[TABLE_LEVELS] = TABLE_SHIFTS;

/* Of every entry that is present, tables too. */
static const struct flag common_flags[] = {
	{ 0, "present", "P", "present" },      { 1, "rw", "RW", "writable" },
	{ 2, "user", "US", "for user mode" },  { 3, "pwt", "PWT", "write-through" },
	{ 4, "pcd", "PCD", "cache disabled" }, { 5, "accessed", "A", "accessed" },
};

/* Of entries that map a page; those from 9 on are Linux's own (_PAGE_SOFTWn, _PAGE_BIT_...). */
static const struct flag page_flags[] = {
	{ 6, "dirty", "D", "dirty" },
	{ 9, "special", "S", "special: not reference-counted" },
	{ 10, "uffd-wp", "U", "write-protected by userfaultfd" },
	{ 11, "soft-dirty", "SD", "soft-dirty" },
	{ 58, "saved-dirty", "VD", "dirty, though not writable" }, /* 6.6 */
};

static const struct flag huge_flag = { 7, "pse", "PS", "a huge page" };
static const struct flag global_flag = { 8, "global", "G", "global" };
static const struct flag protnone_flag = { 8, "protnone", "N", "no access" };
static const struct flag no_execute_flag = { 63, "nx", "XD", "not executable" };

/* Of swap entries: bits that the CPU does not look at (pgtable_types.h, _PAGE_SWP_*). */
static const struct flag swap_flags[] = {
	{ 1, "soft-dirty", "SD", "soft-dirty" },
	{ 2, "uffd-wp", "U", "write-protected by userfaultfd" },
	{ 3, "exclusive", "E", "of this process alone" }, /* 5.19 */
};

enum address_kind address_kind(uint64_t address, unsigned int levels)
{
	const unsigned int unused = levels == 5 ? 64 - 57 : 64 - 48;

	if ((uint64_t)((int64_t)(address << unused) >> unused) != address)
		return ADDRESS_NON_CANONICAL;
	return address >> 63 ? ADDRESS_KERNEL : ADDRESS_USER;
}

const char *table_level__name(unsigned int level, unsigned int levels)
{
	static const char *const names[] = { "PGD", "P4D", "PUD", "PMD", "PTE" };

	return level == TABLE_LEVELS - levels ? "PGD" : names[level];
}

unsigned int table_level__index(unsigned int level, uint64_t address)
{
	return (address >> shifts[level]) & 511;
}

uint64_t table_level__size(unsigned int level)
{
	return BIT(shifts[level]);
}

struct swap_layout swap_layout__make(unsigned int version, uint32_t migration, uint32_t hwpoison)
{
	const struct kernel_swap_rest rest = kernel__swap_rest(version, migration, hwpoison);
	const struct swap_layout l = { .migration = migration,
				       .hwpoison = hwpoison,
				       .device = rest.device,
				       .marker = rest.marker,
				       .poisoned = rest.error };

	return l;
}

static enum entry_kind kind_of_swap(const struct table_entry *e, const struct swap_layout *l)
{
	const uint32_t type = 1u << e->swap_type;

	if (l->migration & type)
		return ENTRY_MIGRATION;
	if (l->hwpoison & type)
		return ENTRY_HWPOISON;
	if ((l->marker | l->poisoned) & type)
		return ENTRY_MARKER;
	return l->device & type ? ENTRY_DEVICE : ENTRY_SWAP;
}

static enum entry_kind kind_of(const struct table_entry *e, const struct swap_layout *layout)
{
	if (!e->raw)
		return ENTRY_EMPTY;
	if (e->raw & PTE_PRESENT)
		return e->level == TABLE_LEVEL_PTE || e->raw & PTE_PSE ? ENTRY_PAGE : ENTRY_TABLE;
	if (e->raw & PTE_PROTNONE)
		return ENTRY_PROTNONE;
	/* pmd_mkinvalid(): a swap entry has this bit clear */
	if (e->raw & PTE_PSE && e->level != TABLE_LEVEL_PTE)
		return ENTRY_SPLITTING;
	return kind_of_swap(e, layout);
}

static uint64_t frame_of(const struct table_entry *e, uint64_t address)
{
	uint64_t physical = e->raw;

	/* An entry that is not present has its frame inverted, against L1TF (pgtable-invert.h). */
	if (!(physical & PTE_PRESENT))
		physical = ~physical;
	physical &= BIT(ADDRESS_BITS) - 1;
	if (e->kind == ENTRY_TABLE || e->level == TABLE_LEVEL_PTE)
		return physical >> PAGE_SHIFT;
	/* of a huge page, the base page that holds the address; bit 12 is its PAT bit */
	physical &= ~(table_level__size(e->level) - 1);
	return (physical + (address & (table_level__size(e->level) - 1))) >> PAGE_SHIFT;
}

bool table_entry__maps(const struct table_entry *e)
{
	return e->kind == ENTRY_PAGE || e->kind == ENTRY_PROTNONE || e->kind == ENTRY_SPLITTING;
}

struct table_entry table_entry__decode(uint64_t raw, unsigned int level, unsigned int levels,
				       uint64_t address, const struct swap_layout *layout)
{
	struct table_entry e = {
		.raw = raw,
		.level = level,
		.index = table_level__index(level, address),
		.swap_type = SWP_TYPE(raw),
		.swap_offset = SWP_OFFSET(raw),
	};

	e.kind = kind_of(&e, layout);
	if (e.kind == ENTRY_TABLE || table_entry__maps(&e)) {
		e.has_frame = true;
		e.frame = frame_of(&e, address);
	} else if (e.kind == ENTRY_MIGRATION || e.kind == ENTRY_HWPOISON) {
		/* SWP_PFN_BITS: above the frame there are bits that say young and dirty */
		e.has_frame = true;
		e.frame = e.swap_offset & (BIT(levels == 5 ? 40 : 34) - 1);
	} else if (e.kind == ENTRY_MARKER) {
		e.marker = layout->poisoned & 1u << e.swap_type ? MARKER_POISONED : e.swap_offset;
	}
	if (table_entry__maps(&e))
		e.pkey = (raw >> PKEY_SHIFT) & PKEY_MASK;
	return e;
}

static size_t add_set(const struct flag *from, size_t nr, uint64_t raw, const struct flag **flags)
{
	size_t n = 0;

	for (size_t i = 0; i < nr; i++)
		if (raw & BIT(from[i].bit))
			flags[n++] = &from[i];
	return n;
}

size_t table_entry__flags(const struct table_entry *e, const struct flag **flags)
{
	const bool maps = table_entry__maps(e);
	size_t n = 0;

	if (e->kind == ENTRY_EMPTY)
		return 0;
	if (e->kind != ENTRY_TABLE && !maps)
		return add_set(swap_flags, ARRAY_SIZE(swap_flags), e->raw, flags);
	n += add_set(common_flags, ARRAY_SIZE(common_flags), e->raw, flags + n);
	if (maps) {
		n += add_set(page_flags, 1, e->raw, flags + n);
		if (e->level != TABLE_LEVEL_PTE)
			n += add_set(&huge_flag, 1, e->raw, flags + n);
		n += add_set(e->raw & PTE_PRESENT ? &global_flag : &protnone_flag, 1, e->raw,
			     flags + n);
		n += add_set(page_flags + 1, ARRAY_SIZE(page_flags) - 1, e->raw, flags + n);
	}
	n += add_set(&no_execute_flag, 1, e->raw, flags + n);
	return n;
}
