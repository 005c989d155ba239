// SPDX-License-Identifier: GPL-2.0-only
/* explain.c - the document of `vmascope explain`: a process, and a row for each address. */
#include "view/explain/explain.h"

#include <inttypes.h>

#include "view/explain/explain_parts.h"
#include "view/faults/stat.h"

static const struct column root_columns[] = {
	{ .key = "schema", .type = CELL_U64 },
	{ .key = "pid", .type = CELL_U64 },
	{ .key = "comm", .type = CELL_STR },
};
static const struct table_def root_table = OBJECT_DEF(NULL, root_columns);

static const struct column address_columns[] = {
	{ .key = "address", .type = CELL_HEX },
	{ .key = "kind", .type = CELL_STR },
	{ .key = "summary", .type = CELL_STR },
	{ .key = "head", .head = "", .type = CELL_TABLE, .text_only = true },
	{ .key = "page_tables", .head = "", .type = CELL_TABLE },
	{ .key = "page", .head = "", .type = CELL_TABLE },
	{ .key = "vma", .head = "", .type = CELL_TABLE },
	{ .key = "around", .head = "", .type = CELL_TABLE },
	{ .key = "tlb", .head = "", .type = CELL_TABLE },
	{ .key = "unknown", .head = "", .type = CELL_TABLE },
};
static const struct table_def address_table = TABLE_DEF("addresses", address_columns);

/* The first lines of an address: a table that only has a title. */
static const struct column head_columns[] = { { .key = "none", .type = CELL_BOOL } };
static const struct table_def head_table = TABLE_DEF("head", head_columns, .text_only = true);

struct table *explain_view__begin(struct document *d, const struct explain_target *t)
{
	struct table *root = document__table(d, &root_table);

	table__set_u64(root, "schema", VIEW_SCHEMA);
	table__set_u64(root, "pid", t->pid);
	table__set_str(root, "comm", t->comm);
	table__set_title(root, "Process %d (%s)", t->pid, t->comm);
	return document__table(d, &address_table);
}

void explain_view__add(struct table *t, const struct explain_target *target,
		       const struct explanation *e)
{
	char summary[256];

	explanation__summary(e, summary, sizeof(summary));
	table__add_row(t);
	table__set_u64(t, "address", e->address);
	table__set_str(t, "kind", address_kind_names[e->kind]);
	table__set_str(t, "summary", summary);
	table__set_title(table__sub(t, &head_table), "%s0x%" PRIx64 ": %s",
			 t->nr_rows > 1 ? "\n" : "", e->address, summary);
	if (e->kind != ADDRESS_NON_CANONICAL)
		explain_part__tables(t, e);
	if (e->has_vma) {
		explain_part__page(t, e);
		explain_part__vma(t, e);
		explain_part__tlb(t, e, &target->tlbs);
	}
	if (!e->has_vma && e->kind == ADDRESS_USER)
		explain_part__around(t, e);
	explain_part__unknown(t, e);
}

static const struct column unknown_columns[] = {
	{ .key = "what", .type = CELL_STR },
	{ .key = "why", .type = CELL_STR },
};
static const struct table_def unknown_table = TABLE_DEF("unknown", unknown_columns);

void explain_part__unknown(struct table *parent, const struct explanation *e)
{
	struct table *t = table__sub(parent, &unknown_table);
	struct prose text = {};

	for (size_t i = 0; i < e->nr_unknown; i++) {
		table__add_row(t);
		table__set_str(t, "what", e->unknown[i].what);
		table__set_str(t, "why", e->unknown[i].why);
		prose__add(&text, "%s  %s: %s", i ? "\n" : "\nUnknown:\n", e->unknown[i].what,
			   e->unknown[i].why);
	}
	if (text.len)
		table__set_title(t, "%s", text.text);
}
