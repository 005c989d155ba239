// SPDX-License-Identifier: GPL-2.0-only
/* top_processes.c - top: a row for each process, its faults and its remote cost. */
#include <errno.h>
#include <stdlib.h>

#include "view/common/stat_cells.h"
#include "view/top/top_cells.h"

/* clang-format off */
#define COLUMNS(COUNT, TIME, FIGURE)                                                               \
	TOP_ID_COLUMN,                                                                             \
	{.key = "pid", .head = "PID", .type = CELL_U64},                                           \
	COUNT("faults", "FAULTS"),                                                                 \
	COUNT("minor", "MINOR", .spare = true),                                                    \
	COUNT("major", "MAJOR"),                                                                   \
	COUNT("failed", "FAILED", .optional = true, .spare = true),                                \
	TIME("fault_ns", "TIME"),                                                                  \
	{.key = "average_ns", .head = "AVG", .type = CELL_F64, .unit = UNIT_NS},                   \
	{.key = "p99_ns", .head = "P99", .type = CELL_U64, .unit = UNIT_NS},                       \
	VS_EACH_FIGURE(FIGURE)                                                                     \
	COUNT("sent", "SENT"),                                                                     \
	COUNT("interrupts", "IPIS"),                                                               \
	TIME("stolen_ns", "STOLEN", .spare = true),                                                \
	{.key = "vmas", .head = "VMAS", .type = CELL_U64, .unit = UNIT_COUNT, .spare = true},      \
	{.key = "uid", .head = "UID", .type = CELL_U64, .spare = true},                            \
	{.key = "ended", .head = "ENDED", .type = CELL_STR, .left = true, .optional = true,        \
	 .spare = true},                                                                           \
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true},                           \
	{.key = "cgroup", .head = "CGROUP", .type = CELL_STR, .spare = true, .optional = true}
/* clang-format on */

TOP_TABLES(processes, COLUMNS);

/** struct caused - counts of the calls of each process, by the process's address. */
struct caused {
	struct vs_call_counts counts;
};

static struct caused *caused_by(struct hash *h, const struct process *p)
{
	return hash__make_u64(h, (uintptr_t)p, sizeof(struct caused));
}

/** sum_calls - add up calls by process. Return: 0 or -ENOMEM. */
static int sum_calls(const struct top_view *v, struct hash *h)
{
	for (size_t i = 0; i < v->shootdown->nr_rows; i++) {
		const struct call_row *row = v->shootdown->rows[i];
		struct caused *c;

		if (!row->process || !top_call_is_new(v, row))
			continue;
		c = caused_by(h, row->process);
		if (!c)
			return -ENOMEM;
		const struct vs_call_counts counts = top_call_counts(v, row);

		call_counts_add(&c->counts, &counts);
	}
	return 0;
}

/** call_cells_of - set the cells of calls; they are 0, not unknown, for a process without calls. */
static void call_cells_of(const struct top_view *v, struct table *t,
			  const struct vs_call_counts *calls)
{
	static const struct vs_call_counts none;
	const struct vs_call_counts *c = calls ? calls : &none;

	if (v->flushes_known)
		top_count(v, t, "sent", c->flush[VS_FLUSH_REMOTE]);
	if (!v->interrupts_known)
		return;
	top_count(v, t, "interrupts", c->received);
	top_time(v, t, "stolen_ns", c->stolen_ns);
}

static uint64_t vmas_of(const struct process *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->nr_rows; i++)
		n += p->rows[i]->is_vma;
	return n;
}

static void process_row(const struct top_view *v, struct table *t, const struct process *p,
			const struct vs_counts *c, const struct vs_call_counts *calls)
{
	struct vs_hist hist = {};

	table__add_row(t);
	table__set_u64(t, "id", (uintptr_t)p);
	table__set_u64(t, "pid", p->pid);
	table__set_u64(t, "uid", p->uid);
	table__set_u64(t, "vmas", vmas_of(p));
	top_count(v, t, "faults", counts_faults(c));
	top_count(v, t, "minor", c->outcome[VS_MINOR]);
	top_count(v, t, "major", c->outcome[VS_MAJOR]);
	top_count(v, t, "failed", c->outcome[VS_INCOMPLETE]);
	top_fault_time(v, t, c);
	top_average(t, "average_ns", c);
	top_figures(v, t, c);
	if (c->latency_count && !v->vma_glob)
		process_latency(p, v->rates, &hist);
	if (hist__count(&hist))
		table__set_u64(t, "p99_ns", latency_quantile(&hist, 0.99));
	call_cells_of(v, t, calls);
	table__set_str(t, "ended", p->exited ? "ended" : "");
	table__set_str(t, "cgroup", p->cgroup_name ? p->cgroup_name : "");
	table__set_str(t, "comm", p->comm);
}

/** is_shown - the process is alive, or has exited and still has counts to show. */
static bool is_shown(const struct process *p, const struct vs_counts *c,
		     const struct vs_call_counts *calls)
{
	if (counts_faults(c))
		return true;
	if (calls && (calls->flush[VS_FLUSH_REMOTE] || calls->received))
		return true;
	return !p->exited;
}

struct table *top_processes(const struct top_view *v)
{
	struct table *t = table__new(&processes_tables[v->rates]);
	struct hash calls;

	hash__init(&calls, sizeof(uint64_t));
	table__fail(t, sum_calls(v, &calls));
	for (size_t i = 0; i < v->model->nr_processes; i++) {
		const struct process *p = v->model->processes[i];
		const struct vs_counts c = top_process_counts(v, p);
		const struct caused *by_calls = hash__get_u64(&calls, (uintptr_t)p);

		if (is_shown(p, &c, by_calls ? &by_calls->counts : NULL))
			process_row(v, t, p, &c, by_calls ? &by_calls->counts : NULL);
	}
	hash__free(&calls, free);
	return t;
}
