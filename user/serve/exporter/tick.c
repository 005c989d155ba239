// SPDX-License-Identifier: GPL-2.0-only
/* tick.c - the events: what an interval added, and storms. docs/serve.md has the keys. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/out.h"
#include "model/hist.h"
#include "model/names.h"
#include "serve/exporter/exporter.h"
#include "util/array.h"
#include "util/text_file.h"
#include "view/faults/stat_group.h"

/** Groups and VMAs of an event. */
#define TOP 10

/* clang-format off */
static const struct column count_columns[] = {
	{.key = "name", .type = CELL_STR}, {.key = "count", .type = CELL_U64},
};
static const struct table_def cause_table = TABLE_DEF("causes", count_columns, .shape = TABLE_MAP);
static const struct table_def lost_table = TABLE_DEF("lost", count_columns, .shape = TABLE_MAP);
static const struct column group_columns[] = {
	{.key = "group", .type = CELL_STR}, {.key = "faults", .type = CELL_U64},
};
static const struct table_def group_table = TABLE_DEF("groups", group_columns);
static const struct column vma_columns[] = {
	{.key = "pid", .type = CELL_U64}, {.key = "comm", .type = CELL_STR},
	{.key = "name", .type = CELL_STR}, {.key = "start", .type = CELL_HEX},
	{.key = "faults", .type = CELL_U64},
};
static const struct table_def vma_table = TABLE_DEF("vmas", vma_columns);
static const struct column call_columns[] = {
	{.key = "call", .type = CELL_STR}, {.key = "count", .type = CELL_U64},
	{.key = "errors", .type = CELL_U64}, {.key = "latency_ns", .type = CELL_U64},
	{.key = "flushes", .type = CELL_U64}, {.key = "interrupts", .type = CELL_U64},
	{.key = "stolen_ns", .type = CELL_U64}, {.key = "refaults", .type = CELL_U64},
};
static const struct table_def call_table = TABLE_DEF("calls", call_columns);
static const struct column shootdown_columns[] = {
	{.key = "sends", .type = CELL_U64}, {.key = "local", .type = CELL_U64},
	{.key = "full", .type = CELL_U64}, {.key = "queued", .type = CELL_U64},
	{.key = "receipts", .type = CELL_U64}, {.key = "delay_ns", .type = CELL_U64},
	{.key = "stolen_ns", .type = CELL_U64},
};
static const struct table_def shootdown_table = OBJECT_DEF("shootdowns", shootdown_columns);
static const struct column cpu_columns[] = {
	{.key = "from", .type = CELL_U64}, {.key = "to", .type = CELL_U64},
	{.key = "count", .type = CELL_U64}, {.key = "stolen_ns", .type = CELL_U64},
};
static const struct table_def cpu_table = TABLE_DEF("cpus", cpu_columns);
static const struct column tick_columns[] = {
	{.key = "schema", .type = CELL_U64}, {.key = "time_ms", .type = CELL_U64},
	{.key = "duration_ns", .type = CELL_U64}, {.key = "faults", .type = CELL_U64},
	{.key = "minor", .type = CELL_U64}, {.key = "major", .type = CELL_U64},
	{.key = "incomplete", .type = CELL_U64}, {.key = "causes", .type = CELL_TABLE},
	{.key = "latency", .type = CELL_SERIES}, {.key = "groups", .type = CELL_TABLE},
	{.key = "vmas", .type = CELL_TABLE}, {.key = "calls", .type = CELL_TABLE},
	{.key = "shootdowns", .type = CELL_TABLE}, {.key = "cpus", .type = CELL_TABLE},
	{.key = "lost", .type = CELL_TABLE}, {.key = "storm", .type = CELL_BOOL},
};
static const struct table_def tick_table = OBJECT_DEF(NULL, tick_columns);
static const struct column storm_columns[] = {
	{.key = "schema", .type = CELL_U64}, {.key = "state", .type = CELL_STR},
	{.key = "from_ms", .type = CELL_U64}, {.key = "to_ms", .type = CELL_U64},
	{.key = "faults", .type = CELL_U64}, {.key = "peak_per_s", .type = CELL_F64},
	{.key = "median_per_s", .type = CELL_F64}, {.key = "vma", .type = CELL_STR},
	{.key = "cause", .type = CELL_STR}, {.key = "process", .type = CELL_STR},
	{.key = "pid", .type = CELL_U64},
};
static const struct table_def storm_table = OBJECT_DEF(NULL, storm_columns);
/* clang-format on */

/** event - the one row of @t as an event; @t is freed. Return: NULL without memory. */
static struct body *event(struct exporter *e, const char *name, struct table *t)
{
	const struct out_format *json = out_format__find("json");
	struct text_file f;
	int err = text_file__open(&f);

	if (!err) {
		const struct out_options o = { .file = f.file };

		fprintf(f.file, "id: %llu\nevent: %s\ndata: ", (unsigned long long)e->next_id,
			name);
		err = out_format__row(json, t, &o, true);
		fputc('\n', f.file);
		err = text_file__close(&f) ? -ENOMEM : err;
	}
	table__free(t);
	if (!err)
		return body__new(200, BODY_EVENT, f.text.at, f.text.len);
	text__free(&f.text);
	return NULL;
}

/* --- lists --------------------------------------------------------------------------------- */

static void count_row(struct table *t, const char *name, uint64_t count)
{
	if (!count)
		return;
	table__add_row(t);
	table__set_u64(t, "count", count);
	table__set_str(t, "name", name);
}

static void add_causes(struct table *tick, const struct vs_counts *c)
{
	struct table *t = table__sub(tick, &cause_table);

	for (int i = 0; i < VS_NR_CAUSES; i++)
		count_row(t, cause_names[i], c->cause[i]);
}

static void add_lost(struct table *tick, const struct vs_stats *now, const struct vs_stats *then)
{
	struct table *t = table__sub(tick, &lost_table);

	for (int i = 0; i < VS_NR_LOST; i++)
		count_row(t, lost_names[i], now->lost[i] - then->lost[i]);
}

static uint64_t group_faults(const struct metric_group *g)
{
	uint64_t n = 0;

	for (int i = 0; i < VS_NR_OUTCOME; i++)
		n += g->cell[GROUP_OUTCOMES + i];
	return n;
}

static void add_groups(struct exporter *e, struct table *tick)
{
	const struct metric_group *list[METRIC_STORE_GROUPS + 1];
	const size_t nr = metric_store__list(&e->store, list);
	struct table *t = table__sub(tick, &group_table);

	for (size_t i = 0; i < nr; i++) {
		const uint64_t faults = group_faults(list[i]) - list[i]->marked;

		if (!faults)
			continue;
		table__add_row(t);
		table__set_u64(t, "faults", faults);
		table__set_str(t, "group", list[i]->name);
	}
	table__sort(t, "faults");
	table__truncate(t, TOP);
}

/** struct top_rows - rows with most faults in the interval, the first with most */
struct top_rows {
	const struct fault_row *row[TOP];
	uint64_t faults[TOP];
	size_t nr;
};

static void top_add(struct top_rows *top, const struct fault_row *row, uint64_t faults)
{
	size_t at = top->nr < TOP ? top->nr++ : TOP - 1;

	if (at == TOP - 1 && top->row[at] && top->faults[at] >= faults)
		return;
	for (; at && top->faults[at - 1] < faults; at--) {
		top->row[at] = top->row[at - 1];
		top->faults[at] = top->faults[at - 1];
	}
	top->row[at] = row;
	top->faults[at] = faults;
}

static void vma_row(struct table *t, const struct fault_row *row, uint64_t faults)
{
	table__add_row(t);
	table__set_u64(t, "pid", row->process->pid);
	if (!vma_is_several(&row->vma))
		table__set_u64(t, "start", row->vma.start);
	table__set_u64(t, "faults", faults);
	table__set_str(t, "comm", row->process->comm);
	table__set_str(t, "name", fault_row__name(row));
}

static void add_vmas(const struct exporter *e, struct table *tick)
{
	const struct model *m = &e->live->run.model;
	struct table *t = table__sub(tick, &vma_table);
	struct top_rows top = {};

	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t r = 0; r < m->processes[i]->nr_rows; r++) {
			const struct fault_row *row = m->processes[i]->rows[r];
			const uint64_t faults = counts_faults(&row->counts) -
						counts_faults(&row->marked);

			if (row->is_vma && faults)
				top_add(&top, row, faults);
		}
	for (size_t i = 0; i < top.nr; i++)
		vma_row(t, top.row[i], top.faults[i]);
}

/* --- memory calls and shootdowns ------------------------------------------------------------- */

/** struct class_sums - calls by class and field, all of them, and when the interval began */
struct class_sums {
	uint64_t now[VS_NR_CALL_CLASSES][NR_CALL_FIELDS];
	uint64_t then[VS_NR_CALL_CLASSES][NR_CALL_FIELDS];
};

static void add_row(struct class_sums *c, const struct call_row *row, uint32_t class)
{
	call_fields(&row->counts, c->now[class]);
	call_fields(&row->marked, c->then[class]);
}

static void call_row(struct table *t, const char *call, const uint64_t *now, const uint64_t *then)
{
	static const struct {
		const char *key;
		enum call_field field;
	} fields[] = {
		{ "count", CALL_COUNT },	 { "errors", CALL_ERRORS },
		{ "latency_ns", CALL_NS },	 { "flushes", CALL_REMOTE },
		{ "interrupts", CALL_RECEIVED }, { "stolen_ns", CALL_STOLEN_NS },
		{ "refaults", CALL_REFAULTS },
	};

	if (!memcmp(now, then, NR_CALL_FIELDS * sizeof(*now)))
		return;
	table__add_row(t);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		table__set_u64(t, fields[i].key, now[fields[i].field] - then[fields[i].field]);
	table__set_str(t, "call", call);
}

static void add_calls(const struct exporter *e, struct table *tick)
{
	const struct shootdown *s = &e->live->run.shootdown;
	struct table *t = table__sub(tick, &call_table);
	struct class_sums calls = {};

	for (size_t i = 0; i < s->nr_rows; i++)
		add_row(&calls, s->rows[i], vs_call_class(s->rows[i]->call, s->rows[i]->detail));
	add_row(&calls, &s->overflow, VS_CALL_OTHER);
	for (int class = 0; class < VS_NR_CALL_CLASSES; class ++)
		call_row(t, metric_classes[class], calls.now[class], calls.then[class]);
}

static uint64_t all_kinds(const __u64 *by_kind)
{
	uint64_t n = 0;

	for (int i = 0; i < VS_NR_IPI; i++)
		n += by_kind[i];
	return n;
}

static void add_shootdowns(const struct exporter *e, struct table *tick)
{
	const struct vs_shootdowns *now = &e->live->run.shootdown.totals,
				   *then = &e->live->run.shootdown.marked;
	struct table *t = table__sub(tick, &shootdown_table);

	if (e->shootdown.flushes_known) {
		table__set_u64(t, "sends", now->sends - then->sends);
		table__set_u64(t, "local", now->local - then->local);
		table__set_u64(t, "full", now->full - then->full);
	}
	if (e->shootdown.queued_known)
		table__set_u64(t, "queued", all_kinds(now->queued) - all_kinds(then->queued));
	if (!e->shootdown.interrupts_known)
		return;
	table__set_u64(t, "receipts", all_kinds(now->received) - all_kinds(then->received));
	table__set_u64(t, "delay_ns", now->delay_ns - then->delay_ns);
	table__set_u64(t, "stolen_ns", now->stolen_ns - then->stolen_ns);
}

/** struct cpu_pair - interrupts from one CPU to another */
struct cpu_pair {
	uint64_t count, stolen_ns;
};

#define FROM_UNKNOWN UINT32_MAX

static uint64_t pair_key(const struct call_pair *p)
{
	const uint64_t from = p->pair.unjoined ? FROM_UNKNOWN : p->key.from_cpu;

	return from << 32 | p->key.to_cpu;
}

/** sum_pairs - by CPUs, into @sum; @sign: of what was before. Return: 0 or -ENOMEM. */
static int sum_pairs(const struct call_pair *pairs, size_t nr, int sign, struct hash *sum)
{
	for (size_t i = 0; i < nr; i++) {
		const uint64_t key = pair_key(&pairs[i]);
		struct cpu_pair *p = hash__make_u64(sum, key, sizeof(*p));

		if (!p)
			return -ENOMEM;
		p->count += sign * pairs[i].pair.count;
		p->stolen_ns += sign * pairs[i].pair.stolen_ns;
	}
	return 0;
}

static void add_cpus(const struct exporter *e, struct table *tick)
{
	const struct shootdown *s = &e->live->run.shootdown;
	struct table *t = table__sub(tick, &cpu_table);
	const struct cpu_pair *p;
	struct hash sum;
	uint64_t key;
	size_t pos = 0;

	hash__init(&sum, sizeof(key));
	table__fail(t, sum_pairs(s->pairs, s->nr_pairs, 1, &sum));
	table__fail(t, sum_pairs(s->marked_pairs, s->nr_marked_pairs, -1, &sum));
	while ((p = hash__next(&sum, &pos, &key))) {
		if ((int64_t)p->count <= 0)
			continue;
		table__add_row(t);
		if (key >> 32 != FROM_UNKNOWN)
			table__set_u64(t, "from", key >> 32);
		table__set_u64(t, "to", (uint32_t)key);
		table__set_u64(t, "count", p->count);
		table__set_u64(t, "stolen_ns", p->stolen_ns);
	}
	hash__free(&sum, free);
}

/* --- the events ---------------------------------------------------------------------------- */

static void faults_cells(struct exporter *e, struct table *t, struct vs_counts *c,
			 uint64_t *octaves)
{
	struct stat_view interval = e->stat;
	struct vs_hist latency = {};

	interval.interval = 1;
	*c = stat_group__total(&interval, &e->live->run.model);
	stat_group__latency(&interval, &e->live->run.model, -1, &latency);
	hist__octaves(&latency, octaves);
	table__set_u64(t, "faults", counts_faults(c));
	table__set_u64(t, "minor", c->outcome[VS_MINOR]);
	table__set_u64(t, "major", c->outcome[VS_MAJOR]);
	table__set_u64(t, "incomplete", c->outcome[VS_INCOMPLETE]);
}

struct body *tick__event(struct exporter *e, uint64_t now_ns, bool storm, unsigned int details)
{
	struct table *t = table__new(&tick_table);
	uint64_t octaves[HIST_OCTAVES];
	struct vs_stats stats;
	struct vs_counts c;

	table__add_row(t);
	capture__stats(e->live->capture, &stats);
	table__set_u64(t, "schema", VIEW_SCHEMA);
	table__set_u64(t, "time_ms", exporter__unix_ms(now_ns));
	table__set_u64(t, "duration_ns", now_ns - e->from_ns);
	table__set_bool(t, "storm", storm);
	faults_cells(e, t, &c, octaves);
	table__set_series(t, "latency", octaves, HIST_OCTAVES);
	add_causes(t, &c);
	if (e->group_by != GROUP_BY_COMM || details & DETAIL_PROCESSES)
		add_groups(e, t);
	if (details == DETAIL_ALL)
		add_vmas(e, t);
	add_calls(e, t);
	add_shootdowns(e, t);
	add_cpus(e, t);
	add_lost(t, &stats, &e->marked);
	return event(e, "tick", t);
}

struct body *tick__storm(struct exporter *e, const struct storm *storm, bool ended,
			 unsigned int details)
{
	struct table *t = table__new(&storm_table);
	const struct storm_top *top = storm->top;

	table__add_row(t);
	table__set_u64(t, "schema", VIEW_SCHEMA);
	table__set_u64(t, "from_ms", exporter__unix_ms(storm->from_ns));
	table__set_u64(t, "to_ms", exporter__unix_ms(storm->to_ns));
	table__set_u64(t, "faults", storm->faults);
	table__set_f64(t, "peak_per_s", storm->peak);
	table__set_f64(t, "median_per_s", storm->median);
	table__set_str(t, "state", ended ? "end" : "begin");
	if (ended) {
		table__set_str(t, "vma", top[STORM_VMA].name);
		table__set_str(t, "cause", top[STORM_CAUSE].name);
	}
	if (ended && details & DETAIL_PROCESSES) {
		table__set_u64(t, "pid", top[STORM_PROCESS].id);
		table__set_str(t, "process", top[STORM_PROCESS].name);
	}
	return event(e, "storm", t);
}

void tick__mark(struct exporter *e)
{
	const struct metric_group *list[METRIC_STORE_GROUPS + 1];
	const size_t nr = metric_store__list(&e->store, list);

	for (size_t i = 0; i < nr; i++)
		((struct metric_group *)list[i])->marked = group_faults(list[i]);
	capture__stats(e->live->capture, &e->marked);
}
