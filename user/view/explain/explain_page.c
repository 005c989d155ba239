// SPDX-License-Identifier: GPL-2.0-only
/* explain_page.c - the sections of `vmascope explain` about page tables, the page and TLBs. */
#include <inttypes.h>
#include <stdio.h>

#include "util/array.h"
#include "util/str.h"
#include "view/explain/explain_parts.h"

/* --- page tables ----------------------------------------------------------------------------- */

static const struct column entry_columns[] = {
	{ .key = "level", .head = "LEVEL", .type = CELL_STR, .left = true },
	{ .key = "index", .head = "INDEX", .type = CELL_U64 },
	{ .key = "entry", .head = "ENTRY", .type = CELL_HEX },
	{ .key = "kind", .head = "KIND", .type = CELL_STR, .left = true },
	{ .key = "frame", .head = "FRAME", .type = CELL_HEX },
	{ .key = "marks", .head = "BITS", .type = CELL_STR, .left = true, .text_only = true },
	{ .key = "flags", .type = CELL_TABLE },
	{ .key = "pkey", .type = CELL_U64 },
	{ .key = "swap_type", .type = CELL_U64 },
	{ .key = "swap_offset", .type = CELL_U64 },
	{ .key = "marker", .type = CELL_HEX },
};
static const struct table_def entry_table = TABLE_DEF("entries", entry_columns);

static const struct column tables_columns[] = {
	{ .key = "levels", .type = CELL_U64 },
	{ .key = "offset", .type = CELL_HEX },
	{ .key = "page_size", .type = CELL_U64 },
	{ .key = "page_size_from", .type = CELL_STR },
	{ .key = "entries", .head = "", .type = CELL_TABLE },
};
static const struct table_def tables_table = OBJECT_DEF("page_tables", tables_columns);

/** entry_prose - text below the levels about the last one. */
static void entry_prose(const struct explanation *e, const struct table_entry *entry,
			struct prose *p)
{
	const char *name = table_level__name(entry->level, e->levels);
	const struct flag *flags[MAX_ENTRY_FLAGS];
	size_t nr = table_entry__flags(entry, flags);

	if (entry->kind == ENTRY_EMPTY)
		return;
	prose__add(p, "\n  %s: ", name);
	for (size_t i = 0; i < nr; i++)
		prose__add(p, "%s%s", i ? ", " : "", flags[i]->word);
	if (table_entry__maps(entry) && entry->pkey)
		prose__add(p, ", protection key %u", entry->pkey);
	if (entry->kind == ENTRY_MARKER)
		prose__add(p, "%smarker %#x", nr ? ", " : "", entry->marker);
	else if (!table_entry__maps(entry) && entry->kind != ENTRY_TABLE)
		prose__add(p, "%sswap type %u, offset %" PRIu64, nr ? ", " : "", entry->swap_type,
			   entry->swap_offset);
}

static void add_entry(struct table *t, const struct explanation *e, const struct table_entry *entry)
{
	const struct flag *flags[MAX_ENTRY_FLAGS];
	const size_t nr = table_entry__flags(entry, flags);
	struct prose marks = {};

	table__add_row(t);
	table__set_u64(t, "index", entry->index);
	table__set_u64(t, "entry", entry->raw);
	if (entry->has_frame)
		table__set_u64(t, "frame", entry->frame);
	if (table_entry__maps(entry))
		table__set_u64(t, "pkey", entry->pkey);
	if (entry->kind == ENTRY_MARKER) {
		table__set_u64(t, "marker", entry->marker);
	} else if (entry->kind >= ENTRY_SWAP && !table_entry__maps(entry)) {
		table__set_u64(t, "swap_type", entry->swap_type);
		table__set_u64(t, "swap_offset", entry->swap_offset);
	}
	for (size_t i = 0; i < nr; i++)
		prose__add(&marks, "%s%s", i ? " " : "", flags[i]->mark);
	table__set_str(t, "level", table_level__name(entry->level, e->levels));
	table__set_str(t, "kind", entry_kind_names[entry->kind]);
	table__set_str(t, "marks", marks.text);
	explain_part__flags(t, flags, nr);
}

/** below_unread - the levels that were not read: only their index is shown. */
static void below_unread(struct table *t, const struct explanation *e)
{
	const struct table_entry *last = e->walk.nr ? &e->walk.entries[e->walk.nr - 1] : NULL;
	unsigned int level = last ? last->level + 1 : TABLE_LEVELS - e->levels;

	for (; level < TABLE_LEVELS; level++) {
		table__add_row(t);
		table__set_u64(t, "index", table_level__index(level, e->address));
		table__set_str(t, "level", table_level__name(level, e->levels));
	}
}

void explain_part__tables(struct table *parent, const struct explanation *e)
{
	const struct table_entry *last = explanation__last(e);
	struct table *t = table__sub(parent, &tables_table), *entries = table__sub(t, &entry_table);
	uint64_t size = last ? table_level__size(last->level) : 4096;
	char covers[STR_NUMBER_LEN];
	struct prose p = {};

	for (size_t i = 0; i < e->walk.nr; i++)
		add_entry(entries, e, &e->walk.entries[i]);
	below_unread(entries, e);
	if (e->walk.levels)
		table__set_u64(t, "levels", e->levels);
	table__set_u64(t, "offset", e->address & (size - 1));
	if (e->page_size) {
		table__set_u64(t, "page_size", e->page_size);
		table__set_str(t, "page_size_from", e->page_size_from);
	}
	table__set_title(t, "\nPage tables, %u levels%s:", e->levels,
			 e->walk.nr ? "" : " (entries unknown)");
	str_format_bytes(covers, sizeof(covers), size);
	if (last && !table_entry__maps(last))
		prose__add(&p, "  offset in the %s range of the last entry: 0x%" PRIx64, covers,
			   e->address & (size - 1));
	else
		prose__add(&p, "  offset in the %s page: 0x%" PRIx64, covers,
			   e->address & (size - 1));
	if (last)
		entry_prose(e, last, &p);
	table__set_footer(t, "%s", p.text);
}

/* --- the page -------------------------------------------------------------------------------- */

static const struct column pagemap_columns[] = {
	{ .key = "entry", .type = CELL_HEX },	   { .key = "present", .type = CELL_BOOL },
	{ .key = "swapped", .type = CELL_BOOL },   { .key = "soft_dirty", .type = CELL_BOOL },
	{ .key = "exclusive", .type = CELL_BOOL }, { .key = "file_or_shared", .type = CELL_BOOL },
	{ .key = "uffd_wp", .type = CELL_BOOL },   { .key = "guard", .type = CELL_BOOL },
};
static const struct table_def pagemap_table = OBJECT_DEF("pagemap", pagemap_columns);

static const struct column page_columns[] = {
	{ .key = "frame", .type = CELL_HEX },	 { .key = "frame_from", .type = CELL_STR },
	{ .key = "mapcount", .type = CELL_U64 }, { .key = "pagemap", .type = CELL_TABLE },
	{ .key = "flags", .type = CELL_TABLE },	 { .key = "flags_unnamed", .type = CELL_HEX },
};
static const struct table_def page_table = OBJECT_DEF("page", page_columns);

static void pagemap_part(struct table *parent, const struct explanation *e, struct prose *p)
{
	static const struct {
		uint64_t bit;
		const char *key;
		const char *yes;
	} bits[] = {
		{ PAGEMAP_PRESENT, "present", "present" },
		{ PAGEMAP_SWAPPED, "swapped", "swap or other special entry" },
		{ PAGEMAP_EXCLUSIVE, "exclusive", "mapped by this process only" },
		{ PAGEMAP_FILE, "file_or_shared", "file-backed or shared" },
		{ PAGEMAP_SOFT_DIRTY, "soft_dirty", "soft-dirty" },
		{ PAGEMAP_UFFD_WP, "uffd_wp", "write-protected by userfaultfd" },
		{ PAGEMAP_GUARD, "guard", "guard" },
	};
	struct table *t = table__sub(parent, &pagemap_table);
	size_t n = 0;

	prose__add(p, "\n  pagemap: ");
	/* without the frame number, which is shown separately, and is 0 if it is hidden */
	table__set_u64(t, "entry", e->pagemap & ~PAGEMAP_FRAME);
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		const bool set = e->pagemap & bits[i].bit;

		if (set)
			prose__add(p, "%s%s", n++ ? ", " : "", bits[i].yes);
		/* older kernels have no such bit, or not this use of it */
		if (!set && (bits[i].bit == PAGEMAP_GUARD ||
			     (bits[i].bit == PAGEMAP_SOFT_DIRTY && !e->soft_dirty_kept)))
			continue;
		table__set_bool(t, bits[i].key, set);
	}
	if (!n)
		prose__add(p, "no page");
	if (!e->soft_dirty_kept)
		prose__add(p, " (no soft-dirty bits on this kernel)");
}

static void page_flags_part(struct table *t, const struct explanation *e, struct prose *p)
{
	const struct flag *flags[MAX_PAGE_FLAGS];
	const size_t nr = page_flags__decode(e->flags, flags);
	const uint64_t unnamed = page_flags__unnamed(e->flags);

	prose__add(p, "\n  flags:");
	for (size_t i = 0; i < nr; i++)
		prose__add(p, "%s %s (%s)", i ? "," : "", flags[i]->name, flags[i]->word);
	if (!e->flags)
		prose__add(p, " none");
	if (unnamed)
		prose__add(p, "%s unnamed bits 0x%" PRIx64, nr ? "," : "", unnamed);
	table__set_u64(t, "flags_unnamed", unnamed);
	explain_part__flags(t, flags, nr);
}

void explain_part__page(struct table *parent, const struct explanation *e)
{
	struct table *t = table__sub(parent, &page_table);
	struct prose p = {};

	prose__add(&p, "\nPage:");
	if (e->frame) {
		table__set_u64(t, "frame", e->frame);
		table__set_str(t, "frame_from", e->frame_from);
		prose__add(&p, "\n  frame 0x%" PRIx64 " (physical 0x%" PRIx64 ", by %s)", e->frame,
			   e->frame << 12 | (e->address & 4095), e->frame_from);
	}
	if (e->has_mapcount) {
		table__set_u64(t, "mapcount", e->mapcount);
		prose__add(&p, ", mapped %" PRIu64 " time%s", e->mapcount, str_plural(e->mapcount));
	}
	if (e->has_pagemap)
		pagemap_part(t, e, &p);
	if (e->has_flags)
		page_flags_part(t, e, &p);
	if (!e->frame && !e->has_pagemap)
		prose__add(&p, " unknown");
	table__set_title(t, "%s", p.text);
}

/* --- TLB reach ------------------------------------------------------------------------------- */

static const struct column reach_columns[] = {
	{ .key = "level", .head = "LEVEL", .type = CELL_U64 },
	{ .key = "type", .head = "TLB", .type = CELL_STR, .left = true },
	{ .key = "entries", .head = "ENTRIES", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "ways", .type = CELL_U64 },
	{ .key = "fully_associative", .type = CELL_BOOL },
	{ .key = "shared_by_sizes", .type = CELL_BOOL },
	{ .key = "assoc", .head = "ASSOCIATIVITY", .type = CELL_STR, .text_only = true },
	{ .key = "reach_bytes", .head = "REACH", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "vma_percent", .head = "VMA%", .type = CELL_F64, .unit = UNIT_PERCENT },
};
static const struct table_def reach_table = TABLE_DEF("tlbs", reach_columns);

static const struct column tlb_columns[] = {
	{ .key = "page_size", .type = CELL_U64 }, { .key = "vendor", .type = CELL_STR },
	{ .key = "source", .type = CELL_STR },	  { .key = "virtual_cpu", .type = CELL_BOOL },
	{ .key = "hybrid", .type = CELL_BOOL },	  { .key = "tlbs", .head = "", .type = CELL_TABLE },
};
static const struct table_def tlb_table = OBJECT_DEF("tlb", tlb_columns);

static void add_reach(struct table *t, const struct explanation *e, const struct tlb *tlb)
{
	const uint64_t reach = tlb->entries * e->page_size, vma = e->vma.end - e->vma.start;
	char assoc[32] = "unknown";

	table__add_row(t);
	table__set_u64(t, "level", tlb->level);
	table__set_u64(t, "entries", tlb->entries);
	if (tlb->ways) {
		table__set_bool(t, "fully_associative", tlb->ways == TLB_FULL);
		if (tlb->ways != TLB_FULL)
			table__set_u64(t, "ways", tlb->ways);
		if (tlb->ways == TLB_FULL)
			snprintf(assoc, sizeof(assoc), "full");
		else
			snprintf(assoc, sizeof(assoc), "%u-way", tlb->ways);
	}
	table__set_bool(t, "shared_by_sizes", tlb->sizes & (tlb->sizes - 1));
	table__set_u64(t, "reach_bytes", reach);
	table__set_f64(t, "vma_percent", reach >= vma ? 100 : 100.0 * reach / vma);
	table__set_str(t, "type", tlb_type_names[tlb->type]);
	table__set_str(t, "assoc", assoc);
}

static void tlb_title(struct table *t, const struct explanation *e, const struct tlbs *tlbs)
{
	char size[STR_NUMBER_LEN];

	if (!e->page_size) {
		table__set_title(t, "\nTLB reach: unknown (page size unknown)");
		return;
	}
	str_format_bytes(size, sizeof(size), e->page_size);
	if (!tlbs->nr) {
		table__set_title(t,
				 "\nTLB reach with pages of %s: unknown (this CPU does "
				 "not report the sizes of its TLBs)",
				 size);
		return;
	}
	table__set_title(t, "\nTLB reach with pages of %s (size from %s; %s, %s%s%s):", size,
			 e->page_size_from, tlbs->vendor, tlbs->source,
			 tlbs->virtual ? ", as reported by the hypervisor" : "",
			 tlbs->hybrid ? "; other cores may differ" : "");
}

void explain_part__tlb(struct table *parent, const struct explanation *e, const struct tlbs *tlbs)
{
	struct table *t = table__sub(parent, &tlb_table), *reach = table__sub(t, &reach_table);
	const unsigned int bit = tlb_size_bit(e->page_size);

	for (size_t i = 0; i < tlbs->nr; i++)
		if (tlbs->tlb[i].sizes & bit)
			add_reach(reach, e, &tlbs->tlb[i]);
	if (e->page_size)
		table__set_u64(t, "page_size", e->page_size);
	if (*tlbs->vendor)
		table__set_str(t, "vendor", tlbs->vendor);
	if (tlbs->nr) {
		table__set_str(t, "source", tlbs->source);
		table__set_bool(t, "virtual_cpu", tlbs->virtual);
		table__set_bool(t, "hybrid", tlbs->hybrid);
	}
	if (bit && tlbs->nr && !reach->nr_rows)
		table__set_footer(t, "  cpuid reports no TLB for this page size");
	tlb_title(t, e, tlbs);
}
