// SPDX-License-Identifier: GPL-2.0-only
/* slices.c - read latencies and the map of addresses into the heatmap's slices. */
#include "collect/slices.h"

#include <errno.h>
#include <stdlib.h>

#include "view/faults/stat_group.h"

/** About as many as a line of a terminal has room for. */
#define SLICES_WANTED 60
/** No slice is shorter: reading all counters takes a millisecond where many processes run. */
#define SLICE_LEAST_NS 20000000ULL

/** Readings may take 1/COST_SHARE of the time, which is checked after every PACE_READINGS. */
#define COST_SHARE 10
#define PACE_READINGS 8

static uint64_t first_length(const struct options *o)
{
	uint64_t ns = o->duration_ns / SLICES_WANTED;

	if (o->interval_ns)
		return o->interval_ns;
	return ns > SLICE_LEAST_NS ? ns : SLICE_LEAST_NS;
}

struct slices *slices__new(const struct options *o, uint64_t start_ns)
{
	struct slices *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	heat__init(&x->heat, start_ns, first_length(o));
	x->keys = calloc(CAPTURE_HEAT_ENTRIES, sizeof(*x->keys));
	x->faults = calloc(CAPTURE_HEAT_ENTRIES, sizeof(*x->faults));
	if (x->keys && x->faults)
		return x;
	slices__free(x);
	return NULL;
}

void slices__free(struct slices *x)
{
	if (!x)
		return;
	heat__free(&x->heat);
	free(x->keys);
	free(x->faults);
	free(x);
}

/** find_row - what @key's slot stood for; it may have been taken back, and stand for another. */
static const struct fault_row *find_row(const struct model *m, const struct vs_heat_key *key)
{
	const struct fault_row *row = key->slot < m->nr_slots ? m->by_slot[key->slot] : NULL;

	if (!row || key->slot == VS_SLOT_OVERFLOW)
		return row;
	return row->process->pid == key->pid ? row : NULL;
}

void slices__pace(struct slices *x, uint64_t spent_ns)
{
	x->spent_ns += spent_ns;
	if (++x->nr_paced < PACE_READINGS)
		return;
	if (x->spent_ns * COST_SHARE > x->heat.slice_ns * x->nr_paced)
		heat__coarsen(&x->heat);
	x->nr_paced = 0;
	x->spent_ns = 0;
}

int slices__read(struct slices *x, struct session *s, const struct stat_view *v, uint64_t now_ns)
{
	struct vs_hist all = {};
	uint32_t nr;
	int err = s->source->heat(s, x->keys, x->faults, &nr);

	if (err)
		return err;
	heat__at(&x->heat, now_ns);
	stat_group__selected_latency(v, &s->live->run.model, &all);
	heat__add_latency(&x->heat, &all);
	for (uint32_t i = 0; i < nr; i++) {
		struct heat_cell *cell = heat__cell(&x->heat, &x->keys[i]);

		if (!cell)
			return -ENOMEM;
		if (!cell->row && !cell->gone)
			cell->row = find_row(&s->live->run.model, &x->keys[i]);
		heat__add(&x->heat, cell, x->faults[i]);
	}
	return 0;
}
