// SPDX-License-Identifier: GPL-2.0-only
/* storm.c - fault storms as lines of text, and as a table. */
#include "view/faults/storm.h"

#include <stdio.h>

#include "model/names.h"
#include "util/str.h"
#include "view/faults/stat_group.h"

static const struct column line_columns[] = {
	{ .key = "line", .type = CELL_STR },
};
static const struct table_def line_table = TABLE_DEF("storm", line_columns, .text_only = true);

static const struct column storm_columns[] = {
	{ .key = "start_ns", .head = "START", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "length_ns", .head = "DURATION", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "ongoing", .type = CELL_BOOL },
	{ .key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "peak_per_second",
	  .head = "PEAK/S",
	  .type = CELL_F64,
	  .unit = UNIT_PER_SECOND,
	  .spare = true },
	{ .key = "mean_per_second", .head = "MEAN/S", .type = CELL_F64, .unit = UNIT_PER_SECOND },
	{ .key = "median_per_second", .type = CELL_F64, .unit = UNIT_PER_SECOND },
	{ .key = "ratio", .type = CELL_F64 },
	{ .key = "cause", .head = "CAUSE", .type = CELL_STR, .left = true },
	{ .key = "pid", .head = "PID", .type = CELL_U64 },
	{ .key = "tid", .head = "TID", .type = CELL_U64, .optional = true, .spare = true },
	{ .key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true },
	{ .key = "vma_percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT },
	{ .key = "vma", .head = "VMA", .type = CELL_STR },
};
static const struct table_def storm_table = TABLE_DEF("storms", storm_columns);

void storm_view__rows(const struct stat_view *v, const struct model *m, struct storms *s)
{
	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];

		for (size_t r = 0; r < p->nr_rows; r++) {
			const struct fault_row *row = p->rows[r];
			const struct vs_counts c = stat_counts(v, row);

			if (!stat_selected(v, row) || !counts_faults(&c))
				continue;
			storms__tally(s, STORM_VMA,
				      row->is_vma ? fault_row__group(row) : outside_name(row), 0,
				      counts_faults(&c));
			storms__tally(s, STORM_PROCESS, p->comm, p->pid, counts_faults(&c));
			for (int cause = 0; cause < VS_NR_CAUSES; cause++)
				storms__tally(s, STORM_CAUSE, cause_names[cause], 0,
					      c.cause[cause]);
		}
	}
	for (size_t i = 0; v->threads && i < v->threads->nr; i++) {
		const struct vs_thread *t = v->threads->list[i];

		storms__tally(s, STORM_THREAD, t->comm, t->tid, threads__since_mark(t));
	}
}

/** share - percentage of the storm's faults. */
static double share(const struct storm *storm, enum storm_what what)
{
	return storm->faults ? 100.0 * storm->top[what].faults / storm->faults : 0;
}

void storm_view__ended(const struct storm *storm, uint64_t start_ns, struct document *d)
{
	char thread[64] = "";
	const struct storm_top *top = storm->top;
	struct table *t = document__table(d, &line_table);

	if (top[STORM_THREAD].id)
		snprintf(thread, sizeof(thread), ", %.0f%% by thread %llu",
			 share(storm, STORM_THREAD), (unsigned long long)top[STORM_THREAD].id);
	table__set_title(
		t,
		"STORM %s: %s from %s, %s faults/s, peak %s, median %s\n"
		"  %.0f%% in %s, %.0f%% %s, %.0f%% by %s (%llu)%s\n",
		storm->ongoing ? "ongoing" : "ended", str_ns(storm->to_ns - storm->from_ns).text,
		str_ns(storm->from_ns - start_ns).text, str_count(storm_mean(storm)).text,
		str_count(storm->peak).text, str_count(storm->median).text, share(storm, STORM_VMA),
		top[STORM_VMA].name, share(storm, STORM_CAUSE), top[STORM_CAUSE].name,
		share(storm, STORM_PROCESS), top[STORM_PROCESS].name,
		(unsigned long long)top[STORM_PROCESS].id, thread);
}

static void storm_row(struct table *t, const struct storm *storm, uint64_t start_ns)
{
	const struct storm_top *top = storm->top;

	table__add_row(t);
	table__set_u64(t, "start_ns", storm->from_ns - start_ns);
	table__set_u64(t, "length_ns", storm->to_ns - storm->from_ns);
	table__set_bool(t, "ongoing", storm->ongoing);
	table__set_u64(t, "faults", storm->faults);
	table__set_f64(t, "peak_per_second", storm->peak);
	table__set_f64(t, "mean_per_second", storm_mean(storm));
	table__set_f64(t, "median_per_second", storm->median);
	if (storm->median > 0)
		table__set_f64(t, "ratio", storm_mean(storm) / storm->median);
	table__set_u64(t, "pid", top[STORM_PROCESS].id);
	if (top[STORM_THREAD].id)
		table__set_u64(t, "tid", top[STORM_THREAD].id);
	table__set_f64(t, "vma_percent", share(storm, STORM_VMA));
	table__set_str(t, "cause", top[STORM_CAUSE].name);
	table__set_str(t, "comm", top[STORM_PROCESS].name);
	table__set_str(t, "vma", top[STORM_VMA].name);
}

void storm_view__all(const struct storms *s, uint64_t start_ns, struct document *d)
{
	struct table *t = document__table(d, &storm_table);

	if (s->nr)
		table__set_title(
			t, "Fault storms (at least %g times the median rate and %g faults/s)\n",
			STORM_RATIO, STORM_LEAST_RATE);
	for (size_t i = 0; i < s->nr; i++)
		storm_row(t, &s->list[i], start_ns);
}
