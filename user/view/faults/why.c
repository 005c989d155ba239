// SPDX-License-Identifier: GPL-2.0-only
/* why.c - see why.h */
#include "view/faults/why.h"

#include "model/time_split.h"
#include "util/str.h"
#include "view/common/figure_cells.h"
#include "view/faults/stat_group.h"

static const struct column why_columns[] = {
	{ .key = "sum_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "percent",
	  .head = "%",
	  .type = CELL_F64,
	  .unit = UNIT_PERCENT,
	  .text_only = true },
	{ .key = "reason", .head = "REASON", .type = CELL_STR },
};
static const struct table_def why_table = TABLE_DEF("reasons", why_columns);

static void why_row(struct table *t, const char *reason, uint64_t ns, uint64_t total)
{
	if (!ns)
		return;
	table__add_row(t);
	table__set_u64(t, "sum_ns", ns);
	table__set_f64(t, "percent", 100.0 * ns / total);
	table__set_str(t, "reason", reason);
}

void why_view__make(const struct stat_view *v, const struct model *m, struct document *d)
{
	const struct vs_counts counts = stat_group__total(v, m);
	const struct time_waits waits = time_waits__of_counts(&counts);
	struct table *t = document__table(d, &why_table);
	uint64_t rest = counts.latency_sum_ns;

	table__set_title(t, "Time in page faults by reason%s",
			 rest ? "" : ": no fault was measured");
	for (size_t i = 0; i < VS_NR_WAITS; i++) {
		why_row(t, wait_names[i], waits.ns[i], counts.latency_sum_ns);
		rest -= waits.ns[i] < rest ? waits.ns[i] : rest;
	}
	table__sort(t, "sum_ns");
	why_row(t, "none", rest, counts.latency_sum_ns);
}
