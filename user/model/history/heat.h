/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * heat.h - faults over time: by latency and by address, in slices of time.
 *
 * Fed with running totals, it keeps what each slice added. There are at most HEAT_SLICES of them:
 * when they are full, each two become one of twice the length.
 */
#ifndef VMASCOPE_MODEL_HISTORY_HEAT_H
#define VMASCOPE_MODEL_HISTORY_HEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "model/hist.h"
#include "util/hash.h"

/** Slices at most; even. */
#define HEAT_SLICES 240

struct fault_row;
struct model;

/**
 * struct heat_cell - faults in one place of the map of addresses
 * @row: the VMA, or what its process has outside any; NULL: not known
 * @gone: it was known, and has been forgotten
 * @total: faults so far
 * @slices: by slice
 */
struct heat_cell {
	struct vs_heat_key key;
	const struct fault_row *row;
	bool gone;
	uint64_t total;
	uint64_t slices[HEAT_SLICES];
};

/**
 * struct heat - the slices
 * @start_ns: when the first began (CLOCK_MONOTONIC)
 * @slice_ns: the length of each
 * @now: the slice that is being filled
 * @nr: slices so far
 * @latency: faults by octave of latency (hist__octave_low()) and slice
 * @latency_total: by octave, so far
 * @cells: the map of addresses
 */
struct heat {
	uint64_t start_ns;
	uint64_t slice_ns;
	size_t now;
	size_t nr;
	uint64_t latency[HIST_OCTAVES][HEAT_SLICES];
	uint64_t latency_total[HIST_OCTAVES];
	struct heat_cell **cells;
	size_t nr_cells;
	struct hash by_key;
};

/** heat__init - Slices are @slice_ns long at first. */
void heat__init(struct heat *h, uint64_t start_ns, uint64_t slice_ns);
void heat__free(struct heat *h);

/**
 * heat__at - what is added from now on came to be in the slice that ends at @now_ns, more or less
 *
 * A remainder of less than half a slice counts in the slice before it.
 */
void heat__at(struct heat *h, uint64_t now_ns);

/** heat__coarsen - each two slices become one. */
void heat__coarsen(struct heat *h);

/** heat__add_latency - @total: of all faults, since the start. */
void heat__add_latency(struct heat *h, const struct vs_hist *total);

/**
 * heat__cell - the cell of @key, a new one if there is none
 * Return: NULL without memory.
 */
struct heat_cell *heat__cell(struct heat *h, const struct vs_heat_key *key);

/** heat__add - @total: faults in this cell, since the start. */
void heat__add(struct heat *h, struct heat_cell *cell, uint64_t total);

/**
 * heat__add_fault - one more fault in this cell, that began at @time_ns
 * @latency_ns: 0: not known
 */
void heat__add_fault(struct heat *h, struct heat_cell *cell, uint64_t time_ns, uint64_t latency_ns);

/** heat__forget - cells let go of rows that model__forget() is about to free. */
void heat__forget(struct heat *h, const struct model *m);

#endif /* VMASCOPE_MODEL_HISTORY_HEAT_H */
