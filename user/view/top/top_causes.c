// SPDX-License-Identifier: GPL-2.0-only
/* top_causes.c - top: a row for each cause of faults: of all processes, of one, or of one VMA. */
#include "model/names.h"
#include "view/common/stat_cells.h"
#include "view/top/top_cells.h"

/* clang-format off */
#define COLUMNS(COUNT, TIME, FIGURE)                                                               \
	TOP_ID_COLUMN,                                                                             \
	COUNT("faults", "FAULTS"),                                                                 \
	{.key = "percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT},                   \
	TIME("fault_ns", "TIME"),                                                                  \
	{.key = "p50_ns", .head = "P50", .type = CELL_U64, .unit = UNIT_NS},                       \
	{.key = "p90_ns", .head = "P90", .type = CELL_U64, .unit = UNIT_NS},                       \
	{.key = "p99_ns", .head = "P99", .type = CELL_U64, .unit = UNIT_NS},                       \
	{.key = "p999_ns", .head = "P99.9", .type = CELL_U64, .unit = UNIT_NS},                    \
	{.key = "max_ns", .head = "MAX", .type = CELL_U64, .unit = UNIT_NS, .optional = true},     \
	{.key = "cause", .head = "CAUSE", .type = CELL_STR}
/* clang-format on */

TOP_TABLES(causes, COLUMNS);

/** counts_of - counts that the view selects: of one VMA, one process, or all. */
static struct vs_counts counts_of(const struct top_view *v)
{
	return v->vma ? top_counts(v, v->vma) : top_total(v);
}

/** latency_of - Return: false: there are no histograms of exactly these faults. */
static bool latency_of(const struct top_view *v, int cause, struct vs_hist *sum)
{
	if (v->vma && v->vma == v->vma_latency_of && v->vma_latency && v->rates) {
		latency__add(sum, &v->vma_latency[cause], true);
		return true;
	}
	if (v->vma || v->vma_glob)
		return false;
	if (v->process) {
		latency__add(sum, v->process->latency[cause], v->rates);
		return true;
	}
	for (size_t i = 0; i < v->model->nr_processes; i++)
		latency__add(sum, v->model->processes[i]->latency[cause], v->rates);
	latency__add(sum, &v->model->shared_latency[cause], v->rates);
	return true;
}

/** latency_cells_of - @hist: latencies of @faults */
static void latency_cells_of(const struct top_view *v, struct table *t, const struct vs_hist *hist,
			     uint64_t faults)
{
	const bool any = hist__count(hist);

	if (any || hist->so_far_ns || !faults || !v->sampled)
		top_time(v, t, "fault_ns", hist->sum_ns + hist->so_far_ns);
	if (!any)
		return;
	quantile_cells(t, hist);
	/* a maximum has no difference: it is that of the whole run */
	if (!v->rates)
		table__set_u64(t, "max_ns", hist->max_ns);
}

/** only_cells - if all faults have one cause, its time is known even without a histogram. */
static void only_cells(const struct top_view *v, struct table *t, const struct vs_counts *c)
{
	top_fault_time(v, t, c);
	if (!v->rates && c->latency_count)
		table__set_u64(t, "max_ns", c->latency_max_ns);
}

static void cause_row(const struct top_view *v, struct table *t, int cause,
		      const struct vs_counts *all)
{
	const uint64_t faults = all->cause[cause], total = counts_faults(all);
	struct vs_hist hist = {};

	table__add_row(t);
	table__set_u64(t, "id", cause);
	top_count(v, t, "faults", faults);
	table__set_f64(t, "percent", total ? 100.0 * faults / total : 0);
	if (latency_of(v, cause, &hist))
		latency_cells_of(v, t, &hist, faults);
	else if (faults && faults == total && !all->so_far_ns)
		only_cells(v, t, all);
	table__set_str(t, "cause", cause_names[cause]);
}

/** is_in_flight - faults of this cause have taken time, even if none has ended. */
static bool is_in_flight(const struct top_view *v, int cause)
{
	struct vs_hist hist = {};

	return latency_of(v, cause, &hist) && hist.so_far_ns;
}

/** ever - the cause has occurred before: its row stays. */
static bool ever(const struct top_view *v, int cause)
{
	struct top_view since_start = *v;

	since_start.rates = false;
	return counts_of(&since_start).cause[cause];
}

struct table *top_causes(const struct top_view *v)
{
	struct table *t = table__new(&causes_tables[v->rates]);
	const struct vs_counts all = counts_of(v);

	for (int i = 0; i < VS_NR_CAUSES; i++)
		if (all.cause[i] || ever(v, i) || is_in_flight(v, i))
			cause_row(v, t, i, &all);
	return t;
}
