// SPDX-License-Identifier: GPL-2.0-only
/* metric_store.c - differences into groups, within the limit of series. */
#include "serve/metrics/metric_store.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "model/figures.h"
#include "model/hist.h"
#include "util/array.h"

/** struct metric_group_key - a name, padded with zeroes */
struct metric_group_key {
	char name[GROUP_NAME_LEN];
};

/** struct exported_cells - cells of a process's faults that have been taken over */
struct exported_cells {
	uint64_t cell[GROUP_CALLS];
};

/* [enum call_field] */
static const size_t call_offsets[NR_CALL_FIELDS] = {
	[CALL_COUNT] = offsetof(struct vs_call_counts, count),
	[CALL_ERRORS] = offsetof(struct vs_call_counts, errors),
	[CALL_NS] = offsetof(struct vs_call_counts, latency_ns),
	[CALL_LOCAL] = offsetof(struct vs_call_counts, flush[VS_FLUSH_LOCAL]),
	[CALL_REMOTE] = offsetof(struct vs_call_counts, flush[VS_FLUSH_REMOTE]),
	[CALL_FULL] = offsetof(struct vs_call_counts, full),
	[CALL_QUEUED] = offsetof(struct vs_call_counts, queued),
	[CALL_RECEIVED] = offsetof(struct vs_call_counts, received),
	[CALL_DELAY_NS] = offsetof(struct vs_call_counts, delay_ns),
	[CALL_STOLEN_NS] = offsetof(struct vs_call_counts, stolen_ns),
	[CALL_REFAULTS] = offsetof(struct vs_call_counts, refaults),
	[CALL_REFAULT_NS] = offsetof(struct vs_call_counts, refault_ns),
};

unsigned int metric_store__least(void)
{
	/* all that is not by group, all of "other", and some more */
	return metrics_series(false) + metrics_series(true) + METRIC_STORE_LEAST_SERIES;
}

void metric_store__init(struct metric_store *l, enum group_by by, unsigned int max_series)
{
	memset(l, 0, sizeof(*l));
	l->by = by;
	l->max_series = max_series - (metric_store__least() - METRIC_STORE_LEAST_SERIES);
	hash__init(&l->groups, sizeof(struct metric_group_key));
	strcpy(l->other.name, GROUP_OTHER);
}

void metric_store__free(struct metric_store *l)
{
	hash__free(&l->groups, free);
}

/* --- groups -------------------------------------------------------------------------------- */

/*
 * Cells that have series all at once: buckets, and outcomes, of which the first major fault is news
 * to rate() only if the series was at 0 before it.
 */
static const struct {
	unsigned int first, nr, series;
} together[] = {
	{ GROUP_OUTCOMES, VS_NR_OUTCOME, VS_NR_OUTCOME },
	{ GROUP_FAULT_HIST, LE_CELLS, LE_SERIES },
};

/** active_bit - that of @cell in group.active; @series: how many come with it. */
static unsigned int active_bit(unsigned int cell, unsigned int *series)
{
	for (size_t i = 0; i < ARRAY_SIZE(together); i++)
		if (cell >= together[i].first && cell - together[i].first < together[i].nr) {
			*series = together[i].series;
			return together[i].first;
		}
	*series = 1;
	return cell;
}

bool group_active(const struct metric_group *g, unsigned int cell)
{
	unsigned int series;
	const unsigned int bit = active_bit(cell, &series);

	return g->active[bit / 64] >> (bit % 64) & 1;
}

/** activate - give @cell of @g its series. Return: false: there is no room. */
static bool activate(struct metric_store *l, struct metric_group *g, unsigned int cell)
{
	unsigned int need;
	const unsigned int bit = active_bit(cell, &need);

	if (group_active(g, cell))
		return true;
	if (g != &l->other) {
		if (l->series + need > l->max_series)
			return false;
		l->series += need;
		g->series += need;
	}
	g->active[bit / 64] |= 1ULL << (bit % 64);
	return true;
}

static void add(struct metric_store *l, struct metric_group *g, unsigned int cell, uint64_t n)
{
	if (!n)
		return;
	if (!activate(l, g, cell)) {
		g = &l->other;
		activate(l, g, cell);
	}
	g->cell[cell] += n;
}

/** take - what came to be since @exported; one that went back would be a new beginning for nobody. */
static void take(struct metric_store *l, struct metric_group *g, unsigned int cell, uint64_t now,
		 uint64_t *exported)
{
	if (now <= *exported)
		return;
	add(l, g, cell, now - *exported);
	*exported = now;
}

/** drop_idle - end the series of the group that has been without a process for longest. */
static void drop_idle(struct metric_store *l)
{
	struct metric_group *g, *idlest = NULL;
	struct metric_group_key key = {};
	size_t pos = 0;

	while ((g = hash__next(&l->groups, &pos, NULL)))
		if (!g->processes && (!idlest || g->used_ns < idlest->used_ns))
			idlest = g;
	if (!idlest || l->now_ns - idlest->used_ns < GROUP_IDLE_NS)
		return;
	memcpy(key.name, idlest->name, sizeof(key.name));
	hash__remove(&l->groups, &key);
	l->series -= idlest->series;
	free(idlest);
}

static struct metric_group *group_get(struct metric_store *l, const char *name)
{
	struct metric_group_key key = {};
	struct metric_group *g;

	memcpy(key.name, name, strnlen(name, sizeof(key.name) - 1));
	g = hash__get(&l->groups, &key);
	if (!g && (l->series >= l->max_series || l->groups.nr >= METRIC_STORE_GROUPS))
		drop_idle(l);
	if (!g && l->groups.nr < METRIC_STORE_GROUPS) {
		g = hash__make(&l->groups, &key, sizeof(*g));
		if (g)
			memcpy(g->name, key.name, sizeof(g->name));
	}
	if (!g)
		return &l->other;
	g->used_ns = l->now_ns;
	return g;
}

void metric_store__group(const struct metric_store *l, const struct process *p, char *name)
{
	group_name(l->by, p->comm, p->cgroup_name ? p->cgroup_name : "", name, GROUP_NAME_LEN);
}

static struct metric_group *process_group(struct metric_store *l, const struct process *p)
{
	char name[GROUP_NAME_LEN];

	metric_store__group(l, p, name);
	return group_get(l, name);
}

size_t metric_store__list(const struct metric_store *l, const struct metric_group **list)
{
	size_t n = 0, pos = 0;

	while (n < METRIC_STORE_GROUPS && (list[n] = hash__next(&l->groups, &pos, NULL)))
		n++;
	list[n++] = &l->other;
	return n;
}

/* --- faults -------------------------------------------------------------------------------- */

static void counts_cells(uint64_t *cell, const struct vs_counts *c)
{
	for (int i = 0; i < VS_NR_CAUSES; i++)
		cell[GROUP_FAULTS + i] += c->cause[i];
	for (int i = 0; i < VS_NR_OUTCOME; i++)
		cell[GROUP_OUTCOMES + i] += c->outcome[i];
	for (int i = 0; i < VS_NR_FIGURES; i++)
		cell[GROUP_FIGURES + i] += figure__of_counts(&figures[i], c);
}

static void take_process(struct metric_store *l, struct process *p)
{
	struct metric_group *g = process_group(l, p);
	struct exported_cells now = {}, *exported;

	if (!p->exported)
		p->exported = calloc(1, sizeof(*exported));
	exported = p->exported;
	if (!exported)
		return;
	for (size_t i = 0; i < p->nr_rows; i++)
		counts_cells(now.cell, &p->rows[i]->counts);
	for (int cause = 0; cause < VS_NR_CAUSES; cause++) {
		if (!p->latency[cause])
			continue;
		now.cell[GROUP_FAULT_NS + cause] = p->latency[cause]->hist.sum_ns;
		le_add(&now.cell[GROUP_FAULT_HIST], &p->latency[cause]->hist);
	}
	for (unsigned int i = 0; i < GROUP_CALLS; i++)
		take(l, g, i, now.cell[i], &exported->cell[i]);
	if (!p->exited)
		g->processes++;
}

/** take_unowned - faults of no process, and latencies for which no histogram was left. */
static void take_unowned(struct metric_store *l, const struct model *m)
{
	uint64_t now[GROUP_CALLS] = {};

	counts_cells(now, &m->overflow.counts);
	for (int cause = 0; cause < VS_NR_CAUSES; cause++) {
		le_add(&now[GROUP_FAULT_HIST], &m->shared_latency[cause].hist);
		now[GROUP_FAULT_NS + cause] = m->shared_latency[cause].hist.sum_ns;
	}
	for (unsigned int i = 0; i < GROUP_CALLS; i++)
		take(l, &l->other, i, now[i], &l->unowned_exported[i]);
}

/* --- memory calls -------------------------------------------------------------------------- */

static uint64_t *field_of(struct vs_call_counts *c, enum call_field field)
{
	return (uint64_t *)((char *)c + call_offsets[field]);
}

void call_fields(const struct vs_call_counts *c, uint64_t *sum)
{
	for (int i = 0; i < NR_CALL_FIELDS; i++)
		sum[i] += *(const uint64_t *)((const char *)c + call_offsets[i]);
}

static void take_call(struct metric_store *l, struct metric_group *g, unsigned int class,
		      struct vs_call_counts *now, struct vs_call_counts *exported)
{
	for (int i = 0; i < NR_CALL_FIELDS; i++)
		take(l, g, group_call(i, class), *field_of(now, i), field_of(exported, i));
}

static struct metric_group *row_group(struct metric_store *l, const struct call_row *row)
{
	char name[GROUP_NAME_LEN];

	if (row->process)
		return process_group(l, row->process);
	/* a thread of the kernel */
	group_name(l->by, row->comm, NULL, name, sizeof(name));
	return group_get(l, name);
}

static void take_calls(struct metric_store *l, const struct model *m, struct shootdown *s)
{
	for (size_t i = 0; i < s->nr_rows; i++) {
		struct call_row *row = s->rows[i];
		struct metric_group *g;

		if (row->process && row->process == m->ended)
			continue;
		g = row_group(l, row);
		take_call(l, g, vs_call_class(row->call, row->detail), &row->counts,
			  &row->exported);
		if (row->map_count > g->cell[GROUP_MAPPINGS] && row->process &&
		    !row->process->exited && activate(l, g, GROUP_MAPPINGS))
			g->cell[GROUP_MAPPINGS] = row->map_count;
	}
	take_call(l, &l->other, VS_CALL_OTHER, &s->overflow.counts, &l->calls_exported);
}

/* --- all of it ----------------------------------------------------------------------------- */

/** restart - reset gauges, which have the current value and are not counters */
static void restart(struct metric_store *l)
{
	const struct metric_group *list[METRIC_STORE_GROUPS + 1];
	const size_t nr = metric_store__list(l, list);

	for (size_t i = 0; i < nr; i++) {
		struct metric_group *g = (struct metric_group *)list[i];

		g->processes = 0;
		g->cell[GROUP_MAPPINGS] = 0;
	}
}

/** set_hists - the histograms that are not by group. */
static void set_hists(struct metric_store *l, const struct model *m, const struct shootdown *s)
{
	memset(&l->fixed[FIXED_CAUSE_HIST], 0, (FIXED_SENT - FIXED_CAUSE_HIST) * sizeof(uint64_t));
	for (int cause = 0; cause < VS_NR_CAUSES; cause++) {
		uint64_t *cells = &l->fixed[FIXED_CAUSE_HIST + cause * LE_CELLS];

		le_add(cells, &m->shared_latency[cause].hist);
		for (size_t i = 0; i < m->nr_processes; i++)
			if (m->processes[i]->latency[cause])
				le_add(cells, &m->processes[i]->latency[cause]->hist);
	}
	for (int class = 0; class < VS_NR_CALL_CLASSES; class ++) {
		le_add(&l->fixed[FIXED_CALL_HIST + class * LE_CELLS],
		       &s->hist[class][VS_TIME_CALL]);
		le_add(&l->fixed[FIXED_DELAY_HIST], &s->hist[class][VS_TIME_DELAY]);
		le_add(&l->fixed[FIXED_STOLEN_HIST], &s->hist[class][VS_TIME_STOLEN]);
	}
}

void metric_store__take(struct metric_store *l, struct model *m, struct shootdown *s,
			uint64_t now_ns)
{
	l->now_ns = now_ns;
	restart(l);
	for (size_t i = 0; i < m->nr_processes; i++)
		if (m->processes[i] != m->ended)
			take_process(l, m->processes[i]);
	take_unowned(l, m);
	take_calls(l, m, s);
	set_hists(l, m, s);
	for (int kind = 0; kind < VS_NR_IPI; kind++) {
		l->fixed[FIXED_SENT + kind] = s->totals.queued[kind];
		l->fixed[FIXED_RECEIVED + kind] = s->totals.received[kind];
	}
	l->fixed[FIXED_UNATTRIBUTED] = counts_faults(&m->overflow.counts);
	l->fixed[FIXED_PROCESSES] = m->nr_processes - (m->ended != NULL);
	l->fixed[FIXED_GROUPS] = l->groups.nr + 1;
	l->fixed[FIXED_SERIES] = l->series;
	l->fixed[FIXED_SERIES_LIMIT] = l->max_series;
}

void metric_store__exemplars(struct metric_store *l, const struct model *m, uint64_t now_ms)
{
	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];
		struct metric_group *g = NULL;

		for (size_t r = 0; p != m->ended && r < p->nr_rows; r++) {
			const struct fault_row *row = p->rows[r];
			const uint64_t ns = row->counts.latency_max_ns;
			struct exemplar *e;
			size_t len;

			if (!row->is_vma || !row->name || ns <= row->marked.latency_max_ns)
				continue;
			if (!g)
				g = process_group(l, p);
			e = &g->exemplar[le_bucket(ns)];
			*e = (struct exemplar){ .ns = ns, .time_ms = now_ms, .pid = p->pid };
			len = strlen(row->name);
			strncpy(e->vma,
				len < sizeof(e->vma) ? row->name
						     : row->name + len - (sizeof(e->vma) - 1),
				sizeof(e->vma) - 1);
		}
	}
}
