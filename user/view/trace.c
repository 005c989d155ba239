// SPDX-License-Identifier: GPL-2.0-only
/* trace.c - a row for each fault: when, who, where, what it wanted, and how it ended. */
#include "view/trace.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/names.h"

#define COLUMNS(c) .columns = (c), .nr_columns = sizeof(c) / sizeof(*(c))

/* clang-format off */
static const struct column trace_columns[] = {
	{.key = "type", .type = CELL_STR},
	{.key = "time_ns", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "time", .head = "TIME", .type = CELL_STR, .text_only = true, .width = 10},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .left = true, .width = 8},
	{.key = "pid", .type = CELL_U64},
	{.key = "tid", .head = "TID", .type = CELL_U64, .width = 7},
	{.key = "cpu", .head = "CPU", .type = CELL_U64, .width = 3},
	{.key = "duration_ns", .head = "TOOK", .type = CELL_U64, .unit = UNIT_NS, .width = 6},
	{.key = "mode", .type = CELL_STR},
	{.key = "access", .type = CELL_STR},
	{.key = "outcome", .type = CELL_STR},
	{.key = "cause", .type = CELL_STR},
	{.key = "size", .type = CELL_STR},
	{.key = "mapped_pages", .type = CELL_U64},
	{.key = "kind", .head = "FAULT", .type = CELL_STR, .left = true, .text_only = true,
	 .width = 14},
	{.key = "address", .head = "ADDRESS", .type = CELL_HEX, .width = 12},
	{.key = "ip", .type = CELL_HEX},
	{.key = "vma", .type = CELL_TABLE},
	{.key = "crash", .type = CELL_TABLE},
	{.key = "where", .head = "VMA", .type = CELL_STR, .text_only = true},
};

static const struct column vma_columns[] = {
	{.key = "start", .type = CELL_HEX},
	{.key = "end", .type = CELL_HEX},
	{.key = "perms", .type = CELL_STR},
	{.key = "name", .type = CELL_STR},
	{.key = "offset", .type = CELL_U64, .unit = UNIT_BYTES},
};

static const struct column summary_columns[] = {
	{.key = "type", .type = CELL_STR},
	{.key = "events", .type = CELL_U64},
	{.key = "lost", .type = CELL_U64},
	{.key = "generated", .type = CELL_U64},
	{.key = "totals", .type = CELL_TABLE},
};
/* clang-format on */

const struct table_def trace_table = { .key = "faults", COLUMNS(trace_columns) };
const struct table_def trace_summary_table = { .key = "summary",
					       .json_only = true,
					       COLUMNS(summary_columns) };
static const struct table_def vma_table = { .key = "vma",
					    .shape = TABLE_OBJECT,
					    COLUMNS(vma_columns) };

/** file_offset - of the address: in the file, or from the start of what has none. */
static uint64_t file_offset(const struct vs_event_fault *e, const struct counted *row)
{
	uint64_t in_vma = e->address - e->vma_start;

	if (row->vma.name_kind != VS_NAME_FILE)
		return in_vma;
	return in_vma + e->vma_pgoff * 4096;
}

static int vma_cell(struct table *t, const struct vs_event_fault *e, const struct counted *row)
{
	struct table *vma = table__new(&vma_table);
	char perms[5];
	int err;

	if (!vma)
		return -1;
	table__set_table(t, "vma", vma);
	if (table__add_row(vma) < 0)
		return -1;
	vma_perms(row->vma.key.flags, perms);
	table__set_u64(vma, "start", e->vma_start);
	table__set_u64(vma, "end", e->vma_end);
	table__set_u64(vma, "offset", file_offset(e, row));
	err = table__set_str(vma, "perms", perms);
	return err ? err : table__set_str(vma, "name", row->name);
}

static int where_cell(struct table *t, const struct vs_event_fault *e, const struct counted *row)
{
	char where[4400];
	const char *name = row ? row->name : "";

	if (!e->vma_end || !row || !row->is_vma)
		return table__set_str(t, "where", "[no VMA]");
	/* the last component: the line is short, and the whole is in JSON */
	if (*name == '/' && strrchr(name, '/')[1])
		name = strrchr(name, '/') + 1;
	snprintf(where, sizeof(where), "%s+0x%llx", name, (unsigned long long)file_offset(e, row));
	return table__set_str(t, "where", where);
}

/** crash_cell - JSON gets the object, text the same in words below the line. */
static int crash_cell(struct table *t, const struct crash *crash)
{
	struct table *cell = crash_table(crash);

	if (!cell)
		return -ENOMEM;
	table__set_table(t, "crash", cell);
	return table__set_footer(t, "  %s", table__cell(cell, 0, "text")->str);
}

int trace_row(struct table *t, const struct vs_event_fault *e, const struct counted *row,
	      const struct crash *crash, uint64_t time_ns)
{
	char time[32], kind[48], access;
	int err;

	table__truncate(t, 0);
	table__clear_footer(t);
	if (table__add_row(t) < 0)
		return -1;
	snprintf(time, sizeof(time), "%llu.%06llu", (unsigned long long)time_ns / 1000000000,
		 (unsigned long long)time_ns / 1000 % 1000000);
	access = *access_names[e->access];
	snprintf(kind, sizeof(kind), "%c%c %s", "mM!"[e->outcome],
		 e -> origin == VS_ORIGIN_KERNEL ? toupper(access) : access, cause_names[e->cause]);
	table__set_u64(t, "time_ns", time_ns);
	table__set_u64(t, "pid", e->pid);
	table__set_u64(t, "tid", e->tid);
	table__set_u64(t, "cpu", e->head.cpu);
	if (e->duration_ns)
		table__set_u64(t, "duration_ns", e->duration_ns);
	table__set_u64(t, "address", e->address);
	if (e->mapped) {
		table__set_u64(t, "mapped_pages", e->mapped);
		err = table__set_str(t, "size", size_names[e->size]);
		if (err)
			return err;
	}
	if (e->ip)
		table__set_u64(t, "ip", e->ip);
	err = table__set_str(t, "type", "fault");
	err = err ? err : table__set_str(t, "time", time);
	err = err ? err : table__set_str(t, "comm", e->comm);
	err = err ? err : table__set_str(t, "mode", origin_names[e->origin]);
	err = err ? err : table__set_str(t, "access", access_names[e->access]);
	err = err ? err : table__set_str(t, "outcome", outcome_names[e->outcome]);
	err = err ? err : table__set_str(t, "cause", cause_names[e->cause]);
	err = err ? err : table__set_str(t, "kind", kind);
	err = err ? err : where_cell(t, e, row);
	if (!err && crash && crash->event)
		err = crash_cell(t, crash);
	if (!err && e->vma_end && row && row->is_vma)
		err = vma_cell(t, e, row);
	return err;
}
