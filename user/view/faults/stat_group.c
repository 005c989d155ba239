// SPDX-License-Identifier: GPL-2.0-only
/* stat_group.c - group counts by mapping, VMA, process, command, cause, CPU or cgroup. */
#include "view/faults/stat_group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/array.h"
#include "util/hash.h"
#include "util/str.h"
#include "view/common/stat_cells.h"

const char *const stat_by_names[NR_STAT_BY] = {
	[BY_MAPPING] = "mapping", [BY_VMA] = "vma",	[BY_PROCESS] = "process",
	[BY_CAUSE] = "cause",	  [BY_CPU] = "cpu",	[BY_CGROUP] = "cgroup",
	[BY_THREAD] = "thread",	  [BY_STACK] = "stack", [BY_FUNCTION] = "function",
	[BY_COMM] = "comm",
};

/* clang-format off */
#define COUNT_COLUMNS                                                                              \
	{.key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT},                 \
	{.key = "percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT, .text_only = true},\
	{.key = "minor", .type = CELL_U64, .unit = UNIT_COUNT},                                    \
	{.key = "major", .head = "MAJOR", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true}, \
	{.key = "incomplete", .head = "FAILED", .type = CELL_U64, .unit = UNIT_COUNT,              \
	 .optional = true},                                                                        \
	{.key = "gup", .head = "GUP", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true,      \
	 .spare = true}                                                                            \
	VS_EACH_FIGURE(AND_FIGURE_COLUMN),                                                         \
	TIME_COLUMN, WAITS_COLUMN

#define ACCESS_COLUMNS                                                                             \
	{.key = "read", .head = "READ", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true},   \
	{.key = "write", .head = "WRITE", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true}, \
	{.key = "exec", .head = "EXEC", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true},   \
	{.key = "kernel", .type = CELL_U64, .unit = UNIT_COUNT},                                   \
	WAITED_COLUMN, REASON_COLUMN,                                                              \
	{.key = "average_ns", .head = "AVG", .type = CELL_F64, .unit = UNIT_NS, .optional = true}

#define LATENCY_COLUMNS                                                                            \
	WAITED_COLUMN, REASON_COLUMN,                                                              \
	{.key = "p50_ns", .head = "P50", .type = CELL_U64, .unit = UNIT_NS},                       \
	{.key = "p90_ns", .head = "P90", .type = CELL_U64, .unit = UNIT_NS, .spare = true},        \
	{.key = "p99_ns", .head = "P99", .type = CELL_U64, .unit = UNIT_NS},                       \
	{.key = "p999_ns", .head = "P99.9", .type = CELL_U64, .unit = UNIT_NS, .spare = true},     \
	{.key = "max_ns", .head = "MAX", .type = CELL_U64, .unit = UNIT_NS},                       \
	{.key = "sum_ns", .head = "SUM", .type = CELL_U64, .unit = UNIT_NS}

#define PROCESS_COLUMNS                                                                            \
	{.key = "pid", .head = "PID", .type = CELL_U64, .optional = true},                         \
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true, .optional = true}

#define VMA_COLUMNS                                                                                \
	{.key = "start", .head = "START", .type = CELL_HEX},                                       \
	{.key = "end", .head = "END", .type = CELL_HEX},                                           \
	{.key = "perms", .head = "PERM", .type = CELL_STR},                                        \
	{.key = "vma", .head = "VMA", .type = CELL_STR}

#define MAPPING_COLUMN {.key = "mapping", .head = "MAPPING", .type = CELL_STR}
#define CGROUP_COLUMN {.key = "cgroup", .head = "CGROUP", .type = CELL_STR}
#define CPU_COLUMN {.key = "cpu", .head = "CPU", .type = CELL_U64}

static const struct column mapping_columns[] = {
	COUNT_COLUMNS, ACCESS_COLUMNS, PROCESS_COLUMNS, MAPPING_COLUMN};
static const struct column mapping_latency_columns[] = {
	COUNT_COLUMNS, LATENCY_COLUMNS, PROCESS_COLUMNS, MAPPING_COLUMN};
static const struct column vma_columns[] = {
	COUNT_COLUMNS, ACCESS_COLUMNS, PROCESS_COLUMNS, VMA_COLUMNS};
static const struct column vma_latency_columns[] = {
	COUNT_COLUMNS, LATENCY_COLUMNS, PROCESS_COLUMNS, VMA_COLUMNS};
static const struct column process_columns[] = {
	COUNT_COLUMNS, LATENCY_COLUMNS,
	{.key = "pid", .head = "PID", .type = CELL_U64},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true},
};
static const struct column comm_columns[] = {
	COUNT_COLUMNS, LATENCY_COLUMNS,
	{.key = "processes", .head = "PROCS", .type = CELL_U64},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .keep_start = true},
};
static const struct column cause_columns[] = {
	{.key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT, .text_only = true},
	TIME_COLUMN, LATENCY_COLUMNS, {.key = "cause", .head = "CAUSE", .type = CELL_STR},
};
static const struct column cpu_columns[] = {COUNT_COLUMNS, ACCESS_COLUMNS, CPU_COLUMN};
static const struct column cgroup_columns[] = {COUNT_COLUMNS, ACCESS_COLUMNS, CGROUP_COLUMN};
/* clang-format on */

/* by [with latencies] and [enum stat_by] */
static const struct table_def group_tables[2][NR_STAT_BY] = {
	{
		[BY_MAPPING] = TABLE_DEF("mappings", mapping_columns),
		[BY_VMA] = TABLE_DEF("vmas", vma_columns),
		[BY_PROCESS] = TABLE_DEF("by_process", process_columns),
		[BY_CAUSE] = TABLE_DEF("causes", cause_columns),
		[BY_CPU] = TABLE_DEF("cpus", cpu_columns),
		[BY_CGROUP] = TABLE_DEF("cgroups", cgroup_columns),
		[BY_COMM] = TABLE_DEF("comms", comm_columns),
	},
	{
		[BY_MAPPING] = TABLE_DEF("mappings", mapping_latency_columns),
		[BY_VMA] = TABLE_DEF("vmas", vma_latency_columns),
		[BY_PROCESS] = TABLE_DEF("by_process", process_columns),
		[BY_CAUSE] = TABLE_DEF("causes", cause_columns),
		[BY_CPU] = TABLE_DEF("cpus", cpu_columns),
		[BY_CGROUP] = TABLE_DEF("cgroups", cgroup_columns),
		[BY_COMM] = TABLE_DEF("comms", comm_columns),
	},
};

/** shows_latency - the rows show quantiles. */
static bool shows_latency(const struct stat_view *v)
{
	return v->by == BY_PROCESS || v->by == BY_CAUSE || v->by == BY_COMM ||
	       (v->latency && (v->by == BY_MAPPING || v->by == BY_VMA));
}

struct vs_counts stat_counts(const struct stat_view *v, const struct fault_row *row)
{
	struct vs_counts c = row->counts;

	if (!v->interval)
		return c;
	/* counts that a small ring sums up as [other] may decrease */
	if (counts_faults(&c) < counts_faults(&row->marked))
		return (struct vs_counts){};
	counts_sub(&c, &row->marked);
	return c;
}

/** max_unknown - faults took time, but which one longest isn't known; see counts_sub(). */
static bool max_unknown(const struct vs_counts *c)
{
	return c->latency_count && !c->latency_max_ns;
}

void stat_sum(struct vs_counts *sum, const struct vs_counts *c)
{
	const bool unknown = max_unknown(sum) || max_unknown(c);

	counts_add(sum, c);
	if (unknown)
		sum->latency_max_ns = 0;
}

bool stat_selected(const struct stat_view *v, const struct fault_row *row)
{
	return !v->vma_glob || fault_row__matches(row, v->vma_glob);
}

void stat_group__latency(const struct stat_view *v, const struct model *m, int cause,
			 struct vs_hist *sum)
{
	for (int i = 0; i < VS_NR_CAUSES; i++) {
		if (cause >= 0 && cause != i)
			continue;
		for (size_t p = 0; p < m->nr_processes; p++)
			latency__add(sum, m->processes[p]->latency[i], v->interval);
		latency__add(sum, &m->shared_latency[i], v->interval);
	}
}

void stat_group__selected_latency(const struct stat_view *v, const struct model *m,
				  struct vs_hist *sum)
{
	if (!v->vma_glob) {
		stat_group__latency(v, m, -1, sum);
		return;
	}
	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];

		for (size_t r = 0; r < p->nr_rows; r++)
			if (stat_selected(v, p->rows[r]))
				latency__add(sum, p->rows[r]->latency, v->interval);
	}
}

struct vs_counts stat_group__total(const struct stat_view *v, const struct model *m)
{
	struct vs_counts total = {};

	if (!v->vma_glob)
		total = stat_counts(v, &m->overflow);
	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];

		for (size_t r = 0; r < p->nr_rows; r++) {
			const struct vs_counts c = stat_counts(v, p->rows[r]);

			if (stat_selected(v, p->rows[r]))
				stat_sum(&total, &c);
		}
	}
	return total;
}

/** row_cells - fill the cells that every row has. */
static void row_cells(const struct stat_view *v, struct table *t, const struct vs_counts *c,
		      const struct vs_hist *hist, uint64_t total)
{
	const struct time_split split = time_split__of_counts(c);
	const struct time_waits waits = time_waits__of_counts(c);
	const uint64_t faults = counts_faults(c);

	table__set_u64(t, "faults", faults);
	table__set_f64(t, "percent", total ? 100.0 * faults / total : 0);
	table__set_u64(t, "minor", c->outcome[VS_MINOR]);
	table__set_u64(t, "major", c->outcome[VS_MAJOR]);
	table__set_u64(t, "incomplete", c->outcome[VS_INCOMPLETE]);
	table__set_u64(t, "gup", counts_gup(c));
	figure_cells(t, c);
	if (counts_timed(c)) {
		time_cell(t, split);
		waits_cell(t, split, &waits);
		reason_cell(t, split, &waits);
	}
	waited_cell(t, split);
	if (shows_latency(v)) {
		latency_cells(t, hist);
		return;
	}
	table__set_u64(t, "read", counts_access(c, VS_ACCESS_READ));
	table__set_u64(t, "write", counts_access(c, VS_ACCESS_WRITE));
	table__set_u64(t, "exec", counts_access(c, VS_ACCESS_EXEC));
	table__set_u64(t, "kernel", counts_kernel(c));
	if (c->latency_count)
		table__set_f64(t, "average_ns", (double)c->latency_sum_ns / c->latency_count);
}

/* --- groups -------------------------------------------------------------------------------- */

/** struct group - rows that are shown as one */
struct group {
	const struct process *process; /* NULL: several */
	const struct fault_row *row;   /* BY_VMA: its row */
	const char *name;
	struct vs_counts counts;
	struct vs_hist hist;
	size_t processes; /* BY_COMM: number of processes with faults */
};

struct groups {
	struct group *list;
	size_t nr, cap;
	struct hash by_key;
};

/**
 * struct group_key - a hash of the name gives keys a fixed size; 64 bits make collisions negligible
 */
struct group_key {
	uint64_t process;
	uint64_t name;
};

static struct group *group_add(struct groups *g)
{
	if (array__reserve(&g->list, &g->cap, g->nr + 1, sizeof(*g->list)))
		return NULL;
	memset(&g->list[g->nr], 0, sizeof(*g->list));
	return &g->list[g->nr++];
}

/** group_get - the group of @key; the hash has its index + 1, as addresses change. */
static struct group *group_get(struct groups *g, const struct group_key *key)
{
	uintptr_t place = (uintptr_t)hash__get(&g->by_key, key);
	struct group *group;

	if (place)
		return &g->list[place - 1];
	group = group_add(g);
	if (group && hash__set(&g->by_key, key, (void *)(uintptr_t)g->nr))
		return NULL;
	return group;
}

static int group_row(const struct stat_view *v, struct groups *g, const struct fault_row *row)
{
	const char *const outside = outside_name(row);
	const struct vs_counts c = stat_counts(v, row);
	struct group_key key = {};
	struct group *group;
	const char *name = outside;
	/* histograms of VMAs, if measured, would count the same faults again */
	const bool of_processes = (v->by == BY_PROCESS || v->by == BY_COMM) && !v->vma_glob;

	if (!counts_faults(&c))
		return 0;
	if (row->is_vma)
		name = v->by == BY_MAPPING ? fault_row__group(row) : fault_row__name(row);
	if (v->by == BY_CGROUP)
		name = row->process ? row->process->cgroup_name : outside;
	if (v->by == BY_COMM)
		name = row->process ? row->process->comm : "[none]";
	if (v->by == BY_VMA) {
		group = group_add(g);
	} else {
		if (v->by != BY_CGROUP && v->by != BY_COMM)
			key.process = (uintptr_t)row->process;
		if (v->by != BY_PROCESS)
			key.name = hash_string(0, name ? name : outside);
		group = group_get(g, &key);
	}
	if (!group)
		return -ENOMEM;
	if (v->by == BY_COMM && row->process && row->process != group->process) {
		/* rows of one process are adjacent */
		if (of_processes)
			process_latency(row->process, v->interval, &group->hist);
		group->processes++;
	}
	group->process = v->by == BY_CGROUP ? NULL : row->process;
	group->row = row;
	group->name = name ? name : outside;
	counts_add(&group->counts, &c);
	if (v->by != BY_COMM)
		if (!of_processes)
			latency__add(&group->hist, row->latency, v->interval);
	return 0;
}

static int group_rows(const struct stat_view *v, const struct model *m, struct groups *g)
{
	int err = 0;

	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];

		for (size_t r = 0; !err && r < p->nr_rows; r++)
			if (stat_selected(v, p->rows[r]))
				err = group_row(v, g, p->rows[r]);
	}
	if (!err && !v->vma_glob)
		err = group_row(v, g, &m->overflow);
	return err;
}

static int by_count(const void *a, const void *b)
{
	const uint64_t x = counts_faults(&((const struct group *)a)->counts);
	const uint64_t y = counts_faults(&((const struct group *)b)->counts);

	return x < y ? 1 : x > y ? -1 : 0;
}

static bool one_process(const struct groups *g)
{
	for (size_t i = 1; i < g->nr; i++)
		if (g->list[i].process != g->list[0].process)
			return false;
	return true;
}

static void name_cells(const struct stat_view *v, struct table *t, const struct group *g,
		       bool show_process)
{
	const struct vs_vma_info *vma = &g->row->vma;

	if (v->by == BY_CGROUP) {
		table__set_str(t, "cgroup", g->name);
		return;
	}
	if (v->by == BY_COMM) {
		table__set_u64(t, "processes", g->processes);
		table__set_str(t, "comm", g->name);
		return;
	}
	if ((show_process || v->by == BY_PROCESS) && g->process) {
		table__set_u64(t, "pid", g->process->pid);
		table__set_str(t, "comm", g->process->comm);
	}
	if (v->by == BY_PROCESS && !g->process)
		table__set_str(t, "comm", "[none]");
	if (v->by == BY_PROCESS)
		return;
	if (v->by == BY_MAPPING) {
		table__set_str(t, "mapping", g->name);
		return;
	}
	table__set_word(t, "perms", "");
	if (g->row->is_vma && !vma_is_several(vma)) {
		perms_cell(t, vma->key.flags);
		table__set_u64(t, "start", vma->start);
		table__set_u64(t, "end", vma->end);
	}
	table__set_str(t, "vma", g->name);
}

static void fill(const struct stat_view *v, struct table *t, struct groups *g, uint64_t total)
{
	/* rows of intervals are read beside those of others */
	const bool show_process = v->interval || !one_process(g);
	struct vs_counts rest = {};
	size_t shown = v->limit && g->nr > v->limit ? v->limit : g->nr;

	if (g->nr) /* qsort() must not be passed NULL */
		qsort(g->list, g->nr, sizeof(*g->list), by_count);
	for (size_t i = 0; i < shown; i++) {
		table__add_row(t);
		if (v->by == BY_PROCESS && g->list[i].process && !v->vma_glob)
			process_latency(g->list[i].process, v->interval, &g->list[i].hist);
		row_cells(v, t, &g->list[i].counts, &g->list[i].hist, total);
		name_cells(v, t, &g->list[i], show_process);
	}
	for (size_t i = shown; i < g->nr; i++)
		counts_add(&rest, &g->list[i].counts);
	if (shown < g->nr)
		table__set_footer(t, "and %zu more row%s with %llu fault%s (use --top N)",
				  g->nr - shown, str_plural(g->nr - shown),
				  (unsigned long long)counts_faults(&rest),
				  str_plural(counts_faults(&rest)));
}

/* --- causes and CPUs: not made of rows ------------------------------------------------------ */

/** cause_totals - faults by cause, over all selected rows. */
static void cause_totals(const struct stat_view *v, const struct model *m, uint64_t *sums)
{
	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];

		for (size_t r = 0; r < p->nr_rows; r++) {
			struct vs_counts c = stat_counts(v, p->rows[r]);

			for (int n = 0; n < VS_NR_CAUSES && stat_selected(v, p->rows[r]); n++)
				sums[n] += c.cause[n];
		}
	}
	if (v->vma_glob)
		return;
	for (int n = 0; n < VS_NR_CAUSES; n++)
		sums[n] += stat_counts(v, &m->overflow).cause[n];
}

/** fill_causes - latencies are those of all VMAs, so they are unknown with --vma. */
static void fill_causes(const struct stat_view *v, const struct model *m, struct table *t,
			uint64_t total)
{
	uint64_t sums[VS_NR_CAUSES] = {};

	cause_totals(v, m, sums);
	for (int i = 0; i < VS_NR_CAUSES; i++) {
		struct vs_hist hist = {};

		if (!sums[i])
			continue;
		table__add_row(t);
		table__set_u64(t, "faults", sums[i]);
		table__set_f64(t, "percent", total ? 100.0 * sums[i] / total : 0);
		table__set_str(t, "cause", cause_names[i]);
		if (v->vma_glob)
			continue;
		stat_group__latency(v, m, i, &hist);
		latency_cells(t, &hist);
		if (!hist.sum_ns)
			continue;
		time_cell(t, time_split__of_hist(&hist));
		waited_cell(t, time_split__of_hist(&hist));
	}
	table__sort(t, "faults");
}

static void fill_cpus(const struct stat_view *v, const struct model *m, struct table *t,
		      uint64_t total)
{
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++) {
		struct vs_counts c = m->cpus[cpu].counts;

		if (v->interval)
			counts_sub(&c, &m->cpus[cpu].marked);
		if (!counts_faults(&c))
			continue;
		table__add_row(t);
		row_cells(v, t, &c, NULL, total);
		/* CPUs count the faults of all VMAs */
		if (v->vma_glob)
			table__unset(t, "percent");
		table__set_u64(t, "cpu", cpu);
	}
}

struct table *stat_group__make(const struct stat_view *v, const struct model *m, uint64_t total)
{
	struct table *t = table__new(&group_tables[shows_latency(v)][v->by]);
	struct groups g = {};

	hash__init(&g.by_key, sizeof(struct group_key));
	if (v->by == BY_CPU) {
		fill_cpus(v, m, t, total);
	} else if (v->by == BY_CAUSE) {
		fill_causes(v, m, t, total);
	} else {
		table__fail(t, group_rows(v, m, &g));
		/* otherwise a row may be missing */
		if (!t->err)
			fill(v, t, &g, total);
	}
	hash__free(&g.by_key, NULL);
	free(g.list);
	/* the columns of successive intervals must be aligned */
	if (!v->interval)
		waited_only_if_relevant(t);
	return t;
}
