// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_faults.c - the faults that followed calls, and the flushes outside of memory calls. */
#include "model/names.h"
#include "util/str.h"
#include "view/faults/stat_group.h"
#include "view/shootdown/shootdown_parts.h"

/* clang-format off */
static const struct column fault_columns[] = {
	{.key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "share_percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT},
	{.key = "fault_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "calls", .head = "CALLS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "call", .type = CELL_STR},
	{.key = "advice", .type = CELL_STR},
	{.key = "fixed", .type = CELL_BOOL},
	{.key = "label", .head = "CALL", .type = CELL_STR, .text_only = true},
};
static const struct table_def fault_table = TABLE_DEF("refaults", fault_columns);

static const struct column unowned_columns[] = {
	{.key = "count", .head = "FLUSHES", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "interrupts", .head = "IPIS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "reason", .head = "REASON", .type = CELL_STR, .left = true},
	{.key = "syscall", .head = "SYSCALL", .type = CELL_U64, .optional = true},
	{.key = "compat", .type = CELL_BOOL},
};
static const struct table_def unowned_table = TABLE_DEF("unowned", unowned_columns);
/* clang-format on */

/* --- faults that followed ------------------------------------------------------------------ */

static void fault_row(struct table *t, const struct call_sum *sum, uint64_t all)
{
	char label[CALL_LABEL_LEN] = "[overflow]";

	table__add_row(t);
	table__set_u64(t, "calls", sum->counts.count);
	table__set_u64(t, "faults", sum->counts.refaults);
	refault_time_cell(t, "fault_ns", &sum->counts);
	if (all)
		table__set_f64(t, "share_percent", 100.0 * sum->counts.refaults / all);
	if (sum->call < VS_NR_CALLS)
		call_label(label, sizeof(label), sum->call, sum->detail);
	call_name_cells(t, sum->call, sum->detail);
	table__set_str(t, "label", label);
}

void shootdown_faults__make(const struct shootdown_doc *d)
{
	const struct stat_view everything = {};
	const struct vs_counts counts = stat_group__total(&everything, d->processes);
	const uint64_t all = counts_faults(&counts);
	struct table *t = document__table(d->document, &fault_table);

	for (size_t i = 0; i < d->nr_sums; i++)
		if (d->sums[i].counts.refaults)
			fault_row(t, &d->sums[i], all);
	if (!t->nr_rows)
		return;
	table__sort(t, "fault_ns");
	table__set_title(t,
			 "Refaults: page faults in ranges that a memory call had "
			 "changed (of %s faults)\n",
			 str_count(all).text);
}

/* --- what no call owns --------------------------------------------------------------------- */

/** unowned_row - @flushes: NULL: unknown. */
static void unowned_row(struct table *t, const char *reason, const struct vs_call_counts *flushes,
			uint64_t interrupts)
{
	table__add_row(t);
	if (flushes)
		table__set_u64(t, "count", flushes->count);
	table__set_u64(t, "interrupts", interrupts);
	table__set_str(t, "reason", reason);
}

/** sender_unknown - received IPIs that were not matched to an initiator. */
static uint64_t sender_unknown(const struct vs_shootdowns *s)
{
	uint64_t received = 0;

	for (int i = 0; i < VS_NR_IPI; i++)
		received += s->received[i];
	return received > s->joined ? received - s->joined : 0;
}

void shootdown_unowned__make(const struct shootdown_doc *d)
{
	const uint64_t unknown = sender_unknown(&d->model->totals);
	const uint64_t not_traced = d->model->totals.not_traced;
	struct table *t = document__table(d->document, &unowned_table);

	for (size_t i = 0; i < d->nr_sums; i++) {
		const struct call_sum *sum = &d->sums[i];
		const struct vs_call_counts *c = &sum->counts;
		/* no hook sees a flush of kernel addresses, only its IPIs */
		const bool seen = sum->call < VS_CALL_KERNEL_RANGE;

		if (sum->call >= VS_CALL_FIRST_UNOWNED && sum->call < VS_NR_CALLS)
			unowned_row(t, call_names[sum->call], seen ? c : NULL, c->received);
		if (sum->call == VS_CALL_SYSCALL) {
			table__set_u64(t, "syscall", sum->detail & ~VS_SYSCALL_COMPAT);
			table__set_bool(t, "compat", sum->detail & VS_SYSCALL_COMPAT);
		}
	}
	if (not_traced)
		unowned_row(t, "sender not traced", NULL, not_traced);
	if (unknown)
		unowned_row(t, "sender unknown", NULL, unknown);
	if (t->nr_rows)
		table__set_title(t, "TLB flushes and IPIs without a memory call or page fault\n");
}
