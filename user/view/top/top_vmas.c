// SPDX-License-Identifier: GPL-2.0-only
/* top_vmas.c - top: a row for each VMA of a process, or of all. */
#include "view/common/stat_cells.h"
#include "view/top/top_cells.h"

/* clang-format off */
#define COLUMNS(COUNT, TIME, FIGURE)                                                               \
	TOP_ID_COLUMN,                                                                             \
	COUNT("faults", "FAULTS"),                                                                 \
	{.key = "percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT},                   \
	COUNT("major", "MAJOR"),                                                                   \
	COUNT("write", "WRITE", .spare = true),                                                    \
	COUNT("read", "READ", .spare = true),                                                      \
	COUNT("exec", "EXEC", .spare = true),                                                      \
	TIME("fault_ns", "TIME"),                                                                  \
	{.key = "average_ns", .head = "AVG", .type = CELL_F64, .unit = UNIT_NS},                   \
	VS_EACH_FIGURE(FIGURE)                                                                     \
	{.key = "size", .head = "SIZE", .type = CELL_U64, .unit = UNIT_BYTES},                     \
	{.key = "perms", .head = "PERM", .type = CELL_STR, .left = true},                          \
	{.key = "start", .head = "START", .type = CELL_HEX},                                       \
	{.key = "end", .type = CELL_HEX},                                                          \
	{.key = "vma", .head = "VMA", .type = CELL_STR}
/* clang-format on */

TOP_TABLES(vmas, COLUMNS);

static void where_cells(struct table *t, const struct fault_row *row)
{
	if (!row->is_vma) {
		table__set_str(t, "vma", outside_name(row));
		return;
	}
	if (vma_is_several(&row->vma)) {
		table__set_str(t, "vma", fault_row__name(row));
		return;
	}
	table__set_u64(t, "start", row->vma.start);
	table__set_u64(t, "end", row->vma.end);
	table__set_u64(t, "size", row->vma.end - row->vma.start);
	perms_cell(t, row->vma.key.flags);
	table__set_str(t, "vma", fault_row__name(row));
}

static void vma_row(const struct top_view *v, struct table *t, const struct fault_row *row,
		    const struct vs_counts *c, uint64_t total)
{
	const uint64_t faults = counts_faults(c);

	table__add_row(t);
	table__set_u64(t, "id", (uintptr_t)row);
	top_count(v, t, "faults", faults);
	table__set_f64(t, "percent", total ? 100.0 * faults / total : 0);
	top_count(v, t, "major", c->outcome[VS_MAJOR]);
	top_count(v, t, "read", counts_access(c, VS_ACCESS_READ));
	top_count(v, t, "write", counts_access(c, VS_ACCESS_WRITE));
	top_count(v, t, "exec", counts_access(c, VS_ACCESS_EXEC));
	top_fault_time(v, t, c);
	top_average(t, "average_ns", c);
	top_figures(v, t, c);
	where_cells(t, row);
}

static void process_rows(const struct top_view *v, struct table *t, const struct process *p,
			 uint64_t total)
{
	for (size_t i = 0; i < p->nr_rows; i++) {
		const struct fault_row *row = p->rows[i];
		const struct vs_counts c = top_counts(v, row);

		/* a VMA that was unmapped has no slot, and is shown for its counts */
		if (top_selected(v, row) && (counts_faults(&c) || (row->is_vma && row->slot)))
			vma_row(v, t, row, &c, total);
	}
}

struct table *top_vmas(const struct top_view *v)
{
	struct table *t = table__new(&vmas_tables[v->rates]);
	const struct vs_counts total = top_total(v);

	for (size_t i = 0; i < v->model->nr_processes; i++)
		if (!v->process || v->process == v->model->processes[i])
			process_rows(v, t, v->model->processes[i], counts_faults(&total));
	return t;
}
