// SPDX-License-Identifier: GPL-2.0-only
/* diff.c - add up two runs by name, and show the differences. */
#include "view/diff/diff.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/array.h"
#include "util/str.h"
#include "view/common/run.h"
#include "view/common/stack_cells.h"
#include "view/common/stack_entries.h"

/** Default number of frames of a stack in text. */
#define FRAMES_SHOWN 24

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
static const struct table_def run_table = TABLE_DEF("runs", run_columns);

/* clang-format off */
/* numbers of a row; totals of the runs have no room beside frames */
#define CHANGE_COLUMNS(...)                                                                          \
	{.key = "change_per_second", .head = "CHANGE/S", .type = CELL_F64, .unit = UNIT_PER_SECOND,  \
	 __VA_ARGS__},                                                                               \
	{.key = "a_per_second", .head = "A/S", .type = CELL_F64, .unit = UNIT_PER_SECOND,            \
	 __VA_ARGS__},                                                                               \
	{.key = "b_per_second", .head = "B/S", .type = CELL_F64, .unit = UNIT_PER_SECOND,            \
	 __VA_ARGS__},                                                                               \
	{.key = "a_avg_ns", .head = "A AVG", .type = CELL_U64, .unit = UNIT_NS, __VA_ARGS__},        \
	{.key = "b_avg_ns", .head = "B AVG", .type = CELL_U64, .unit = UNIT_NS, __VA_ARGS__}
#define TOTAL_COLUMNS(a_head, b_head)                                                                \
	{.key = "a", .head = a_head, .type = CELL_U64, .unit = UNIT_COUNT, .spare = true},           \
	{.key = "b", .head = b_head, .type = CELL_U64, .unit = UNIT_COUNT, .spare = true}
#define NAME_COLUMN(head_) {.key = "name", .head = head_, .type = CELL_STR}

/* for scripts, all rows: those of one view after those of another */
static const struct column change_columns[] = {
	{.key = "by", .type = CELL_STR},
	{.key = "name", .type = CELL_STR},
	{.key = "change_per_second", .type = CELL_F64},
	{.key = "a_per_second", .type = CELL_F64},
	{.key = "b_per_second", .type = CELL_F64},
	{.key = "a", .type = CELL_U64},
	{.key = "b", .type = CELL_U64},
	{.key = "a_avg_ns", .type = CELL_U64},
	{.key = "b_avg_ns", .type = CELL_U64},
};
static const struct column mapping_columns[] = {
	CHANGE_COLUMNS(), TOTAL_COLUMNS("A", "B"), NAME_COLUMN("MAPPING")
};
static const struct column cause_columns[] = {
	CHANGE_COLUMNS(), TOTAL_COLUMNS("A", "B"), NAME_COLUMN("CAUSE")
};
static const struct column call_columns[] = {
	CHANGE_COLUMNS(), TOTAL_COLUMNS("A", "B"), NAME_COLUMN("CALL")
};
static const struct column stack_columns[] = {
	CHANGE_COLUMNS(.blank = true), TOTAL_COLUMNS(NULL, NULL),
	{.key = "name", .head = "STACK", .type = CELL_STR, .keep_start = true},
};
/* clang-format on */

static const struct table_def change_table = TABLE_DEF("changes", change_columns);
static const struct table_def mapping_table = TABLE_DEF("mapping", mapping_columns,
							.text_only = true);
static const struct table_def cause_table = TABLE_DEF("cause", cause_columns, .text_only = true);
static const struct table_def call_table = TABLE_DEF("call", call_columns, .text_only = true);
static const struct table_def stack_table = TABLE_DEF("stack", stack_columns, .text_only = true);

static const struct column root_columns[] = { { .key = "schema", .type = CELL_U64 } };
static const struct table_def root_table = OBJECT_DEF(NULL, root_columns, .json_only = true);

/* --- sums ---------------------------------------------------------------------------------- */

static void add_mappings(const struct diff *diff, struct sums *s, enum side side)
{
	const struct model *m = diff->side[side].model;

	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t r = 0; r < m->processes[i]->nr_rows; r++) {
			const struct fault_row *row = m->processes[i]->rows[r];

			sums__add(s, side, row->is_vma ? fault_row__group(row) : "[no VMA]",
				  counts_faults(&row->counts), row->counts.latency_count,
				  row->counts.latency_sum_ns);
		}
}

/** cause_latency - latencies of faults by @cause, in all processes. */
static struct vs_hist cause_latency(const struct model *m, int cause)
{
	struct vs_hist sum = {};

	for (size_t i = 0; i < m->nr_processes; i++)
		latency__add(&sum, m->processes[i]->latency[cause], false);
	latency__add(&sum, &m->shared_latency[cause], false);
	return sum;
}

static void add_causes(const struct diff *diff, struct sums *s, enum side side)
{
	const struct model *m = diff->side[side].model;
	struct vs_counts all = m->overflow.counts;

	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t r = 0; r < m->processes[i]->nr_rows; r++)
			counts_add(&all, &m->processes[i]->rows[r]->counts);
	for (int cause = 0; cause < VS_NR_CAUSES; cause++) {
		const struct vs_hist hist = cause_latency(m, cause);

		sums__add(s, side, cause_names[cause], all.cause[cause], hist__count(&hist),
			  hist.sum_ns);
	}
}

static void add_calls(const struct diff *diff, struct sums *s, enum side side)
{
	const struct shootdown *x = diff->side[side].shootdown;
	char name[CALL_LABEL_LEN];

	for (size_t i = 0; i < x->nr_rows; i++) {
		const struct call_row *row = x->rows[i];
		const bool timed = row->counts.latency_ns;

		call_label(name, sizeof(name), row->call, row->detail);
		sums__add(s, side, name, row->counts.count, timed ? row->counts.count : 0,
			  row->counts.latency_ns);
	}
}

/** struct kinds - kinds of frames: recorded with -U, with -K */
struct kinds {
	bool user;
	bool kernel;
};

/** kinds_of - kinds of frames in both runs; others would make every stack a new one. */
static struct kinds kinds_of(const struct diff *diff)
{
	struct kinds both = { true, true };

	for (int side = 0; side < NR_SIDES; side++) {
		const struct stacks *s = diff->side[side].stacks;
		struct kinds has = {};

		for (size_t i = 0; i < s->nr; i++) {
			has.user |= s->list[i]->nr_user;
			has.kernel |= s->list[i]->nr_kernel;
		}
		both.user &= has.user;
		both.kernel &= has.kernel;
	}
	return both;
}

/** known_name - the name of a frame; addresses of unnamed code differ from run to run. */
static const char *known_name(const char *name)
{
	return strncmp(name, "0x", 2) ? name : "[unknown]";
}

/**
 * join - join names with ';', which is replaced in the names. Return: to be freed, NULL: out of
 * memory.
 */
static char *join(char **names, size_t nr)
{
	size_t len = 1;
	char *text, *end;

	for (size_t i = 0; i < nr; i++)
		len += strlen(known_name(names[i])) + 1;
	text = end = malloc(len);
	for (size_t i = 0; text && i < nr; i++) {
		if (i)
			*end++ = ';';
		for (const char *c = known_name(names[i]); *c; c++)
			*end++ = *c == ';' ? ':' : *c;
	}
	if (text)
		*end = '\0';
	return text;
}

static void add_stack(const struct diff *diff, struct sums *s, enum side side,
		      const struct stack *stack, struct kinds kinds)
{
	const struct vs_stack_counts *c = &stack->counts;
	struct named_stack named;
	char **names = NULL, *name = NULL;
	size_t nr = 0;
	int err = namer__stack(diff->side[side].namer, stack, &named);

	if (!kinds.user)
		named.nr_user = 0;
	if (!kinds.kernel)
		named.nr_kernel = 0;
	if (!err)
		err = stack_folded(&named, stack_comm(stack), NULL, &names, &nr);
	if (!err)
		name = join(names, nr);
	if (name)
		sums__add(s, side, name, stack_faults(c), c->timed, c->time_ns);
	else
		s->err = -ENOMEM;
	free(name);
	stack_folded_free(names, nr);
}

static void add_stacks(const struct diff *diff, struct sums *s, enum side side)
{
	const struct stacks *all = diff->side[side].stacks;
	const struct kinds kinds = kinds_of(diff);

	for (size_t i = 0; i < all->nr; i++)
		add_stack(diff, s, side, all->list[i], kinds);
	sums__add(s, side, "[no stack]", stack_faults(&all->none), all->none.timed,
		  all->none.time_ns);
	sums__add(s, side, "[stack table full]", stack_faults(&all->overflow), all->overflow.timed,
		  all->overflow.time_ns);
}

/* --- rows ---------------------------------------------------------------------------------- */

static double per_second(uint64_t count, const struct diff_side *side)
{
	return side->duration_ns ? count * 1e9 / side->duration_ns : 0;
}

/** change - change of the rate of @sum, from A to B. */
static double change(const struct sum *sum, const struct diff *diff)
{
	return per_second(sum->count[SIDE_B], &diff->side[SIDE_B]) -
	       per_second(sum->count[SIDE_A], &diff->side[SIDE_A]);
}

static int by_change(const void *a, const void *b, void *ctx)
{
	const double x = fabs(change(a, ctx)), y = fabs(change(b, ctx));

	if (x != y)
		return x < y ? 1 : -1;
	return strcmp(((const struct sum *)a)->name, ((const struct sum *)b)->name);
}

/** put_row - add the numbers of @s, with @name in the last column. */
static void put_row(const struct diff *diff, struct table *t, const struct sum *s, const char *name)
{
	table__add_row(t);
	table__set_f64(t, "change_per_second", change(s, diff));
	table__set_f64(t, "a_per_second", per_second(s->count[SIDE_A], &diff->side[SIDE_A]));
	table__set_f64(t, "b_per_second", per_second(s->count[SIDE_B], &diff->side[SIDE_B]));
	table__set_u64(t, "a", s->count[SIDE_A]);
	table__set_u64(t, "b", s->count[SIDE_B]);
	if (s->timed[SIDE_A])
		table__set_u64(t, "a_avg_ns", s->time_ns[SIDE_A] / s->timed[SIDE_A]);
	if (s->timed[SIDE_B])
		table__set_u64(t, "b_avg_ns", s->time_ns[SIDE_B] / s->timed[SIDE_B]);
	table__set_str(t, "name", name);
}

/** put_sum - add a row for a sum. */
static void put_sum(const struct diff *diff, struct table *t, const struct sum *s)
{
	put_row(diff, t, s, s->name);
}

static void put_frame(struct table *t, const char *frame)
{
	char line[FRAME_TEXT_LEN + 2];

	snprintf(line, sizeof(line), "  %s", frame);
	table__add_row(t);
	table__set_str(t, "name", line);
}

/**
 * put_frames - add a row for the process, and one for each function of its stack, innermost first.
 */
static void put_frames(const struct diff *diff, struct table *t, const struct sum *s)
{
	char *comm = strndup(s->name, strcspn(s->name, ";")), *rest = strdup(s->name), *sep;
	size_t nr = 0, len = rest ? strlen(rest) : 0;

	if (!comm || !rest)
		table__fail(t, -ENOMEM);
	put_row(diff, t, s, comm);
	while (len && (sep = memrchr(rest, ';', len))) {
		if (nr++ < FRAMES_SHOWN || diff->all_frames)
			put_frame(t, sep + 1);
		*sep = '\0';
		len = (size_t)(sep - rest);
	}
	if (nr > FRAMES_SHOWN && !diff->all_frames) {
		char more[64];

		snprintf(more, sizeof(more), "and %zu more frame%s (-w shows all)",
			 nr - FRAMES_SHOWN, str_plural(nr - FRAMES_SHOWN));
		put_frame(t, more);
	}
	free(comm);
	free(rest);
}

/* --- all of it ----------------------------------------------------------------------------- */

static void put_run(struct table *t, const char *name, const struct diff_side *side)
{
	uint64_t faults = counts_faults(&side->model->overflow.counts);

	table__add_row(t);
	for (size_t i = 0; i < side->model->nr_processes; i++)
		for (size_t r = 0; r < side->model->processes[i]->nr_rows; r++)
			faults += counts_faults(&side->model->processes[i]->rows[r]->counts);
	table__set_u64(t, "duration_ns", side->duration_ns);
	table__set_u64(t, "faults", faults);
	table__set_f64(t, "faults_per_second", per_second(faults, side));
	table__set_str(t, "run", name);
	table__set_str(t, "file", side->name);
	table__set_str(t, "command", side->command);
}

static bool have_calls(const struct diff *diff)
{
	return diff->side[SIDE_A].shootdown && diff->side[SIDE_B].shootdown;
}

static bool have_stacks(const struct diff *diff)
{
	return diff->side[SIDE_A].stacks && diff->side[SIDE_B].stacks;
}

/** views - what is compared, in this order; @have: NULL: always */
static const struct {
	const struct table_def *table;
	bool (*have)(const struct diff *diff);
	void (*add)(const struct diff *diff, struct sums *s, enum side side);
	void (*put)(const struct diff *diff, struct table *t, const struct sum *s);
} views[] = {
	{ &mapping_table, NULL, add_mappings, put_sum },
	{ &cause_table, NULL, add_causes, put_sum },
	{ &call_table, have_calls, add_calls, put_sum },
	{ &stack_table, have_stacks, add_stacks, put_frames },
};

/** put_rest - report the number of rows omitted from text, and their sums. */
static void put_rest(const struct diff *diff, const struct sums *s, struct table *text)
{
	uint64_t count[NR_SIDES] = {};

	for (size_t i = diff->limit; i < s->nr; i++)
		for (int side = 0; side < NR_SIDES; side++)
			count[side] += s->list[i].count[side];
	table__set_footer(text, "and %s more row%s with %s in A, %s in B (use --top N)",
			  str_count(s->nr - diff->limit).text, str_plural(s->nr - diff->limit),
			  str_count(count[SIDE_A]).text, str_count(count[SIDE_B]).text);
}

/** put_sums - add rows, largest change first: all to @changes, as many as requested to @text. */
static void put_sums(const struct diff *diff, size_t view, struct sums *s, struct table *changes,
		     struct table *text)
{
	const char *by = views[view].table->key;

	if (s->nr)
		qsort_r(s->list, s->nr, sizeof(*s->list), by_change, (void *)diff);
	for (size_t i = 0; i < s->nr; i++) {
		if (!diff->no_json) {
			put_sum(diff, changes, &s->list[i]);
			table__set_word(changes, "by", by);
		}
		if (!diff->no_text && (!diff->limit || i < diff->limit))
			views[view].put(diff, text, &s->list[i]);
	}
	table__set_title(text, "By %s, largest change first", by);
	if (diff->limit && s->nr > diff->limit)
		put_rest(diff, s, text);
}

static void put_view(const struct diff *diff, size_t view, struct table *changes,
		     struct document *d)
{
	struct table *text = document__table(d, views[view].table);
	struct sums sums = {};

	for (int side = 0; side < NR_SIDES; side++)
		views[view].add(diff, &sums, side);
	sums__merge(&sums);
	table__fail(text, sums.err);
	put_sums(diff, view, &sums, changes, text);
	sums__free(&sums);
}

void diff_view__make(const struct diff *diff, struct document *d)
{
	struct table *root = document__table(d, &root_table);
	/* before the runs, as CSV has the first list */
	struct table *changes = document__table(d, &change_table);
	struct table *runs = document__table(d, &run_table);

	table__set_u64(root, "schema", VIEW_SCHEMA);
	put_run(runs, "A", &diff->side[SIDE_A]);
	put_run(runs, "B", &diff->side[SIDE_B]);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		if (!views[i].have || views[i].have(diff))
			put_view(diff, i, changes, d);
}
