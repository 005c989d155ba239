// SPDX-License-Identifier: GPL-2.0-only
/* top_cpus.c - top: a row for each CPU: its faults, and the IPIs from each other CPU. */
#include <errno.h>
#include <stdlib.h>

#include "view/shootdown/shootdown_parts.h"
#include "view/top/top_cells.h"

/* clang-format off */
#define COLUMNS(COUNT, TIME, FIGURE)                                                               \
	TOP_ID_COLUMN,                                                                             \
	{.key = "cpu", .head = "CPU", .type = CELL_U64},                                           \
	COUNT("faults", "FAULTS"),                                                                 \
	COUNT("major", "MAJOR", .spare = true),                                                    \
	TIME("fault_ns", "TIME", .spare = true),                                                   \
	VS_EACH_FIGURE(FIGURE)                                                                     \
	COUNT("sent", "SENT"),                                                                     \
	COUNT("received", "IPIS"),                                                                 \
	{.key = "delay_ns", .head = "DELAY", .type = CELL_F64, .unit = UNIT_NS, .spare = true},    \
	TIME("stolen_ns", "STOLEN"),                                                               \
	{.key = "from", .head = "FROM CPU", .type = CELL_SERIES, .left = true}
/* clang-format on */

TOP_TABLES(cpus, COLUMNS);

/**
 * struct cpu_pairs - IPIs by pair of CPUs
 * @nr: number of CPUs
 * @counts: IPIs, [target * nr + initiator]
 * @sent: by initiator; @received, @joined, @delay_ns, @stolen_ns: by target
 */
struct cpu_pairs {
	uint32_t nr;
	uint64_t *counts;
	uint64_t *sent;
	uint64_t *received;
	uint64_t *joined;
	uint64_t *delay_ns;
	uint64_t *stolen_ns;
};

/** pairs_new - allocate all arrays as one block, which @counts points to. Return: 0 or -ENOMEM. */
static int pairs_new(struct cpu_pairs *c, uint32_t nr)
{
	c->counts = calloc((size_t)nr * (nr + 5) + 1, sizeof(*c->counts));
	if (!c->counts)
		return -ENOMEM;
	c->nr = nr;
	c->sent = c->counts + (size_t)nr * nr;
	c->received = c->sent + nr;
	c->joined = c->received + nr;
	c->delay_ns = c->joined + nr;
	c->stolen_ns = c->delay_ns + nr;
	return 0;
}

/** pairs_add - add counts; @sign -1 subtracts those from before the interval. */
static void pairs_add(struct cpu_pairs *c, const struct call_pair *pairs, size_t nr, int sign)
{
	for (size_t i = 0; i < nr; i++) {
		const uint32_t from = pairs[i].key.from_cpu, to = pairs[i].key.to_cpu;
		const struct vs_pair *p = &pairs[i].pair;

		if (from >= c->nr || to >= c->nr)
			continue;
		c->received[to] += sign * p->count;
		c->joined[to] += sign * (p->count - p->unjoined);
		c->delay_ns[to] += sign * p->delay_ns;
		c->stolen_ns[to] += sign * p->stolen_ns;
		if (!pair_known(&pairs[i]))
			continue;
		c->sent[from] += sign * p->count;
		c->counts[(size_t)to * c->nr + from] += sign * p->count;
	}
}

/** end_of_cpus - one past the last CPU with any counts: others may not exist. */
static uint32_t end_of_cpus(const struct top_view *v)
{
	const struct shootdown *s = v->shootdown;
	uint32_t end = 0;

	for (uint32_t cpu = 0; cpu < v->model->nr_cpus; cpu++)
		if (counts_faults(&v->model->cpus[cpu].counts))
			end = cpu + 1;
	for (size_t i = 0; i < s->nr_pairs; i++) {
		const struct vs_pair_key *key = &s->pairs[i].key;

		end = key->from_cpu >= end ? key->from_cpu + 1 : end;
		end = key->to_cpu >= end ? key->to_cpu + 1 : end;
	}
	return end < v->model->nr_cpus ? end : v->model->nr_cpus;
}

static void from_cells(const struct top_view *v, struct table *t, const struct cpu_pairs *c,
		       uint32_t cpu)
{
	uint64_t *row = c->counts + (size_t)cpu * c->nr;

	for (uint32_t i = 0; i < c->nr; i++)
		row[i] = (uint64_t)(top_rate(v, row[i]) + 0.5);
	table__set_series(t, "from", row, c->nr);
}

static void cpu_row(const struct top_view *v, struct table *t, const struct cpu_pairs *c,
		    uint32_t cpu)
{
	struct vs_counts counts = v->model->cpus[cpu].counts;

	table__add_row(t);
	if (v->rates)
		counts_sub(&counts, &v->model->cpus[cpu].marked);
	table__set_u64(t, "id", cpu);
	top_figures(v, t, &counts);
	table__set_u64(t, "cpu", cpu);
	top_count(v, t, "faults", counts_faults(&counts));
	top_count(v, t, "major", counts.outcome[VS_MAJOR]);
	if (counts_timed(&counts))
		top_time(v, t, "fault_ns", counts.latency_sum_ns);
	if (!v->interrupts_known)
		return;
	top_count(v, t, "sent", c->sent[cpu]);
	top_count(v, t, "received", c->received[cpu]);
	top_time(v, t, "stolen_ns", c->stolen_ns[cpu]);
	if (c->joined[cpu])
		table__set_f64(t, "delay_ns", (double)c->delay_ns[cpu] / c->joined[cpu]);
	from_cells(v, t, c, cpu);
}

struct table *top_cpus(const struct top_view *v)
{
	const struct shootdown *s = v->shootdown;
	struct table *t = table__new(&cpus_tables[v->rates]);
	struct cpu_pairs c = {};

	table__fail(t, pairs_new(&c, end_of_cpus(v)));
	pairs_add(&c, s->pairs, s->nr_pairs, 1);
	if (v->rates)
		pairs_add(&c, s->marked_pairs, s->nr_marked_pairs, -1);
	for (uint32_t cpu = 0; cpu < c.nr; cpu++)
		cpu_row(v, t, &c, cpu);
	free(c.counts);
	return t;
}
