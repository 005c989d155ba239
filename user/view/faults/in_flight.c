// SPDX-License-Identifier: GPL-2.0-only
/*
 * in_flight.c - a row for each fault that has not ended: the waiting task, the address, the
 * duration.
 */
#include "view/faults/in_flight.h"

#include "model/names.h"

/* clang-format off */
static const struct column columns[] = {
	{.key = "since_ns", .head = "ELAPSED", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "pid", .head = "PID", .type = CELL_U64},
	{.key = "tid", .head = "TID", .type = CELL_U64},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true},
	{.key = "cause", .head = "CAUSE", .type = CELL_STR, .left = true},
	{.key = "address", .head = "ADDRESS", .type = CELL_HEX},
	{.key = "vma", .head = "VMA", .type = CELL_STR},
};
/* clang-format on */
static const struct table_def table = TABLE_DEF("in_flight", columns);

static void add_row(struct table *t, const struct in_flight_fault *f)
{
	const struct vs_event_fault *e = &f->event;

	table__add_row(t);
	table__set_u64(t, "pid", e->pid);
	table__set_u64(t, "tid", e->tid);
	if (e->duration_ns) {
		table__set_u64(t, "since_ns", e->duration_ns);
		table__set_u64(t, "address", e->address);
	}
	table__set_str(t, "comm", e->comm);
	table__set_str(t, "cause", cause_names[e->cause]);
	if (f->row)
		table__set_str(t, "vma", fault_row__name(f->row));
}

void in_flight_view__make(const struct in_flight *list, struct document *d)
{
	struct table *t = document__table(d, &table);

	if (list->nr)
		table__set_title(t,
				 "Faults in flight when counting ended: %zu, counted neither as "
				 "completed nor as failed\n",
				 list->nr);
	for (size_t i = 0; i < list->nr; i++)
		add_row(t, &list->fault[i]);
	table__sort(t, "since_ns");
}
