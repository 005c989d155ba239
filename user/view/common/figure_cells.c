// SPDX-License-Identifier: GPL-2.0-only
/* figure_cells.c - see figure_cells.h */
#include "view/common/figure_cells.h"

#include <stdio.h>

#include "util/str.h"

/** Rows of a table show how much they waited if one of them waited for more than this, percent. */
#define WAITED_LEAST 10.0

static const struct column time_columns[] = {
	{ .key = "total", .type = CELL_U64 },	 { .key = "cpu", .type = CELL_U64 },
	{ .key = "runqueue", .type = CELL_U64 }, { .key = "blocked", .type = CELL_U64 },
	{ .key = "unsplit", .type = CELL_U64 },
};
const struct table_def time_table = OBJECT_DEF("time_ns", time_columns);

void time_cell(struct table *t, struct time_split split)
{
	struct table *time = table__sub(t, &time_table);

	table__set_u64(time, "total", split.total_ns);
	table__set_u64(time, "unsplit", split.unsplit_ns);
	if (split.total_ns && !time_split__known(&split))
		return;
	table__set_u64(time, "cpu", time_split__cpu(&split));
	table__set_u64(time, "runqueue", split.runqueue_ns);
	table__set_u64(time, "blocked", split.blocked_ns);
}

#define WAIT_COLUMN(member, ...) { .key = #member, .type = CELL_U64 },
static const struct column waits_columns[] = { VS_EACH_WAIT(WAIT_COLUMN) };
#define WAIT_NAME(member, ...) #member,
const char *const wait_names[VS_NR_WAITS] = { VS_EACH_WAIT(WAIT_NAME) };
const struct table_def waits_table = OBJECT_DEF("waits", waits_columns);

void waits_cell(struct table *t, struct time_split split, const struct time_waits *waits)
{
	const bool split_known = !split.total_ns || time_split__known(&split);
	struct table *object = table__sub(t, &waits_table);

	for (size_t i = 0; i < VS_NR_WAITS; i++)
		if (i != VS_WAIT_other || split_known)
			table__set_u64(object, wait_names[i], waits->ns[i]);
}

void reason_cell(struct table *t, struct time_split split, const struct time_waits *waits)
{
	const char *reason = "run queue";
	uint64_t most = split.runqueue_ns;

	for (size_t i = 0; i < VS_NR_WAITS; i++) {
		if (waits->ns[i] <= most)
			continue;
		most = waits->ns[i];
		reason = wait_names[i];
	}
	if (most > split.total_ns / 10)
		table__set_str(t, "reason", reason);
}

void waited_cell(struct table *t, struct time_split split)
{
	const uint64_t known = time_split__known(&split);

	if (known)
		table__set_f64(t, "waited", 100.0 * time_split__waited(&split) / known);
}

void waited_only_if_relevant(struct table *t)
{
	for (size_t i = 0; i < t->nr_rows; i++) {
		const struct cell *cell = table__cell(t, i, "waited");

		if (cell->known && cell->f64 > WAITED_LEAST)
			return;
	}
	table__forget(t, "waited");
}

const char *waits_text(char *buf, struct time_split split)
{
	size_t len = 0;

	*buf = '\0';
	if (!time_split__waits(&split))
		return buf;
	if (split.blocked_ns)
		len = (size_t)snprintf(buf, WAITS_TEXT_LEN, ", blocked %s",
				       str_ns(split.blocked_ns).text);
	if (split.runqueue_ns)
		snprintf(buf + len, WAITS_TEXT_LEN - len, ", run queue %s",
			 str_ns(split.runqueue_ns).text);
	return buf;
}

void figure_cells(struct table *t, const struct vs_counts *c)
{
	for (size_t i = 0; i < VS_NR_FIGURES; i++) {
		const uint64_t value = figure__of_counts(&figures[i], c);

		if (!figure__is_time(&figures[i]) && (value || figures[i].how != FIGURE_MAX))
			table__set_u64(t, figures[i].key, value);
	}
}

void figure_cells_of_fault(struct table *t, const struct vs_event_fault *e)
{
	for (size_t i = 0; i < VS_NR_FIGURES; i++) {
		const uint64_t value = figure__of_fault(&figures[i], e);

		if (figure__known(&figures[i], e, value))
			table__set_u64(t, figures[i].key, value);
	}
}
