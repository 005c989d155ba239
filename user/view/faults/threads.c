// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads.c - a row for each thread: its faults, the time in them, and their share of its run time.
 */
#include "view/faults/threads.h"

#include "util/str.h"

static const struct column columns[] = {
	{ .key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "fault_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "lived_ns", .head = "LIFETIME", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "share_percent", .head = "SHARE", .type = CELL_F64, .unit = UNIT_PERCENT },
	{ .key = "pid", .head = "PID", .type = CELL_U64 },
	{ .key = "tid", .head = "TID", .type = CELL_U64 },
	{ .key = "exited", .type = CELL_BOOL },
	{ .key = "comm", .head = "COMM", .type = CELL_STR, .whole = true },
};

static const struct table_def json_table = TABLE_DEF("threads", columns, .json_only = true);
static const struct table_def text_table = TABLE_DEF("threads", columns);

/** row - @timed: the time in faults is known */
static void row(struct table *t, const struct vs_thread *thread, uint64_t start_ns, uint64_t end_ns,
		bool timed)
{
	uint64_t from = thread->since_ns > start_ns ? thread->since_ns : start_ns;
	uint64_t to = thread->until_ns ? thread->until_ns : end_ns;

	table__add_row(t);
	table__set_u64(t, "faults", thread->faults);
	if (timed) {
		table__set_u64(t, "fault_ns", thread->fault_ns);
		table__set_f64(t, "share_percent", 100 * thread_share(thread, start_ns, end_ns));
	}
	table__set_u64(t, "lived_ns", to > from ? to - from : 0);
	table__set_u64(t, "pid", thread->pid);
	table__set_u64(t, "tid", thread->tid);
	table__set_bool(t, "exited", thread->until_ns != 0);
	table__set_str(t, "comm", thread->comm);
}

/** cut - keep @limit rows, and summarize the others. */
static void cut(struct table *t, size_t limit)
{
	const size_t nr = t->nr_rows;
	uint64_t faults = 0;

	if (!limit || nr <= limit)
		return;
	for (size_t i = limit; i < nr; i++)
		faults += table__cell(t, i, "faults")->u64;
	table__truncate(t, limit);
	table__set_footer(t, "and %zu more thread%s with %llu fault%s (use --top N)", nr - limit,
			  str_plural(nr - limit), (unsigned long long)faults, str_plural(faults));
}

static struct table *make(const struct threads *threads, uint64_t start_ns, uint64_t end_ns,
			  bool interval, bool text, size_t limit)
{
	struct table *t = table__new(text ? &text_table : &json_table);

	for (size_t i = 0; i < threads->nr; i++) {
		const struct vs_thread thread = interval ? threads__interval(threads->list[i])
							 : *threads->list[i];

		/* without -i, a fault in flight is not counted yet */
		if (thread.faults || thread.fault_ns)
			row(t, &thread, start_ns, end_ns, thread.fault_ns || !threads->sampled);
	}
	table__sort(t, "fault_ns");
	cut(t, limit);
	return t;
}

struct table *threads_view__make(const struct threads *threads, uint64_t start_ns, uint64_t end_ns,
				 bool text, size_t limit)
{
	return make(threads, start_ns, end_ns, false, text, limit);
}

struct table *threads_view__interval(const struct threads *threads, uint64_t from_ns,
				     uint64_t to_ns, bool text, size_t limit)
{
	return make(threads, from_ns, to_ns, true, text, limit);
}
