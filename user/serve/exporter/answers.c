// SPDX-License-Identifier: GPL-2.0-only
/* answers.c - what each question is answered with. docs/serve.md has the keys. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/out.h"
#include "serve/exporter/exporter.h"
#include "util/array.h"
#include "util/text_file.h"
#include "view/common/stat_cells.h"
#include "view/faults/stat_group.h"

/** VMAs of /api/v1/process at most. */
#define MOST_VMAS 2000

/* clang-format off */
static const struct column status_columns[] = {
	{.key = "schema", .type = CELL_U64}, {.key = "version", .type = CELL_STR},
	{.key = "command", .type = CELL_STR}, {.key = "start_time_ms", .type = CELL_U64},
	{.key = "now_ms", .type = CELL_U64}, {.key = "interval_ns", .type = CELL_U64},
	{.key = "group_by", .type = CELL_STR}, {.key = "expose_paths", .type = CELL_BOOL},
	{.key = "expose_processes", .type = CELL_BOOL},
	{.key = "expose_addresses", .type = CELL_BOOL},
	{.key = "nr_cpus", .type = CELL_U64}, {.key = "processes", .type = CELL_U64},
	{.key = "groups", .type = CELL_U64}, {.key = "series", .type = CELL_U64},
	{.key = "max_series", .type = CELL_U64}, {.key = "stacks", .type = CELL_BOOL},
	{.key = "profiling", .type = CELL_BOOL}, {.key = "hooks", .type = CELL_TABLE},
};
static const struct table_def status_table = OBJECT_DEF(NULL, status_columns);
static const struct column hook_columns[] = {
	{.key = "hook", .type = CELL_STR}, {.key = "variant", .type = CELL_STR},
};
static const struct table_def hook_table = TABLE_DEF("hooks", hook_columns, .shape = TABLE_MAP);

#define PROCESS_COLUMNS \
	{.key = "pid", .type = CELL_U64}, {.key = "comm", .type = CELL_STR}, \
	{.key = "cgroup", .type = CELL_STR}, {.key = "group", .type = CELL_STR}, \
	{.key = "exited", .type = CELL_BOOL}, {.key = "faults", .type = CELL_U64}, \
	{.key = "minor", .type = CELL_U64}, {.key = "major", .type = CELL_U64}, \
	{.key = "interval_faults", .type = CELL_U64}

static const struct column process_columns[] = {
	{.key = "schema", .type = CELL_U64}, PROCESS_COLUMNS,
	{.key = "vmas", .type = CELL_TABLE}, {.key = "vmas_left_out", .type = CELL_U64},
};
static const struct table_def process_table = OBJECT_DEF(NULL, process_columns);
static const struct column listed_columns[] = { PROCESS_COLUMNS };
static const struct table_def listed_table = TABLE_DEF("processes", listed_columns);
static const struct column schema_columns[] = { {.key = "schema", .type = CELL_U64} };
static const struct table_def schema_table = OBJECT_DEF(NULL, schema_columns);
static const struct column vma_columns[] = {
	{.key = "start", .type = CELL_HEX}, {.key = "end", .type = CELL_HEX},
	{.key = "perms", .type = CELL_STR}, {.key = "name", .type = CELL_STR},
	{.key = "faults", .type = CELL_U64}, {.key = "major", .type = CELL_U64},
	{.key = "interval_faults", .type = CELL_U64}, {.key = "latency_sum_ns", .type = CELL_U64},
	{.key = "latency_max_ns", .type = CELL_U64},
};
static const struct table_def vma_table = TABLE_DEF("vmas", vma_columns);
/* clang-format on */

/* --- status -------------------------------------------------------------------------------- */

static void hooks_map(const struct exporter *e, struct table *parent)
{
	struct table *t = table__sub(parent, &hook_table);

	for (size_t i = 0; i < e->stat.nr_hooks; i++) {
		table__add_row(t);
		table__set_str(t, "hook", e->stat.hooks[i].name);
		table__set_str(t, "variant", e->stat.hooks[i].variant);
	}
}

static void status(struct exporter *e, const struct query *q, struct document *d)
{
	struct table *t = document__table(d, &status_table);
	struct run_facts run = {};

	table__set_u64(t, "schema", VIEW_SCHEMA);
	table__set_bool(t, "expose_processes", q->details & DETAIL_PROCESSES);
	table__set_bool(t, "expose_addresses", q->details & DETAIL_ADDRESSES);
	table__set_u64(t, "start_time_ms", e->start_ms);
	table__set_u64(t, "now_ms", exporter__unix_ms(clock__monotonic_ns()));
	table__set_u64(t, "interval_ns", e->interval_ns);
	table__set_bool(t, "expose_paths", e->expose_paths);
	table__set_u64(t, "nr_cpus", e->live->run.model.nr_cpus);
	table__set_u64(t, "processes", e->store.fixed[FIXED_PROCESSES]);
	table__set_u64(t, "groups", e->store.fixed[FIXED_GROUPS]);
	table__set_u64(t, "series", e->store.series);
	table__set_u64(t, "max_series", e->store.max_series);
	table__set_bool(t, "stacks", e->stat.stacks);
	table__set_bool(t, "profiling", e->window.open);
	table__set_str(t, "version", VMASCOPE_VERSION);
	/* it may name processes */
	if (q->details & DETAIL_PROCESSES)
		table__set_str(t, "command", e->command);
	table__set_str(t, "group_by", group_by_names[e->group_by]);
	hooks_map(e, t);
	capture__stats(e->live->capture, &run.stats);
	run_view__lost(&run, e->store.fixed[FIXED_UNATTRIBUTED], d);
}

/* --- stat and shootdown -------------------------------------------------------------------- */

static void stat(struct exporter *e, const struct query *q, struct document *d)
{
	struct stat_view v = e->stat;

	if (!(q->details & DETAIL_PROCESSES))
		v.command = NULL;
	v.by = q->by;
	v.limit = q->top;
	v.end_ns = clock__monotonic_ns();
	v.duration_ns = v.end_ns - v.start_ns;
	capture__stats(e->live->capture, &v.stats);
	stat_view__make(&v, &e->live->run.model, d);
	exporter__hide_paths(e, d);
}

static void shootdown(struct exporter *e, const struct query *q, struct document *d)
{
	struct shootdown_view v = e->shootdown;

	v.by = q->by;
	v.run.duration_ns = clock__monotonic_ns() - e->start_ns;
	capture__stats(e->live->capture, &v.run.stats);
	shootdown_view__make(&v, &e->live->run.shootdown, &e->live->run.model, d);
	for (size_t i = 0; i < d->nr_tables; i++)
		if (d->tables[i]->def->shape == TABLE_LIST)
			table__truncate(d->tables[i], q->top);
}

/* --- processes ----------------------------------------------------------------------------- */

static void process_cells(const struct exporter *e, struct table *t, const struct process *p)
{
	struct vs_counts sum = {}, marked = {};
	char group[GROUP_NAME_LEN];

	for (size_t i = 0; i < p->nr_rows; i++) {
		counts_add(&sum, &p->rows[i]->counts);
		counts_add(&marked, &p->rows[i]->marked);
	}
	metric_store__group(&e->store, p, group);
	table__set_u64(t, "pid", p->pid);
	table__set_bool(t, "exited", p->exited);
	table__set_u64(t, "faults", counts_faults(&sum));
	table__set_u64(t, "minor", sum.outcome[VS_MINOR]);
	table__set_u64(t, "major", sum.outcome[VS_MAJOR]);
	table__set_u64(t, "interval_faults", counts_faults(&sum) - counts_faults(&marked));
	table__set_str(t, "comm", p->comm);
	table__set_str(t, "cgroup", p->cgroup_name);
	table__set_str(t, "group", group);
}

static void processes(struct exporter *e, const struct query *q, struct document *d)
{
	const struct model *m = &e->live->run.model;
	struct table *head = document__table(d, &schema_table),
		     *t = document__table(d, &listed_table);

	table__set_u64(head, "schema", VIEW_SCHEMA);
	for (size_t i = 0; i < m->nr_processes; i++) {
		table__add_row(t);
		process_cells(e, t, m->processes[i]);
	}
	table__sort(t, "faults");
	table__truncate(t, q->top);
}

static void vma_row(struct table *t, const struct fault_row *row)
{
	table__add_row(t);
	if (!vma_is_several(&row->vma)) {
		table__set_u64(t, "start", row->vma.start);
		table__set_u64(t, "end", row->vma.end);
	}
	table__set_u64(t, "faults", counts_faults(&row->counts));
	table__set_u64(t, "major", row->counts.outcome[VS_MAJOR]);
	table__set_u64(t, "interval_faults",
		       counts_faults(&row->counts) - counts_faults(&row->marked));
	table__set_u64(t, "latency_sum_ns", row->counts.latency_sum_ns);
	table__set_u64(t, "latency_max_ns", row->counts.latency_max_ns);
	perms_cell(t, row->vma.key.flags);
	table__set_str(t, "name", fault_row__name(row));
}

/** by_address - low addresses first; tables sort numbers descending. */
static void by_address(struct table *t)
{
	const size_t columns = t->def->nr_columns, bytes = columns * sizeof(*t->cells);
	struct cell swapped[ARRAY_SIZE(vma_columns)];

	table__sort(t, "start");
	for (size_t i = 0, j = t->nr_rows; i + 1 < j; i++) {
		j--;
		memcpy(swapped, t->cells + i * columns, bytes);
		memcpy(t->cells + i * columns, t->cells + j * columns, bytes);
		memcpy(t->cells + j * columns, swapped, bytes);
	}
}

static void process(struct exporter *e, const struct query *q, struct document *d)
{
	const struct process *p = model__process(&e->live->run.model, q->pid);
	struct table *t, *vmas;

	if (!p) {
		document__fail(d, -ESRCH);
		return;
	}
	t = document__table(d, &process_table);
	vmas = table__sub(t, &vma_table);
	table__set_u64(t, "schema", VIEW_SCHEMA);
	process_cells(e, t, p);
	for (size_t i = 0; i < p->nr_rows; i++)
		if (p->rows[i]->is_vma && counts_faults(&p->rows[i]->counts))
			vma_row(vmas, p->rows[i]);
	table__sort(vmas, "faults");
	table__set_u64(t, "vmas_left_out",
		       vmas->nr_rows > MOST_VMAS ? vmas->nr_rows - MOST_VMAS : 0);
	table__truncate(vmas, MOST_VMAS);
	by_address(vmas);
}

/* --- all of it ----------------------------------------------------------------------------- */

static struct body *json_body(const struct document *d)
{
	struct text_file t;
	int err;

	if (text_file__open(&t))
		return NULL;
	err = out_format__document(out_format__find("json"), d,
				   &(struct out_options){ .file = t.file });
	if (text_file__close(&t) || err) {
		text__free(&t.text);
		return NULL;
	}
	return body__new(200, BODY_JSON, t.text.at, t.text.len);
}

static struct body *not_found(void)
{
	static const char text[] =
		"{\"error\":{\"message\":\"no such process, or it had no page faults\"}}\n";

	return body__new(404, BODY_JSON, strdup(text), sizeof(text) - 1);
}

/** hook_infos - which variant of each is in use. Return: how many. */
static size_t hook_infos(const struct exporter *e, struct info *infos)
{
	for (size_t i = 0; i < e->stat.nr_hooks; i++)
		infos[i] = (struct info){ .name = "vmascope_hook",
					  .help = "Hook variant in use.",
					  .labels = { { "hook", e->stat.hooks[i].name },
						      { "variant", e->stat.hooks[i].variant } } };
	return e->stat.nr_hooks;
}

static struct body *metrics_body(struct exporter *e, const struct query *q)
{
	const bool openmetrics = q->question == ASK_OPENMETRICS;
	const bool processes = q->details & DETAIL_PROCESSES;
	const bool sum = e->group_by == GROUP_BY_COMM && !processes;
	struct info infos[NR_HOOKS + 1] = {
		{ .name = "vmascope_build",
		  .help = "Version of vmascope and its --group-by rule.",
		  .labels = { { "version", VMASCOPE_VERSION },
			      { "group_by", group_by_names[sum ? GROUP_BY_NONE : e->group_by] } } },
	};
	const size_t nr = 1 + hook_infos(e, &infos[1]);
	struct text_file t;

	if (text_file__open(&t))
		return NULL;
	exposition__write(t.file, &e->store, infos, nr,
			  (openmetrics ? EXPOSE_OPENMETRICS : 0) |
				  (processes ? EXPOSE_EXEMPLARS : 0) | (sum ? EXPOSE_SUM : 0));
	if (text_file__close(&t))
		return NULL;
	return body__new(200, openmetrics ? BODY_OPENMETRICS : BODY_PROMETHEUS, t.text.at,
			 t.text.len);
}

struct body *answers__make(struct exporter *e, const struct query *q)
{
	static void (*const documents[NR_QUESTIONS])(struct exporter * e, const struct query *q,
						     struct document *d) = {
		[ASK_STATUS] = status,	     [ASK_STAT] = stat,	      [ASK_SHOOTDOWN] = shootdown,
		[ASK_PROCESSES] = processes, [ASK_PROCESS] = process,
	};
	struct document d = {};
	struct body *body;

	if (q->question == ASK_PROMETHEUS || q->question == ASK_OPENMETRICS)
		return metrics_body(e, q);
	if (q->question == ASK_PROFILE)
		return profiles__answer(e, q);
	documents[q->question](e, q, &d);
	body = document__error(&d) == -ESRCH ? not_found() : json_body(&d);
	document__free(&d);
	return body;
}
