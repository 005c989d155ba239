// SPDX-License-Identifier: GPL-2.0-only
/* stat.c - the document of `vmascope stat`: header, totals, processes with VMAs, grouped rows. */
#include "view/faults/stat.h"

#include <stdio.h>
#include <string.h>

#include "model/names.h"
#include "util/clock.h"
#include "util/str.h"
#include "view/common/latency_mode.h"
#include "view/common/owner_cell.h"
#include "view/common/stat_cells.h"
#include "view/faults/stat_functions.h"
#include "view/faults/stat_group.h"
#include "view/faults/stat_stacks.h"
#include "view/faults/stat_text.h"
#include "view/faults/threads.h"

static const struct column totals_columns[] = { JSON_COUNT_COLUMNS };
static const struct table_def totals_table = OBJECT_DEF("totals", totals_columns,
							.json_only = true);

static const struct column vma_columns[] = {
	{ .key = "start", .type = CELL_HEX },
	{ .key = "end", .type = CELL_HEX },
	{ .key = "perms", .type = CELL_STR },
	{ .key = "name", .type = CELL_STR },
	OWNER_COLUMN,
	{ .key = "inode", .type = CELL_U64 },
	{ .key = "several", .type = CELL_BOOL },
	JSON_COUNT_COLUMNS,
};
static const struct table_def vma_table = TABLE_DEF("vmas", vma_columns);

static const struct column before_exec_columns[] = {
	{ .key = "minor", .type = CELL_U64 },
	{ .key = "major", .type = CELL_U64 },
};
static const struct table_def before_exec_table = OBJECT_DEF("before_exec", before_exec_columns);

static const struct column overflow_columns[] = {
	{ .key = "gup", .type = CELL_U64 },
	{ .key = "no_address", .type = CELL_U64 },
	{ .key = "lookup_missed", .type = CELL_U64 },
	{ .key = "no_slot", .type = CELL_U64 },
};
static const struct table_def overflow_table = OBJECT_DEF("overflow_reasons", overflow_columns);

static const struct column process_columns[] = {
	{ .key = "pid", .type = CELL_U64 },
	{ .key = "ppid", .type = CELL_U64 },
	{ .key = "uid", .type = CELL_U64 },
	{ .key = "comm", .type = CELL_STR },
	{ .key = "cgroup", .type = CELL_STR },
	{ .key = "exited", .type = CELL_BOOL },
	{ .key = "exit_code", .type = CELL_I64 },
	JSON_COUNT_COLUMNS,
	{ .key = "before_exec", .type = CELL_TABLE },
	{ .key = "vmas", .type = CELL_TABLE },
	{ .key = "overflow", .type = CELL_U64 },
	{ .key = "overflow_reasons", .type = CELL_TABLE },
};
static const struct table_def process_table = TABLE_DEF("processes", process_columns,
							.json_only = true);

static void vma_row(const struct stat_view *v, struct table *t, const struct fault_row *row,
		    const struct vs_counts *c)
{
	struct vs_hist hist = {};

	table__add_row(t);
	table__set_bool(t, "several", vma_is_several(&row->vma));
	/* a row that stands for several VMAs has none of these */
	if (!vma_is_several(&row->vma)) {
		table__set_u64(t, "start", row->vma.start);
		table__set_u64(t, "end", row->vma.end);
		table__set_u64(t, "inode", row->vma.key.file.ino);
		perms_cell(t, row->vma.key.flags);
	}
	table__set_str(t, "name", row->name);
	owner_cell(t, row);
	counts_cells(t, c);
	latency__add(&hist, row->latency, v->interval);
	counts_tables(t, c, row->latency ? &hist : NULL);
}

/** vma_rows - add the process's VMAs; faults outside of VMAs are added to @outside. */
static void vma_rows(const struct stat_view *v, const struct process *p, struct table *t,
		     struct vs_counts *all, struct vs_counts *outside)
{
	for (size_t i = 0; i < p->nr_rows; i++) {
		const struct vs_counts c = stat_counts(v, p->rows[i]);

		if (!stat_selected(v, p->rows[i]))
			continue;
		stat_sum(all, &c);
		if (!p->rows[i]->is_vma)
			counts_add(outside, &c);
		else if (counts_faults(&c))
			vma_row(v, t, p->rows[i], &c);
	}
	table__sort(t, "faults");
}

static void process_row(const struct stat_view *v, const struct process *p, struct table *t,
			struct vs_counts *total)
{
	struct table *vmas = table__new(&vma_table), *reasons, *before;
	uint64_t no_address = 0, lookup_missed = 0, no_slot = 0;
	struct vs_hist hist = {};
	struct vs_counts all = {}, outside = {};

	vma_rows(v, p, vmas, &all, &outside);
	if (!counts_faults(&all) && (v->interval || v->vma_glob)) {
		table__free(vmas);
		return;
	}
	table__add_row(t);
	table__set_table(t, "vmas", vmas);
	stat_sum(total, &all);
	table__set_u64(t, "pid", p->pid);
	table__set_u64(t, "ppid", p->ppid);
	table__set_u64(t, "uid", p->uid);
	table__set_bool(t, "exited", p->exited);
	if (p->exited)
		table__set_i64(t, "exit_code", p->exit_code);
	counts_cells(t, &all);
	table__set_u64(t, "overflow", counts_faults(&outside));
	table__set_str(t, "comm", p->comm);
	table__set_str(t, "cgroup", p->cgroup_name);
	/* with --vma, use the VMAs that it selects, if --quantiles has kept them */
	for (size_t i = 0; v->vma_glob && i < p->nr_rows; i++)
		if (stat_selected(v, p->rows[i]))
			latency__add(&hist, p->rows[i]->latency, v->interval);
	if (!v->vma_glob)
		process_latency(p, v->interval, &hist);
	counts_tables(t, &all, hist__count(&hist) ? &hist : NULL);
	before = table__sub(t, &before_exec_table);
	reasons = table__sub(t, &overflow_table);
	table__set_u64(before, "minor", p->base_minor);
	table__set_u64(before, "major", p->base_major);
	table__set_u64(reasons, "gup", counts_gup(&outside));
	for (size_t i = 0; i < p->nr_rows; i++) {
		no_address += p->rows[i]->no_address;
		lookup_missed += p->rows[i]->lookup_missed;
		no_slot += p->rows[i]->no_slot;
	}
	table__set_u64(reasons, "no_address", no_address);
	table__set_u64(reasons, "lookup_missed", lookup_missed);
	table__set_u64(reasons, "no_slot", no_slot);
}

struct table *stat_totals(const struct model *m)
{
	struct table *t = table__new(&totals_table);
	struct vs_counts total = m->overflow.counts;
	struct stat_view v = {};
	struct vs_hist hist = {};

	table__add_row(t);
	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t r = 0; r < m->processes[i]->nr_rows; r++)
			counts_add(&total, &m->processes[i]->rows[r]->counts);
	counts_cells(t, &total);
	stat_group__latency(&v, m, -1, &hist);
	counts_tables(t, &total, &hist);
	return t;
}

/** make_rows - make the requested rows. Return: the table for text, owned by @d. */
static struct table *make_rows(const struct stat_view *v, const struct model *m,
			       const struct vs_counts *total, struct table *threads,
			       struct document *d)
{
	if (v->by == BY_THREAD)
		return threads;
	if (v->by == BY_STACK)
		return stat_stacks__make(v, total, d);
	if (v->by == BY_FUNCTION)
		return stat_functions__make(v, total, d);
	return document__add(d, stat_group__make(v, m, counts_faults(total)));
}

/** processes - add all processes with their VMAs; their counts are added to @total. */
static void processes(const struct stat_view *v, const struct model *m, struct document *d,
		      struct vs_counts *total)
{
	struct table *t;

	if (v->no_processes || v->rows_only) {
		*total = stat_group__total(v, m);
		return;
	}
	t = document__table(d, &process_table);
	for (size_t i = 0; i < m->nr_processes; i++)
		process_row(v, m->processes[i], t, total);
	table__sort(t, "faults");
	if (!v->vma_glob) {
		const struct vs_counts overflow = stat_counts(v, &m->overflow);

		stat_sum(total, &overflow);
	}
}

/** sampling_error - the error of latencies @all, if they were sampled */
static struct latency_error sampling_error(const struct stat_view *v, const struct model *m,
					   const struct vs_hist *all)
{
	struct latency_error error;
	struct vs_hist exact = {};

	if (latency_mode(v->latency_period) != LATENCY_SAMPLED)
		return (struct latency_error){ .time_percent = -1 };
	/* by definition, all faults with this cause are major */
	if (!v->vma_glob)
		stat_group__latency(v, m, VS_CAUSE_FILE_READ, &exact);
	error = latency_error(all, &exact, v->latency_period);
	/* samples are counted over the run, and not by VMA */
	if (!v->vma_glob && !v->interval)
		error.samples = v->stats.latencies;
	return error;
}

void stat_view__make(const struct stat_view *v, const struct model *m, struct document *d)
{
	struct vs_counts total = {}, overflow = stat_counts(v, &m->overflow);
	const struct run_facts run = stat_text__facts(v);
	struct table *totals, *threads = NULL, *rows;
	struct latency_error error;
	struct vs_hist hist = {};

	run_view__header(&run, d);
	totals = document__table(d, &totals_table);
	processes(v, m, d, &total);
	counts_cells(totals, &total);
	stat_group__selected_latency(v, m, &hist);
	counts_tables(totals, &total, hist__count(&hist) ? &hist : NULL);
	error = sampling_error(v, m, &hist);
	latency_mode__add(&run, &error, d);

	if (!v->no_processes && (v->by == BY_THREAD || !v->rows_only)) {
		const bool by_thread = v->by == BY_THREAD;
		const size_t limit = by_thread ? v->limit : 0;

		threads = v->interval
				  ? threads_view__interval(v->threads, v->end_ns - v->duration_ns,
							   v->end_ns, by_thread, limit)
				  : threads_view__make(v->threads, v->start_ns, v->end_ns,
						       by_thread, limit);
		threads = document__add(d, threads);
	}
	rows = make_rows(v, m, &total, threads, d);
	/* the columns of successive intervals must be aligned */
	rows->steady = v->interval;
	stat_text__title(v, m, rows, &total, &error);
	stat_text__footer(v, rows, &total, &overflow);
	run_view__lost(&run, counts_faults(&overflow), d);
}
