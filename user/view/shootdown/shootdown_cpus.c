// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_cpus.c - initiating and target CPUs, the cost on targets, and IPIs to isolated CPUs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/cpu_list.h"
#include "util/str.h"
#include "view/shootdown/shootdown_parts.h"

/* clang-format off */
static const struct column cpu_columns[] = {
	{.key = "cpu", .head = "CPU", .type = CELL_U64},
	{.key = "isolated", .type = CELL_BOOL},
	{.key = "nohz_full", .type = CELL_BOOL},
	{.key = "sends", .head = "SENT", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "inflicted_ns", .head = "REMOTE COST", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "receipts", .head = "RECEIVED", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "ipi_delay_ns", .type = CELL_U64},
	{.key = "delay_ns", .head = "DELAY", .type = CELL_F64, .unit = UNIT_NS, .text_only = true},
	{.key = "stolen_ns", .head = "STOLEN", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "note", .head = "NOTE", .type = CELL_STR, .text_only = true, .optional = true},
};
static const struct table_def cpu_table = TABLE_DEF("cpus", cpu_columns);

static const struct column matrix_columns[] = {
	{.key = "receipts", .head = "IPIS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "delay_ns", .head = "DELAY", .type = CELL_F64, .unit = UNIT_NS, .spare = true},
	{.key = "stolen_ns", .head = "STOLEN", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "note", .head = "NOTE", .type = CELL_STR, .left = true, .optional = true},
	{.key = "cpu", .head = "TARGET CPU", .type = CELL_U64},
	{.key = "from", .head = "FROM CPU", .type = CELL_SERIES, .left = true},
};
static const struct column few_columns[] = {
	{.key = "receipts", .head = "IPIS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "delay_ns", .head = "DELAY", .type = CELL_F64, .unit = UNIT_NS, .spare = true},
	{.key = "stolen_ns", .head = "STOLEN", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "note", .head = "NOTE", .type = CELL_STR, .left = true, .optional = true},
	{.key = "cpu", .head = "TARGET CPU", .type = CELL_U64},
	{.key = "from", .head = "FROM CPU: IPIS", .type = CELL_STR},
};
/* clang-format on */

/** With at most this many initiating CPUs, numbers are shown instead of shades. */
#define FEW_CPUS 4

/* by [few CPUs] */
static const struct table_def matrix_tables[2] = {
	TABLE_DEF("matrix", matrix_columns, .text_only = true),
	TABLE_DEF("matrix", few_columns, .text_only = true),
};

/**
 * struct cpu_sum - IPIs that a CPU sent and received
 * @sends: IPIs that it sent and that arrived; @inflicted_ns: handler time that they took elsewhere
 * @receipts: IPIs that it received; @joined: those with a known initiator; @delay_ns: latency of
 *	these
 */
struct cpu_sum {
	uint64_t sends;
	uint64_t inflicted_ns;
	uint64_t receipts;
	uint64_t joined;
	uint64_t delay_ns;
	uint64_t stolen_ns;
};

/** struct cpu_sums - sums by CPU */
struct cpu_sums {
	struct cpu_sum *list;
	uint32_t nr;
};

/** end_of_cpus - one past the highest CPU that exists or appears in the data. */
static uint32_t end_of_cpus(const struct shootdown *s)
{
	uint32_t end = s->nr_cpus;

	for (size_t i = 0; i < s->nr_pairs; i++) {
		const struct vs_pair_key *key = &s->pairs[i].key;

		end = key->from_cpu >= end ? key->from_cpu + 1 : end;
		end = key->to_cpu >= end ? key->to_cpu + 1 : end;
	}
	return end;
}

/** cpu_sums__make - if out of memory, the document has failed, and there are no sums. */
static void cpu_sums__make(struct cpu_sums *c, const struct shootdown_doc *d)
{
	const struct shootdown *s = d->model;
	const uint32_t nr = end_of_cpus(s);

	*c = (struct cpu_sums){ .list = calloc((size_t)nr + 1, sizeof(*c->list)) };
	if (!c->list) {
		document__fail(d->document, -ENOMEM);
		return;
	}
	c->nr = nr;
	for (size_t i = 0; i < s->nr_pairs; i++) {
		const struct call_pair *p = &s->pairs[i];
		struct cpu_sum *from = &c->list[p->key.from_cpu], *to = &c->list[p->key.to_cpu];

		to->receipts += p->pair.count;
		to->joined += p->pair.count - p->pair.unjoined;
		to->delay_ns += p->pair.delay_ns;
		to->stolen_ns += p->pair.stolen_ns;
		if (!pair_known(p))
			continue;
		from->sends += p->pair.count;
		from->inflicted_ns += p->pair.stolen_ns;
	}
}

/** note - special properties of a CPU. */
static const char *note(const struct shootdown_view *v, uint32_t cpu)
{
	const bool isolated = cpu_list_has(v->isolated, cpu);

	if (cpu_list_has(v->nohz_full, cpu))
		return isolated ? "isolated, nohz_full" : "nohz_full";
	return isolated ? "isolated" : "";
}

static void set_costs(struct table *t, const struct cpu_sum *c)
{
	table__set_u64(t, "receipts", c->receipts);
	table__set_u64(t, "stolen_ns", c->stolen_ns);
	if (c->joined)
		table__set_f64(t, "delay_ns", (double)c->delay_ns / c->joined);
}

/* --- rows of --by cpu ---------------------------------------------------------------------- */

static void cpu_row(const struct shootdown_view *v, struct table *t, const struct cpu_sum *c,
		    uint32_t cpu)
{
	table__add_row(t);
	table__set_u64(t, "cpu", cpu);
	if (v->isolated)
		table__set_bool(t, "isolated", cpu_list_has(v->isolated, cpu));
	if (v->nohz_full)
		table__set_bool(t, "nohz_full", cpu_list_has(v->nohz_full, cpu));
	table__set_u64(t, "sends", c->sends);
	table__set_u64(t, "inflicted_ns", c->inflicted_ns);
	table__set_u64(t, "ipi_delay_ns", c->delay_ns);
	set_costs(t, c);
	table__set_str(t, "note", note(v, cpu));
}

void shootdown_cpus__rows(const struct shootdown_doc *d)
{
	struct table *t = document__table(d->document, &cpu_table);
	struct cpu_sums sums;

	cpu_sums__make(&sums, d);
	for (uint32_t cpu = 0; cpu < sums.nr; cpu++)
		if (sums.list[cpu].sends || sums.list[cpu].receipts)
			cpu_row(d->view, t, &sums.list[cpu], cpu);
	if (t->nr_rows)
		table__set_title(t, "TLB flush IPIs sent and received by each CPU%s\n",
				 pairs_scope(d));
	free(sums.list);
}

/* --- the matrix ---------------------------------------------------------------------------- */

/**
 * struct matrix - IPIs by target and initiator
 * @cpus: the @nr CPUs that sent IPIs; @place: their index in it, by CPU
 * @counts: buffer for a row
 */
struct matrix {
	struct cpu_sums sums;
	uint64_t *cpus;
	uint32_t *place;
	uint64_t *counts;
	size_t nr;
};

/** matrix__make - if out of memory, the document has failed, and the matrix is empty. */
static void matrix__make(struct matrix *m, const struct shootdown_doc *d)
{
	size_t room;

	cpu_sums__make(&m->sums, d);
	room = (size_t)m->sums.nr + 1;
	m->cpus = calloc(room, sizeof(*m->cpus));
	m->place = calloc(room, sizeof(*m->place));
	m->counts = calloc(room, sizeof(*m->counts));
	if (!m->cpus || !m->place || !m->counts) {
		document__fail(d->document, -ENOMEM);
		m->sums.nr = 0;
	}
	for (uint32_t cpu = 0; cpu < m->sums.nr; cpu++) {
		if (!m->sums.list[cpu].sends)
			continue;
		m->place[cpu] = m->nr;
		m->cpus[m->nr++] = cpu;
	}
}

static void matrix__free(struct matrix *m)
{
	free(m->sums.list);
	free(m->cpus);
	free(m->place);
	free(m->counts);
}

/** set_from - set "0: 3,846, 1: 4" if there are few initiators, otherwise a strip. */
static void set_from(struct table *t, const struct matrix *m)
{
	char text[FEW_CPUS * (STR_NUMBER_LEN + 16)] = "";
	size_t len = 0;

	if (m->nr > FEW_CPUS) {
		table__set_series(t, "from", m->counts, m->nr);
		return;
	}
	for (size_t i = 0; i < m->nr; i++) {
		if (!m->counts[i])
			continue;
		len += snprintf(text + len, sizeof(text) - len, "%s%llu: %s", len ? "  " : "",
				(unsigned long long)m->cpus[i], str_count(m->counts[i]).text);
	}
	table__set_str(t, "from", text);
}

static void matrix_row(const struct shootdown_doc *d, struct table *t, struct matrix *m,
		       uint32_t cpu)
{
	const struct shootdown *s = d->model;

	table__add_row(t);
	for (size_t i = 0; i < m->nr; i++)
		m->counts[i] = 0;
	for (size_t i = 0; i < s->nr_pairs; i++)
		if (s->pairs[i].key.to_cpu == cpu && pair_known(&s->pairs[i]))
			m->counts[m->place[s->pairs[i].key.from_cpu]] += s->pairs[i].pair.count;
	table__set_u64(t, "cpu", cpu);
	set_costs(t, &m->sums.list[cpu]);
	table__set_str(t, "note", note(d->view, cpu));
	set_from(t, m);
}

/** cut - limit the number of rows to those that lost most time. */
static void cut(const struct shootdown_doc *d, struct table *t)
{
	const size_t limit = d->view->limit, nr = t->nr_rows;
	uint64_t receipts = 0, stolen_ns = 0;

	if (!limit || nr <= limit)
		return;
	table__sort(t, "stolen_ns");
	for (size_t i = limit; i < nr; i++) {
		receipts += table__cell(t, i, "receipts")->u64;
		stolen_ns += table__cell(t, i, "stolen_ns")->u64;
	}
	table__truncate(t, limit);
	table__set_footer(t, "and %zu more CPU%s with %s IPI%s, %s stolen (use --top N)",
			  nr - limit, str_plural(nr - limit), str_count(receipts).text,
			  str_plural(receipts), str_ns(stolen_ns).text);
}

void shootdown_cpus__matrix(const struct shootdown_doc *d)
{
	struct matrix m = {};
	struct table *t;

	matrix__make(&m, d);
	t = document__table(d->document, &matrix_tables[m.nr <= FEW_CPUS]);
	for (uint32_t cpu = 0; cpu < m.sums.nr; cpu++)
		if (m.sums.list[cpu].receipts)
			matrix_row(d, t, &m, cpu);
	table__set_labels(t, m.cpus, m.nr);
	if (t->nr_rows)
		table__set_title(t, "TLB flush IPIs by target CPU and initiating CPU%s\n",
				 pairs_scope(d));
	cut(d, t);
	matrix__free(&m);
}

/* --- CPUs that are to be left alone -------------------------------------------------------- */

void shootdown_cpus__warn(const struct shootdown_doc *d, FILE *f)
{
	struct cpu_sum all = {};
	struct cpu_sums sums;
	uint32_t nr = 0;

	cpu_sums__make(&sums, d);
	for (uint32_t cpu = 0; cpu < sums.nr; cpu++) {
		if (!*note(d->view, cpu) || !sums.list[cpu].receipts)
			continue;
		nr++;
		all.receipts += sums.list[cpu].receipts;
		all.stolen_ns += sums.list[cpu].stolen_ns;
	}
	free(sums.list);
	if (nr)
		fprintf(f,
			"%u isolated or nohz_full CPU%s received %s TLB flush IPIs, %s "
			"stolen\n",
			nr, nr > 1 ? "s" : "", str_count(all.receipts).text,
			str_ns(all.stolen_ns).text);
}
