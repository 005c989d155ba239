// SPDX-License-Identifier: GPL-2.0-only
/* explain_vma.c - the sections of `vmascope explain` about the VMA, or those nearest. */
#include <errno.h>
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
static const struct table_def vma_table = { .key = "vma",
					    .shape = TABLE_OBJECT,
					    TABLE_COLUMNS(vma_columns) };

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
static const struct table_def flag_table = { .key = "vm_flags",
					     .shape = TABLE_MAP,
					     TABLE_COLUMNS(flag_columns) };

static struct table *give(struct table *t, int err)
{
	if (!err)
		return t;
	table__free(t);
	return NULL;
}

static const char *name_of(const struct proc_map *map)
{
	return *map->name ? map->name : "[anon]";
}

/** vm_flags_part - each of the two-letter flags with its word. */
static struct table *vm_flags_part(const struct smaps *s, struct prose *p)
{
	struct table *t = table__new(&flag_table);
	char names[sizeof(s->vm_flags)], *rest = names, *name;
	int err = t ? 0 : -ENOMEM;

	memcpy(names, s->vm_flags, sizeof(names));
	prose__add(p, "VmFlags:");
	while (!err && (name = strsep(&rest, " "))) {
		const char *word = smaps__flag(name)->word;

		if (!*name)
			continue;
		prose__add(p, "%s %s (%s)", t->nr_rows ? "," : "", name, word);
		err = table__add_row(t) < 0 ? -ENOMEM : table__set_str(t, "flag", name);
		err = err ? err : table__set_str(t, "word", word);
	}
	return give(t, err);
}

static int smaps_cells(struct table *t, const struct smaps *s)
{
	struct prose p = {};
	struct table *flags;

	for (int i = 0; i < NR_SMAPS_FIELDS; i++)
		if (s->known & 1u << i)
			table__set_u64(t, field_keys[i], s->bytes[i]);
	if (!*s->vm_flags)
		return 0;
	flags = vm_flags_part(s, &p);
	if (!flags)
		return -ENOMEM;
	table__set_table(t, "vm_flags", flags);
	return table__set_footer(t, "%s", p.text);
}

struct table *explain_part__vma(const struct explanation *e)
{
	const struct proc_map *map = &e->vma;
	struct table *t = table__new(&vma_table);
	struct prose p = {};
	char dev[32];
	int err;

	if (!t || table__add_row(t) < 0)
		return give(t, -ENOMEM);
	table__set_u64(t, "start", map->start);
	table__set_u64(t, "end", map->end);
	table__set_u64(t, "size_bytes", map->end - map->start);
	err = table__set_str(t, "perms", map->perms);
	err = err ? err : table__set_str(t, "name", name_of(map));
	prose__add(&p, "\nVMA %" PRIx64 "-%" PRIx64 " %s %s", map->start, map->end, map->perms,
		   name_of(map));
	if (map->inode) {
		snprintf(dev, sizeof(dev), "%02x:%02x", map->dev_major, map->dev_minor);
		table__set_u64(t, "inode", map->inode);
		table__set_u64(t, "file_offset", e->file_offset);
		err = err ? err : table__set_str(t, "dev", dev);
		prose__add(&p, "\noffset in the file: 0x%" PRIx64 " (inode %" PRIu64 " of %s)",
			   e->file_offset, map->inode, dev);
	}
	err = err ? err : table__set_title(t, "%s", p.text);
	if (!err && e->has_smaps)
		err = smaps_cells(t, &e->smaps);
	return give(t, err);
}

/* --- no VMA ---------------------------------------------------------------------------------- */

static const struct column near_columns[] = {
	{ .key = "side", .head = "NEAREST", .type = CELL_STR, .left = true },
	{ .key = "distance_bytes", .head = "AWAY", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "start", .head = "START", .type = CELL_HEX },
	{ .key = "end", .head = "END", .type = CELL_HEX },
	{ .key = "perms", .head = "PERM", .type = CELL_STR, .left = true },
	{ .key = "name", .head = "NAME", .type = CELL_STR },
};
static const struct table_def near_table = { .key = "nearest", TABLE_COLUMNS(near_columns) };

static const struct column gap_columns[] = {
	{ .key = "limit_bytes", .type = CELL_U64, .unit = UNIT_BYTES },
	{ .key = "unlimited", .type = CELL_BOOL },
	{ .key = "grows", .type = CELL_BOOL },
};
static const struct table_def gap_table = { .key = "stack_gap",
					    .shape = TABLE_OBJECT,
					    TABLE_COLUMNS(gap_columns) };

static const struct column around_columns[] = {
	{ .key = "nearest", .head = "", .type = CELL_TABLE },
	{ .key = "stack_gap", .type = CELL_TABLE },
};
static const struct table_def around_table = { .key = "around",
					       .shape = TABLE_OBJECT,
					       TABLE_COLUMNS(around_columns) };

static int add_neighbour(struct table *t, const char *side, const struct neighbour *n)
{
	int err;

	if (!n->map)
		return 0;
	if (table__add_row(t) < 0)
		return -ENOMEM;
	table__set_u64(t, "distance_bytes", n->distance);
	table__set_u64(t, "start", n->map->start);
	table__set_u64(t, "end", n->map->end);
	err = table__set_str(t, "side", side);
	err = err ? err : table__set_str(t, "perms", n->map->perms);
	return err ? err : table__set_str(t, "name", name_of(n->map));
}

static int gap_part(struct table *around, const struct stack_gap *gap)
{
	char limit[STR_NUMBER_LEN] = "unlimited";
	struct table *t = table__new(&gap_table);

	if (!t)
		return -ENOMEM;
	table__set_table(around, "stack_gap", t);
	if (table__add_row(t) < 0)
		return -ENOMEM;
	if (!gap->limit_known)
		return 0;
	table__set_bool(t, "grows", gap->grows);
	table__set_bool(t, "unlimited", gap->limit == UINT64_MAX);
	if (gap->limit != UINT64_MAX) {
		table__set_u64(t, "limit_bytes", gap->limit);
		str_format_bytes(limit, sizeof(limit), gap->limit);
	}
	return table__set_footer(around,
				 "  the next VMA is a stack (limit %s), which %s down to "
				 "this address",
				 limit, gap->grows ? "can grow" : "cannot grow");
}

struct table *explain_part__around(const struct explanation *e)
{
	struct table *t = table__new(&around_table), *near = table__new(&near_table);
	int err;

	if (!t || !near || table__add_row(t) < 0) {
		table__free(near);
		return give(t, -ENOMEM);
	}
	table__set_table(t, "nearest", near);
	err = table__set_title(t, "\nNo VMA:");
	err = err ? err : add_neighbour(near, "before", &e->before);
	err = err ? err : add_neighbour(near, "after", &e->after);
	if (!err && e->gap.there)
		err = gap_part(t, &e->gap);
	return give(t, err);
}
