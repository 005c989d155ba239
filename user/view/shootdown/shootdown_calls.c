// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_calls.c - rows by call: what the calls did, and their remote cost. */
#include "model/names.h"
#include "view/common/stat_cells.h"
#include "view/shootdown/shootdown_parts.h"

/* clang-format off */
static const struct column call_columns[] = { CALL_NAME_COLUMNS, CALL_COUNT_COLUMNS };

static const struct column did_columns[] = {
	{.key = "count", .head = "CALLS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "errors", .head = "FAILED", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true},
	CALL_ERRNOS_COLUMN,
	{.key = "sum_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS},
	WAITED_COLUMN,
	REASON_COLUMN,
	{.key = "average_ns", .head = "AVG", .type = CELL_F64, .unit = UNIT_NS, .spare = true},
	{.key = "p50_ns", .head = "P50", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "p99_ns", .head = "P99", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "max_ns", .head = "MAX", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "splits", .head = "SPLIT", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true},
	{.key = "merges", .head = "MERGED", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true,
	 .spare = true},
	{.key = "wx_flips", .head = "W>X", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true},
	{.key = "wx_both", .head = "W+X", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true},
	{.key = "call", .head = "CALL", .type = CELL_STR},
};

static const struct column cost_columns[] = {
	{.key = "local", .head = "LOCAL", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true,
	 .spare = true},
	{.key = "remote", .head = "SENT", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "full", .head = "FULL", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true},
	{.key = "pages", .head = "PAGES", .type = CELL_U64, .unit = UNIT_COUNT, .spare = true},
	{.key = "interrupts", .head = "IPIS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "targets", .head = "IPIS/SENT", .type = CELL_F64, .unit = UNIT_PER_SECOND},
	{.key = "delay_p50_ns", .head = "DELAY", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "delay_p99_ns", .head = "P99", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "stolen_ns", .head = "STOLEN", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "call", .head = "CALL", .type = CELL_STR},
};
/* clang-format on */

static const struct table_def call_table = TABLE_DEF("calls", call_columns);
static const struct table_def did_table = TABLE_DEF("did", did_columns, .text_only = true);
static const struct table_def cost_table = TABLE_DEF("cost", cost_columns, .text_only = true);

static bool has_time(const struct vs_call_counts *c, enum vs_call_time time)
{
	return time == VS_TIME_CALL ? c->latency_ns : c->received;
}

/**
 * own_hist - the histogram of exactly the calls of @sum; NULL: there is none
 *
 * Most kinds of advice of madvise share a histogram, as do both kinds of mmap.
 */
static const struct vs_hist *own_hist(const struct shootdown_doc *d, const struct call_sum *sum,
				      enum vs_call_time time)
{
	const uint32_t class = vs_call_class(sum->call, sum->detail);

	if (d->view->vma_glob || sum->call >= VS_NR_CALLS)
		return NULL;
	for (size_t i = 0; i < d->nr_sums; i++) {
		const struct call_sum *other = &d->sums[i];

		if (other != sum && other->call < VS_NR_CALLS &&
		    vs_call_class(other->call, other->detail) == class &&
		    has_time(&other->counts, time))
			return NULL;
	}
	return &d->model->hist[class][time];
}

/* --- text ---------------------------------------------------------------------------------- */

static void label_cell(struct table *t, const struct call_sum *sum)
{
	char label[CALL_LABEL_LEN] = "[overflow]";

	if (sum->call < VS_NR_CALLS)
		call_label(label, sizeof(label), sum->call, sum->detail);
	table__set_str(t, "call", label);
}

static void did_row(const struct shootdown_doc *d, struct table *t, const struct call_sum *sum)
{
	const struct time_waits waits = time_waits__of_calls(&sum->counts);
	const struct vs_hist *hist = own_hist(d, sum, VS_TIME_CALL);
	const struct vs_call_counts *c = &sum->counts;

	table__add_row(t);
	call_errnos_cell(t, c);
	table__set_u64(t, "count", c->count);
	table__set_u64(t, "errors", c->errors);
	if (!c->splits_unknown) {
		table__set_u64(t, "splits", c->splits);
		table__set_u64(t, "merges", c->merges);
	}
	table__set_u64(t, "wx_flips", c->wx_flip);
	table__set_u64(t, "wx_both", c->wx_both);
	if (c->latency_ns) {
		table__set_u64(t, "sum_ns", c->latency_ns);
		waited_cell(t, time_split__of_calls(c));
		reason_cell(t, time_split__of_calls(c), &waits);
		table__set_f64(t, "average_ns", (double)c->latency_ns / c->count);
		table__set_u64(t, "max_ns", c->latency_max_ns);
	}
	if (hist && hist__count(hist)) {
		table__set_u64(t, "p50_ns", latency_quantile(hist, 0.5));
		table__set_u64(t, "p99_ns", latency_quantile(hist, 0.99));
	}
	label_cell(t, sum);
}

static void cost_row(const struct shootdown_doc *d, struct table *t, const struct call_sum *sum)
{
	const struct vs_hist *delay = own_hist(d, sum, VS_TIME_DELAY);
	const struct shootdown_view *v = d->view;
	const struct vs_call_counts *c = &sum->counts;
	const double targets = call_targets(v, c);

	table__add_row(t);
	if (v->flushes_known) {
		table__set_u64(t, "local", c->flush[VS_FLUSH_LOCAL]);
		table__set_u64(t, "remote", c->flush[VS_FLUSH_REMOTE]);
		table__set_u64(t, "full", c->full);
		table__set_u64(t, "pages", c->pages);
	}
	if (v->interrupts_known) {
		table__set_u64(t, "interrupts", c->received);
		table__set_u64(t, "stolen_ns", c->stolen_ns);
	}
	if (targets >= 0)
		table__set_f64(t, "targets", targets);
	if (delay && hist__count(delay)) {
		table__set_u64(t, "delay_p50_ns", latency_quantile(delay, 0.5));
		table__set_u64(t, "delay_p99_ns", latency_quantile(delay, 0.99));
	}
	label_cell(t, sum);
}

static bool did_something(const struct call_sum *sum)
{
	return call_is_followed(sum->call) && sum->counts.count;
}

static bool cost_something(const struct call_sum *sum)
{
	const struct vs_call_counts *c = &sum->counts;

	return c->flush[VS_FLUSH_LOCAL] || c->flush[VS_FLUSH_REMOTE] || c->received;
}

void shootdown_calls__text(const struct shootdown_doc *d)
{
	struct table *did = document__table(d->document, &did_table);
	struct table *cost = document__table(d->document, &cost_table);

	for (size_t i = 0; i < d->nr_sums; i++) {
		if (did_something(&d->sums[i]))
			did_row(d, did, &d->sums[i]);
		if (cost_something(&d->sums[i]))
			cost_row(d, cost, &d->sums[i]);
	}
	waited_only_if_relevant(did);
	if (did->nr_rows)
		table__set_title(did, "Memory calls\n");
	if (cost->nr_rows)
		table__set_title(cost, "Remote cost: TLB flushes sent, IPIs on other CPUs, "
				       "their latency (DELAY) and handler time (STOLEN)\n");
}

/* --- JSON and CSV -------------------------------------------------------------------------- */

void shootdown_calls__rows(const struct shootdown_doc *d)
{
	struct table *t = document__table(d->document, &call_table);

	for (size_t i = 0; i < d->nr_sums; i++) {
		const struct call_sum *sum = &d->sums[i];

		table__add_row(t);
		call_name_cells(t, sum->call, sum->detail);
		call_cells(d->view, t, sum->call, &sum->counts, own_hist(d, sum, VS_TIME_CALL),
			   own_hist(d, sum, VS_TIME_DELAY));
	}
}
