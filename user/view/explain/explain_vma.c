// SPDX-License-Identifier: GPL-2.0-only
/* explain_vma.c - the sections of `vmascope explain` about the VMA, or the nearest ones. */
#include <inttypes.h>
#include <string.h>

#include "util/str.h"
#include "view/explain/explain_parts.h"

static const struct column vma_columns[] = {
	{ .key = "start", .type = CELL_HEX },
	{ .key = "end", .type = CELL_HEX },
	{ .key = "perms", .type = CELL_STR },
	{ .key = "name", .type = CELL_STR },
	{ .key = "dev", .type = CELL_STR },
	{ .key = "inode", .type = CELL_U64 },
	{ .key = "file_offset", .type = CELL_HEX },
	{ .key = "size_bytes", .head = "size", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "rss_bytes", .head = "Rss", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "pss_bytes", .head = "Pss", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "swap_bytes", .head = "Swap", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "kernel_page_size_bytes",
	  .head = "KernelPageSize",
	  .type = CELL_U64,
	  .unit = UNIT_BYTES },
	{ .key = "mmu_page_size_bytes", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "anon_huge_bytes", .head = "AnonHugePages", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "shmem_pmd_bytes", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "file_pmd_bytes", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "locked_bytes", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "lazy_free_bytes", .head = "LazyFree", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "vm_flags", .type = CELL_TABLE },
};
static const struct table_def vma_table = OBJECT_DEF("vma", vma_columns);

static const char *const field_keys[NR_SMAPS_FIELDS] = {
	[SMAPS_RSS] = "rss_bytes",
	[SMAPS_PSS] = "pss_bytes",
	[SMAPS_SWAP] = "swap_bytes",
	[SMAPS_KERNEL_PAGE_SIZE] = "kernel_page_size_bytes",
	[SMAPS_MMU_PAGE_SIZE] = "mmu_page_size_bytes",
	[SMAPS_ANON_HUGE] = "anon_huge_bytes",
	[SMAPS_SHMEM_PMD] = "shmem_pmd_bytes",
	[SMAPS_FILE_PMD] = "file_pmd_bytes",
	[SMAPS_LOCKED] = "locked_bytes",
	[SMAPS_LAZY_FREE] = "lazy_free_bytes",
};

static const struct column flag_columns[] = {
	{ .key = "flag", .type = CELL_STR },
	{ .key = "word", .type = CELL_STR },
};
static const struct table_def flag_table = TABLE_DEF("vm_flags", flag_columns, .shape = TABLE_MAP);

static const char *name_of(const struct proc_map *map)
{
	return *map->name ? map->name : "[anon]";
}

/** vm_flags_part - each two-letter flag with its name. */
static void vm_flags_part(struct table *parent, const struct smaps *s, struct prose *p)
{
	struct table *t = table__sub(parent, &flag_table);
	char names[sizeof(s->vm_flags)], *rest = names, *name;
	const char *between = "";

	memcpy(names, s->vm_flags, sizeof(names));
	prose__add(p, "VmFlags:");
	while ((name = strsep(&rest, " "))) {
		const char *word = smaps__flag(name)->word;

		if (!*name)
			continue;
		prose__add(p, "%s %s (%s)", between, name, word);
		between = ",";
		table__add_row(t);
		table__set_str(t, "flag", name);
		table__set_str(t, "word", word);
	}
}

static void smaps_cells(struct table *t, const struct smaps *s)
{
	struct prose p = {};

	for (int i = 0; i < NR_SMAPS_FIELDS; i++)
		if (s->known & 1u << i)
			table__set_u64(t, field_keys[i], s->bytes[i]);
	if (!*s->vm_flags)
		return;
	vm_flags_part(t, s, &p);
	table__set_footer(t, "%s", p.text);
}

void explain_part__vma(struct table *parent, const struct explanation *e)
{
	const struct proc_map *map = &e->vma;
	struct table *t = table__sub(parent, &vma_table);
	struct prose p = {};
	char dev[32];

	table__set_u64(t, "start", map->start);
	table__set_u64(t, "end", map->end);
	table__set_u64(t, "size_bytes", map->end - map->start);
	table__set_str(t, "perms", map->perms);
	table__set_str(t, "name", name_of(map));
	prose__add(&p, "\nVMA %" PRIx64 "-%" PRIx64 " %s %s", map->start, map->end, map->perms,
		   name_of(map));
	if (map->inode) {
		snprintf(dev, sizeof(dev), "%02x:%02x", map->dev_major, map->dev_minor);
		table__set_u64(t, "inode", map->inode);
		table__set_u64(t, "file_offset", e->file_offset);
		table__set_str(t, "dev", dev);
		prose__add(&p, "\noffset in the file: 0x%" PRIx64 " (inode %" PRIu64 " of %s)",
			   e->file_offset, map->inode, dev);
	}
	table__set_title(t, "%s", p.text);
	if (e->has_smaps)
		smaps_cells(t, &e->smaps);
}

/* --- no VMA ---------------------------------------------------------------------------------- */

static const struct column near_columns[] = {
	{ .key = "side", .head = "NEAREST", .type = CELL_STR, .left = true },
	{ .key = "distance_bytes", .head = "DISTANCE", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "start", .head = "START", .type = CELL_HEX },
	{ .key = "end", .head = "END", .type = CELL_HEX },
	{ .key = "perms", .head = "PERM", .type = CELL_STR, .left = true },
	{ .key = "name", .head = "NAME", .type = CELL_STR },
};
static const struct table_def near_table = TABLE_DEF("nearest", near_columns);

static const struct column gap_columns[] = {
	{ .key = "limit_bytes", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "unlimited", .type = CELL_BOOL },
	{ .key = "grows", .type = CELL_BOOL },
};
static const struct table_def gap_table = OBJECT_DEF("stack_gap", gap_columns);

static const struct column around_columns[] = {
	{ .key = "nearest", .head = "", .type = CELL_TABLE },
	{ .key = "stack_gap", .type = CELL_TABLE },
};
static const struct table_def around_table = OBJECT_DEF("around", around_columns);

static void add_neighbour(struct table *t, const char *side, const struct neighbour *n)
{
	if (!n->map)
		return;
	table__add_row(t);
	table__set_u64(t, "distance_bytes", n->distance);
	table__set_u64(t, "start", n->map->start);
	table__set_u64(t, "end", n->map->end);
	table__set_str(t, "side", side);
	table__set_str(t, "perms", n->map->perms);
	table__set_str(t, "name", name_of(n->map));
}

static void gap_part(struct table *around, const struct stack_gap *gap)
{
	char limit[STR_NUMBER_LEN] = "unlimited";
	struct table *t = table__sub(around, &gap_table);

	if (!gap->limit_known)
		return;
	table__set_bool(t, "grows", gap->grows);
	table__set_bool(t, "unlimited", gap->limit == UINT64_MAX);
	if (gap->limit != UINT64_MAX) {
		table__set_u64(t, "limit_bytes", gap->limit);
		str_format_bytes(limit, sizeof(limit), gap->limit);
	}
	table__set_footer(around,
			  "  the next VMA is a stack (limit %s), which %s down to "
			  "this address",
			  limit, gap->grows ? "can grow" : "cannot grow");
}

void explain_part__around(struct table *parent, const struct explanation *e)
{
	struct table *t = table__sub(parent, &around_table), *near = table__sub(t, &near_table);

	table__set_title(t, "\nNo VMA:");
	add_neighbour(near, "before", &e->before);
	add_neighbour(near, "after", &e->after);
	if (e->gap.there)
		gap_part(t, &e->gap);
}
