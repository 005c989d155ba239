// SPDX-License-Identifier: GPL-2.0-only
/* stat_cells.c - fill the cells of counts, causes, sizes and latencies. */
#include "view/common/stat_cells.h"

#include "model/names.h"
#include "util/array.h"

/* Columns, and the share of faults below each. */
static const struct {
	const char *column; /* of a text table */
	const char *key;    /* in latency_ns */
	double q;
} quantiles[] = {
	{ "p50_ns", "p50", 0.5 },
	{ "p90_ns", "p90", 0.9 },
	{ "p99_ns", "p99", 0.99 },
	{ "p999_ns", "p999", 0.999 },
};
#define NR_QUANTILES ARRAY_SIZE(quantiles)

static const struct column latency_columns[] = {
	{ .key = "count", .type = CELL_U64 }, { .key = "sum", .type = CELL_U64 },
	{ .key = "p50", .type = CELL_U64 },   { .key = "p90", .type = CELL_U64 },
	{ .key = "p99", .type = CELL_U64 },   { .key = "p999", .type = CELL_U64 },
	{ .key = "max", .type = CELL_U64 },
};
static const struct table_def latency_table = OBJECT_DEF("latency_ns", latency_columns);

static const struct column cause_columns[] = {
	{ .key = "cause", .type = CELL_STR },
	{ .key = "faults", .type = CELL_U64 },
};
static const struct table_def cause_table = TABLE_DEF("causes", cause_columns, .shape = TABLE_MAP);

static const struct column size_columns[] = {
	{ .key = "page", .type = CELL_U64 },
	{ .key = "large", .type = CELL_U64 },
	{ .key = "pmd", .type = CELL_U64 },
	{ .key = "pud", .type = CELL_U64 },
};
static const struct table_def size_table = OBJECT_DEF("sizes", size_columns);

void counts_cells(struct table *t, const struct vs_counts *c)
{
	table__set_u64(t, "faults", counts_faults(c));
	table__set_u64(t, "minor", c->outcome[VS_MINOR]);
	table__set_u64(t, "major", c->outcome[VS_MAJOR]);
	table__set_u64(t, "incomplete", c->outcome[VS_INCOMPLETE]);
	table__set_u64(t, "handled", c->handled);
	table__set_u64(t, "gup", counts_gup(c));
	table__set_u64(t, "read", counts_access(c, VS_ACCESS_READ));
	table__set_u64(t, "write", counts_access(c, VS_ACCESS_WRITE));
	table__set_u64(t, "exec", counts_access(c, VS_ACCESS_EXEC));
	table__set_u64(t, "kernel", counts_kernel(c));
}

uint64_t latency_quantile(const struct vs_hist *hist, double q)
{
	uint64_t ns = hist__quantile(hist, q);

	return ns > hist->max_ns ? hist->max_ns : ns;
}

static void latency_object(struct table *parent, const struct vs_counts *c,
			   const struct vs_hist *hist)
{
	struct table *t = table__sub(parent, &latency_table);

	table__set_u64(t, "count", c->latency_count);
	table__set_u64(t, "sum", c->latency_sum_ns);
	if (c->latency_count && (c->latency_max_ns || hist))
		table__set_u64(
			t, "max",
			latency__longest(c->latency_max_ns ? c->latency_max_ns : hist->max_ns,
					 c->latency_sum_ns, c->latency_count));
	for (size_t i = 0; hist && c->latency_count && i < NR_QUANTILES; i++)
		table__set_u64(t, quantiles[i].key, latency_quantile(hist, quantiles[i].q));
}

static void cause_map(struct table *parent, const struct vs_counts *c)
{
	struct table *t = table__sub(parent, &cause_table);

	for (int i = 0; i < VS_NR_CAUSES; i++) {
		if (!c->cause[i])
			continue;
		table__add_row(t);
		table__set_str(t, "cause", cause_names[i]);
		table__set_u64(t, "faults", c->cause[i]);
	}
}

void counts_tables(struct table *t, const struct vs_counts *c, const struct vs_hist *hist)
{
	struct table *sizes = table__sub(t, &size_table);
	const struct time_waits waits = time_waits__of_counts(c);

	for (int i = 0; i < VS_NR_SIZES; i++)
		table__set_u64(sizes, size_columns[i].key, c->size[i]);
	figure_cells(t, c);
	cause_map(t, c);
	if (counts_timed(c)) {
		time_cell(t, time_split__of_counts(c));
		waits_cell(t, time_split__of_counts(c), &waits);
	}
	latency_object(t, c, hist);
}

void quantile_cells(struct table *t, const struct vs_hist *hist)
{
	for (size_t i = 0; i < NR_QUANTILES; i++)
		table__set_u64(t, quantiles[i].column, latency_quantile(hist, quantiles[i].q));
}

void perms_cell(struct table *t, uint64_t vm_flags)
{
	char perms[5];

	vma_perms(vm_flags, perms);
	table__set_str(t, "perms", perms);
}

void latency_cells(struct table *t, const struct vs_hist *hist)
{
	if (!hist__count(hist))
		return;
	quantile_cells(t, hist);
	table__set_u64(t, "max_ns", hist->max_ns);
	table__set_u64(t, "sum_ns", hist->sum_ns);
}

void process_latency(const struct process *p, bool interval, struct vs_hist *sum)
{
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		latency__add(sum, p->latency[cause], interval);
}
