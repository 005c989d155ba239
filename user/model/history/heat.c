// SPDX-License-Identifier: GPL-2.0-only
/* heat.c - time slices: convert running totals to increments for each slice. */
#include "model/history/heat.h"

#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "util/array.h"

void heat__init(struct heat *h, uint64_t start_ns, uint64_t slice_ns)
{
	memset(h, 0, sizeof(*h));
	h->start_ns = start_ns;
	h->slice_ns = slice_ns;
	hash__init(&h->by_key, sizeof(struct vs_heat_key));
}

void heat__free(struct heat *h)
{
	for (size_t i = 0; i < h->nr_cells; i++)
		free(h->cells[i]);
	free(h->cells);
	hash__free(&h->by_key, NULL);
	memset(h, 0, sizeof(*h));
}

static void pair_up(uint64_t *slices)
{
	for (size_t i = 0; i < HEAT_SLICES / 2; i++)
		slices[i] = slices[2 * i] + slices[2 * i + 1];
	memset(slices + HEAT_SLICES / 2, 0, HEAT_SLICES / 2 * sizeof(*slices));
}

void heat__coarsen(struct heat *h)
{
	for (size_t octave = 0; octave < HIST_OCTAVES; octave++)
		pair_up(h->latency[octave]);
	for (size_t i = 0; i < h->nr_cells; i++)
		pair_up(h->cells[i]->slices);
	h->slice_ns *= 2;
	h->now /= 2;
	h->nr = (h->nr + 1) / 2;
}

void heat__at(struct heat *h, uint64_t now_ns)
{
	const uint64_t passed = now_ns > h->start_ns ? now_ns - h->start_ns : 0;
	uint64_t ended = (passed + h->slice_ns / 2) / h->slice_ns;

	while (ended > HEAT_SLICES) {
		heat__coarsen(h);
		ended = (passed + h->slice_ns / 2) / h->slice_ns;
	}
	h->now = ended ? ended - 1 : 0;
	if (h->nr < h->now + 1)
		h->nr = h->now + 1;
}

/** advance - set a total to @total. Return: the increment. */
static uint64_t advance(uint64_t *seen, uint64_t total)
{
	const uint64_t more = total > *seen ? total - *seen : 0;

	*seen += more;
	return more;
}

void heat__add_latency(struct heat *h, const struct vs_hist *total)
{
	uint64_t octaves[HIST_OCTAVES];

	hist__octaves(total, octaves);
	for (size_t i = 0; i < HIST_OCTAVES; i++)
		h->latency[i][h->now] += advance(&h->latency_total[i], octaves[i]);
}

/** append - append a copy of @cell to @h; the capacity of the array is the next power of two. */
static int append(struct heat *h, struct heat_cell *cell)
{
	const size_t nr = h->nr_cells;

	if (array__more(&h->cells, nr, sizeof(*h->cells)))
		return -1;
	if (hash__set(&h->by_key, &cell->key, cell))
		return -1;
	h->cells[h->nr_cells++] = cell;
	return 0;
}

struct heat_cell *heat__cell(struct heat *h, const struct vs_heat_key *key)
{
	struct heat_cell *cell = hash__get(&h->by_key, key);

	if (cell)
		return cell;
	cell = calloc(1, sizeof(*cell));
	if (!cell)
		return NULL;
	cell->key = *key;
	if (append(h, cell)) {
		free(cell);
		return NULL;
	}
	return cell;
}

void heat__add(struct heat *h, struct heat_cell *cell, uint64_t total)
{
	cell->slices[h->now] += advance(&cell->total, total);
}

/** octave_of - index of a latency, as for hist__octave_low(). */
static size_t octave_of(uint64_t ns)
{
	const size_t octave = 63 - __builtin_clzll(ns | 1);

	return octave < HIST_OCTAVES ? octave : HIST_OCTAVES - 1;
}

void heat__add_fault(struct heat *h, struct heat_cell *cell, uint64_t time_ns, uint64_t latency_ns)
{
	const uint64_t passed = time_ns > h->start_ns ? time_ns - h->start_ns : 0;
	const size_t octave = octave_of(latency_ns);

	/* the slice that is current at its end */
	heat__at(h, h->start_ns + (passed / h->slice_ns + 1) * h->slice_ns);
	cell->slices[h->now]++;
	cell->total++;
	if (!latency_ns)
		return;
	h->latency[octave][h->now]++;
	h->latency_total[octave]++;
}

void heat__forget(struct heat *h, const struct model *m)
{
	for (size_t i = 0; i < h->nr_cells; i++) {
		struct heat_cell *cell = h->cells[i];

		if (!cell->row || !model__goes(m, cell->row))
			continue;
		cell->row = NULL;
		cell->gone = true;
	}
}
