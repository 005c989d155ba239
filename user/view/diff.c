// SPDX-License-Identifier: GPL-2.0-only
/* diff.c - sums of two runs under the same names, and what differs between them. */
#include "view/diff.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/hash.h"
#include "util/str.h"
#include "view/run.h"

#define COLUMNS(c) .columns = (c), .nr_columns = sizeof(c) / sizeof(*(c))

/** Bytes of a name that tell things apart; longer ones are told by their end. */
#define NAME_LEN 256

/** enum side - of a sum */
enum side {
	SIDE_A,
	SIDE_B,
	NR_SIDES,
};

/** struct sum - what both runs have under one name: events, and the time that they took */
struct sum {
	char name[NAME_LEN];
	uint64_t count[NR_SIDES];
	uint64_t time_ns[NR_SIDES];
	uint64_t timed[NR_SIDES];
};

/** struct sums - all of one kind, by name */
struct sums {
	struct hash by_name;
	struct sum **list;
	size_t nr;
};

static const struct column run_columns[] = {
	{ .key = "run", .head = "RUN", .type = CELL_STR },
	{ .key = "duration_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "faults_per_second",
	  .head = "FAULTS/S",
	  .type = CELL_F64,
	  .unit = UNIT_PER_SECOND },
	{ .key = "file", .head = "FILE", .type = CELL_STR, .spare = true },
	{ .key = "command", .head = "COMMAND", .type = CELL_STR },
};
static const struct table_def run_table = { .key = "runs", COLUMNS(run_columns) };

#define DIFF_COLUMNS(name, head_)                                                                  \
	{ .key = "change_per_second",                                                              \
	  .head = "CHANGE/S",                                                                      \
	  .type = CELL_F64,                                                                        \
	  .unit = UNIT_PER_SECOND },                                                               \
		{ .key = "a_per_second",                                                           \
		  .head = "A/S",                                                                   \
		  .type = CELL_F64,                                                                \
		  .unit = UNIT_PER_SECOND },                                                       \
		{ .key = "b_per_second",                                                           \
		  .head = "B/S",                                                                   \
		  .type = CELL_F64,                                                                \
		  .unit = UNIT_PER_SECOND },                                                       \
		{ .key = "a", .head = "A", .type = CELL_U64, .unit = UNIT_COUNT, .spare = true },  \
		{ .key = "b", .head = "B", .type = CELL_U64, .unit = UNIT_COUNT, .spare = true },  \
		{ .key = "a_avg_ns", .head = "A AVG", .type = CELL_U64, .unit = UNIT_NS },         \
		{ .key = "b_avg_ns", .head = "B AVG", .type = CELL_U64, .unit = UNIT_NS },         \
	{                                                                                          \
		.key = name, .head = head_, .type = CELL_STR                                       \
	}

static const struct column mapping_columns[] = { DIFF_COLUMNS("mapping", "MAPPING") };
static const struct column cause_columns[] = { DIFF_COLUMNS("cause", "CAUSE") };
static const struct column call_columns[] = { DIFF_COLUMNS("call", "CALL") };

static const struct table_def mapping_table = { .key = "mappings", COLUMNS(mapping_columns) };
static const struct table_def cause_table = { .key = "causes", COLUMNS(cause_columns) };
static const struct table_def call_table = { .key = "calls", COLUMNS(call_columns) };

static const struct column root_columns[] = { { .key = "schema", .type = CELL_U64 } };
static const struct table_def root_table = {
	.key = NULL, .shape = TABLE_OBJECT, .json_only = true, COLUMNS(root_columns)
};

/* --- sums ---------------------------------------------------------------------------------- */

static void sums__init(struct sums *s)
{
	memset(s, 0, sizeof(*s));
	hash__init(&s->by_name, NAME_LEN);
}

static void sums__free(struct sums *s)
{
	for (size_t i = 0; i < s->nr; i++)
		free(s->list[i]);
	free(s->list);
	hash__free(&s->by_name, NULL);
}

static struct sum *sums__new(struct sums *s, const char *key)
{
	struct sum *sum;

	if (!(s->nr & (s->nr - 1))) {
		struct sum **grown = realloc(s->list, (s->nr ? s->nr * 2 : 1) * sizeof(*grown));

		if (!grown)
			return NULL;
		s->list = grown;
	}
	sum = calloc(1, sizeof(*sum));
	if (!sum || hash__set(&s->by_name, key, sum)) {
		free(sum);
		return NULL;
	}
	memcpy(sum->name, key, NAME_LEN);
	s->list[s->nr++] = sum;
	return sum;
}

/** sums__add - @timed of @count took @time_ns. Return: 0 or -ENOMEM. */
static int sums__add(struct sums *s, enum side side, const char *name, uint64_t count,
		     uint64_t timed, uint64_t time_ns)
{
	const size_t len = strlen(name);
	char key[NAME_LEN] = "";
	struct sum *sum;

	strncpy(key, len < NAME_LEN ? name : name + len - (NAME_LEN - 1), NAME_LEN - 1);
	sum = hash__get(&s->by_name, key);
	if (!count)
		return 0;
	if (!sum)
		sum = sums__new(s, key);
	if (!sum)
		return -ENOMEM;
	sum->count[side] += count;
	sum->timed[side] += timed;
	sum->time_ns[side] += time_ns;
	return 0;
}

static int add_mappings(struct sums *s, enum side side, const struct model *m)
{
	int err = 0;

	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t r = 0; r < m->processes[i]->nr_rows && !err; r++) {
			const struct counted *row = m->processes[i]->rows[r];

			err = sums__add(s, side, row->is_vma ? row->name : "[in no mapping]",
					counts_faults(&row->counts), row->counts.latency_count,
					row->counts.latency_sum_ns);
		}
	return err;
}

/** cause_latency - of faults by @cause, of all processes. */
static struct vs_hist cause_latency(const struct model *m, int cause)
{
	struct vs_hist sum = {};

	for (size_t i = 0; i < m->nr_processes; i++)
		latency__add(&sum, m->processes[i]->latency[cause], false);
	latency__add(&sum, &m->shared_latency[cause], false);
	return sum;
}

static int add_causes(struct sums *s, enum side side, const struct model *m)
{
	struct vs_counts all = m->overflow.counts;
	int err = 0;

	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t r = 0; r < m->processes[i]->nr_rows; r++)
			counts_add(&all, &m->processes[i]->rows[r]->counts);
	for (int cause = 0; cause < VS_NR_CAUSES && !err; cause++) {
		const struct vs_hist hist = cause_latency(m, cause);

		err = sums__add(s, side, cause_names[cause], all.cause[cause], hist__count(&hist),
				hist.sum_ns);
	}
	return err;
}

static int add_calls(struct sums *s, enum side side, const struct shootdown *x)
{
	char name[CALL_LABEL_LEN];
	int err = 0;

	for (size_t i = 0; i < x->nr_rows && !err; i++) {
		const struct call_row *row = x->rows[i];
		const bool timed = row->counts.latency_ns;

		call_label(name, sizeof(name), row->call, row->detail);
		err = sums__add(s, side, name, row->counts.count, timed ? row->counts.count : 0,
				row->counts.latency_ns);
	}
	return err;
}

/* --- rows ---------------------------------------------------------------------------------- */

static double per_second(uint64_t count, const struct diff_side *side)
{
	return side->duration_ns ? count * 1e9 / side->duration_ns : 0;
}

/** struct ordered - a sum, and how much it changed */
struct ordered {
	const struct sum *sum;
	double change;
};

static int by_change(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	if (fabs(x->change) != fabs(y->change))
		return fabs(x->change) < fabs(y->change) ? 1 : -1;
	return strcmp(x->sum->name, y->sum->name);
}

static int put_row(struct table *t, const struct ordered *o, const struct diff_side *a,
		   const struct diff_side *b)
{
	const struct sum *s = o->sum;

	if (table__add_row(t) < 0)
		return -ENOMEM;
	table__set_f64(t, "change_per_second", o->change);
	table__set_f64(t, "a_per_second", per_second(s->count[SIDE_A], a));
	table__set_f64(t, "b_per_second", per_second(s->count[SIDE_B], b));
	table__set_u64(t, "a", s->count[SIDE_A]);
	table__set_u64(t, "b", s->count[SIDE_B]);
	if (s->timed[SIDE_A])
		table__set_u64(t, "a_avg_ns", s->time_ns[SIDE_A] / s->timed[SIDE_A]);
	if (s->timed[SIDE_B])
		table__set_u64(t, "b_avg_ns", s->time_ns[SIDE_B] / s->timed[SIDE_B]);
	return table__set_str(t, t->def->columns[t->def->nr_columns - 1].key, s->name);
}

/** put_sums - a table of @s, what changed most first. */
static int put_sums(const struct sums *s, const struct table_def *def, const struct diff_side *a,
		    const struct diff_side *b, size_t limit, struct document *d)
{
	struct ordered *order = calloc(s->nr + 1, sizeof(*order));
	struct table *t = run_view__add(d, def);
	int err = order && t ? 0 : -ENOMEM;

	for (size_t i = 0; i < s->nr && !err; i++)
		order[i] = (struct ordered){ s->list[i],
					     per_second(s->list[i]->count[SIDE_B], b) -
						     per_second(s->list[i]->count[SIDE_A], a) };
	if (!err)
		qsort(order, s->nr, sizeof(*order), by_change);
	for (size_t i = 0; i < s->nr && (!limit || i < limit) && !err; i++)
		err = put_row(t, &order[i], a, b);
	if (!err)
		err = table__set_title(t, "By %s, what changed most first",
				       def->columns[def->nr_columns - 1].key);
	free(order);
	return err;
}

static int put_run(struct table *t, const char *name, const struct diff_side *side)
{
	uint64_t faults = counts_faults(&side->model->overflow.counts);
	int err;

	if (table__add_row(t) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < side->model->nr_processes; i++)
		for (size_t r = 0; r < side->model->processes[i]->nr_rows; r++)
			faults += counts_faults(&side->model->processes[i]->rows[r]->counts);
	table__set_u64(t, "duration_ns", side->duration_ns);
	table__set_u64(t, "faults", faults);
	table__set_f64(t, "faults_per_second", per_second(faults, side));
	err = table__set_str(t, "run", name);
	if (!err)
		err = table__set_str(t, "file", side->name);
	return err ? err : table__set_str(t, "command", side->command);
}

static int put_runs(const struct diff_side *a, const struct diff_side *b, struct document *d)
{
	struct table *root = run_view__add(d, &root_table), *t = run_view__add(d, &run_table);
	int err;

	if (!root || !t)
		return -ENOMEM;
	table__set_u64(root, "schema", VIEW_SCHEMA);
	err = put_run(t, "A", a);
	return err ? err : put_run(t, "B", b);
}

int diff_view__make(const struct diff_side *a, const struct diff_side *b, size_t limit,
		    struct document *d)
{
	struct sums mappings, causes, calls;
	int err = put_runs(a, b, d);

	sums__init(&mappings);
	sums__init(&causes);
	sums__init(&calls);
	if (err || add_mappings(&mappings, SIDE_A, a->model) ||
	    add_mappings(&mappings, SIDE_B, b->model) || add_causes(&causes, SIDE_A, a->model) ||
	    add_causes(&causes, SIDE_B, b->model))
		err = -ENOMEM;
	if (!err)
		err = put_sums(&mappings, &mapping_table, a, b, limit, d);
	if (!err)
		err = put_sums(&causes, &cause_table, a, b, limit, d);
	if (!err && a->shootdown && b->shootdown) {
		err = add_calls(&calls, SIDE_A, a->shootdown);
		if (!err)
			err = add_calls(&calls, SIDE_B, b->shootdown);
		if (!err)
			err = put_sums(&calls, &call_table, a, b, limit, d);
	}
	sums__free(&mappings);
	sums__free(&causes);
	sums__free(&calls);
	return err;
}
