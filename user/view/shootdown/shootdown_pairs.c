// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_pairs.c - IPI initiators and targets: pairs of processes and CPUs, and text by process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/str.h"
#include "view/shootdown/shootdown_parts.h"

/* clang-format off */
static const struct column who_columns[] = {
	{.key = "pid", .type = CELL_U64},
	{.key = "comm", .type = CELL_STR},
};
static const struct table_def initiator_table = OBJECT_DEF("initiator", who_columns);
static const struct table_def target_table = OBJECT_DEF("target", who_columns);

static const struct column pair_columns[] = {
	{.key = "initiator", .type = CELL_TABLE, .object = &initiator_table},
	{.key = "target", .type = CELL_TABLE, .object = &target_table},
	{.key = "cpu_from", .type = CELL_U64},
	{.key = "cpu_to", .type = CELL_U64},
	{.key = "kind", .type = CELL_STR},
	{.key = "count", .type = CELL_U64},
	{.key = "ipi_delay_ns", .type = CELL_U64},
	{.key = "stolen_ns", .type = CELL_U64},
};
static const struct table_def pair_table = TABLE_DEF("pairs", pair_columns, .json_only = true);

static const struct column process_columns[] = {
	{.key = "count", .head = "IPIS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "delay_ns", .head = "DELAY", .type = CELL_F64, .unit = UNIT_NS},
	{.key = "stolen_ns", .head = "STOLEN", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "kind", .head = "KIND", .type = CELL_STR, .left = true, .optional = true},
	{.key = "initiator", .head = "INITIATOR", .type = CELL_STR, .whole = true, .left = true},
	{.key = "target", .head = "TARGET", .type = CELL_STR, .whole = true},
};
static const struct table_def process_table = TABLE_DEF("initiators", process_columns, .text_only = true);
/* clang-format on */

bool pair_known(const struct call_pair *p)
{
	return !p->pair.unjoined;
}

static int more_stolen(const struct vs_pair *a, const struct vs_pair *b)
{
	if (a->stolen_ns != b->stolen_ns)
		return a->stolen_ns < b->stolen_ns ? 1 : -1;
	return (a->count < b->count) - (a->count > b->count);
}

static int by_stolen(const void *a, const void *b)
{
	return more_stolen(&((const struct call_pair *)a)->pair,
			   &((const struct call_pair *)b)->pair);
}

/* --- JSON ---------------------------------------------------------------------------------- */

static void who_object(struct table *parent, const struct table_def *def, uint32_t pid,
		       const char *comm)
{
	struct table *t = table__sub(parent, def);

	table__set_u64(t, "pid", pid);
	table__set_str(t, "comm", comm);
}

static void pair_row(struct table *t, const struct call_pair *p)
{
	table__add_row(t);
	table__set_u64(t, "cpu_to", p->key.to_cpu);
	table__set_u64(t, "count", p->pair.count);
	table__set_u64(t, "stolen_ns", p->pair.stolen_ns);
	table__set_str(t, "kind", p->key.ipi < VS_NR_IPI ? ipi_names[p->key.ipi] : NULL);
	who_object(t, &target_table, p->key.to_pid, p->pair.to_comm);
	if (!pair_known(p))
		return;
	table__set_u64(t, "cpu_from", p->key.from_cpu);
	table__set_u64(t, "ipi_delay_ns", p->pair.delay_ns);
	who_object(t, &initiator_table, p->key.from_pid, p->pair.from_comm);
}

/* --- text: by process ---------------------------------------------------------------------- */

static int by_processes(const void *a, const void *b)
{
	const struct call_pair *x = a, *y = b;

	if (x->key.from_pid != y->key.from_pid)
		return x->key.from_pid < y->key.from_pid ? -1 : 1;
	if (x->key.to_pid != y->key.to_pid)
		return x->key.to_pid < y->key.to_pid ? -1 : 1;
	if (x->key.ipi != y->key.ipi)
		return x->key.ipi < y->key.ipi ? -1 : 1;
	return pair_known(y) - pair_known(x);
}

/** join_processes - add up @pairs of the same processes. Return: the number of pairs left. */
static size_t join_processes(struct call_pair *pairs, size_t nr)
{
	size_t kept = 0;

	if (nr)
		qsort(pairs, nr, sizeof(*pairs), by_processes);
	for (size_t i = 0; i < nr; i++) {
		struct vs_pair *sum = kept ? &pairs[kept - 1].pair : NULL;

		if (!kept || by_processes(&pairs[kept - 1], &pairs[i])) {
			pairs[kept++] = pairs[i];
			continue;
		}
		sum->count += pairs[i].pair.count;
		sum->unjoined += pairs[i].pair.unjoined;
		sum->delay_ns += pairs[i].pair.delay_ns;
		sum->stolen_ns += pairs[i].pair.stolen_ns;
	}
	if (kept)
		qsort(pairs, kept, sizeof(*pairs), by_stolen);
	return kept;
}

/** set_who - set "redis-server (12)"; process 0 is an idle CPU. */
static void set_who(struct table *t, const char *key, uint32_t pid, const char *comm)
{
	char who[VS_COMM_LEN + 16];

	if (!pid) {
		table__set_str(t, key, "[idle]");
		return;
	}
	snprintf(who, sizeof(who), "%s (%u)", comm, pid);
	table__set_str(t, key, who);
}

static void process_row(struct table *t, const struct call_pair *p)
{
	const bool known = pair_known(p), other = p->key.ipi && p->key.ipi < VS_NR_IPI;

	table__add_row(t);
	table__set_u64(t, "count", p->pair.count);
	table__set_u64(t, "stolen_ns", p->pair.stolen_ns);
	if (known && p->pair.count)
		table__set_f64(t, "delay_ns", (double)p->pair.delay_ns / p->pair.count);
	table__set_str(t, "kind", other ? ipi_names[p->key.ipi] : "");
	if (known)
		set_who(t, "initiator", p->key.from_pid, p->pair.from_comm);
	else
		table__set_str(t, "initiator", "[unknown]");
	set_who(t, "target", p->key.to_pid, p->pair.to_comm);
}

static void process_rows(const struct shootdown_doc *d, struct table *t, struct call_pair *pairs,
			 size_t nr)
{
	const size_t limit = d->view->limit, shown = limit && nr > limit ? limit : nr;
	uint64_t rest = 0;

	for (size_t i = 0; i < shown; i++)
		process_row(t, &pairs[i]);
	for (size_t i = shown; i < nr; i++)
		rest += pairs[i].pair.count;
	if (shown)
		table__set_title(t, "TLB shootdowns by initiator and target%s\n", pairs_scope(d));
	if (shown < nr)
		table__set_footer(t, "and %zu more row%s with %llu IPI%s (use --top N)", nr - shown,
				  str_plural(nr - shown), (unsigned long long)rest,
				  str_plural(rest));
}

void shootdown_pairs__make(const struct shootdown_doc *d)
{
	struct table *text = document__table(d->document, &process_table);
	struct table *t = document__table(d->document, &pair_table);
	const size_t nr = d->model->nr_pairs;
	struct call_pair *pairs = malloc(nr * sizeof(*pairs) + 1);

	if (!pairs) {
		table__fail(t, -ENOMEM);
		return;
	}
	if (nr) {
		memcpy(pairs, d->model->pairs, nr * sizeof(*pairs));
		qsort(pairs, nr, sizeof(*pairs), by_stolen);
	}
	for (size_t i = 0; i < nr && !d->view->no_json; i++)
		pair_row(t, &pairs[i]);
	if (!d->view->no_text)
		process_rows(d, text, pairs, join_processes(pairs, nr));
	free(pairs);
}
