// SPDX-License-Identifier: GPL-2.0-only
/* explain.c - the document of `vmascope explain`: a process, and a row for each address. */
#include "view/explain/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "view/explain/explain_parts.h"
#include "view/faults/stat.h"

static const struct column root_columns[] = {
	{ .key = "schema", .type = CELL_U64 },
	{ .key = "pid", .type = CELL_U64 },
	{ .key = "comm", .type = CELL_STR },
};
static const struct table_def root_table = { .shape = TABLE_OBJECT, TABLE_COLUMNS(root_columns) };

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
static const struct table_def address_table = { .key = "addresses",
						TABLE_COLUMNS(address_columns) };

/* The first lines of an address: a table for its title alone. */
static const struct column head_columns[] = { { .key = "none", .type = CELL_BOOL } };
static const struct table_def head_table = { .text_only = true, TABLE_COLUMNS(head_columns) };

struct table *explain_view__begin(struct document *d, const struct explain_target *t)
{
	struct table *root = table__new(&root_table), *addresses;

	if (!root || document__add(d, root) || table__add_row(root) < 0)
		return NULL;
	table__set_u64(root, "schema", VIEW_SCHEMA);
	table__set_u64(root, "pid", t->pid);
	if (table__set_str(root, "comm", t->comm) ||
	    table__set_title(root, "Process %d (%s)", t->pid, t->comm))
		return NULL;
	addresses = table__new(&address_table);
	return addresses && !document__add(d, addresses) ? addresses : NULL;
}

static int add_part(struct table *t, const char *key, struct table *part)
{
	if (!part)
		return -ENOMEM;
	table__set_table(t, key, part);
	return 0;
}

int explain_view__add(struct table *t, const struct explain_target *target,
		      const struct explanation *e)
{
	struct table *head = table__new(&head_table);
	char summary[256];
	int err;

	explanation__summary(e, summary, sizeof(summary));
	err = add_part(t, "head", table__add_row(t) < 0 ? NULL : head);
	if (err)
		return err;
	table__set_u64(t, "address", e->address);
	err = table__set_str(t, "kind", address_kind_names[e->kind]);
	err = err ? err : table__set_str(t, "summary", summary);
	err = err ? err
		  : table__set_title(head, "%s0x%" PRIx64 ": %s", t->nr_rows > 1 ? "\n" : "",
				     e->address, summary);
	if (!err && e->kind != ADDRESS_NON_CANONICAL)
		err = add_part(t, "page_tables", explain_part__tables(e));
	if (!err && e->has_vma)
		err = add_part(t, "page", explain_part__page(e));
	if (!err && e->has_vma)
		err = add_part(t, "vma", explain_part__vma(e));
	if (!err && !e->has_vma && e->kind == ADDRESS_USER)
		err = add_part(t, "around", explain_part__around(e));
	if (!err && e->has_vma)
		err = add_part(t, "tlb", explain_part__tlb(e, &target->tlbs));
	return err ? err : add_part(t, "unknown", explain_part__unknown(e));
}

static const struct column unknown_columns[] = {
	{ .key = "what", .type = CELL_STR },
	{ .key = "why", .type = CELL_STR },
};
static const struct table_def unknown_table = { .key = "unknown", TABLE_COLUMNS(unknown_columns) };

struct table *explain_part__unknown(const struct explanation *e)
{
	struct table *t = table__new(&unknown_table);
	struct prose text = {};
	int err = 0;

	for (size_t i = 0; t && !err && i < e->nr_unknown; i++) {
		err = table__add_row(t) < 0 ? -ENOMEM : 0;
		err = err ? err : table__set_str(t, "what", e->unknown[i].what);
		err = err ? err : table__set_str(t, "why", e->unknown[i].why);
		prose__add(&text, "%s  %s: %s", i ? "\n" : "\nUnknown:\n", e->unknown[i].what,
			   e->unknown[i].why);
	}
	if (t && !err && text.len)
		err = table__set_title(t, "%s", text.text);
	if (!err)
		return t;
	table__free(t);
	return NULL;
}
