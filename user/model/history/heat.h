/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * heat.h - faults over time: by latency and by address, in time slices.
 *
 * It is updated with running totals and keeps the increment for each slice. There are at most
 * HEAT_SLICES: when all are in use, each two are merged into one of twice the length.
 */
#ifndef VMASCOPE_MODEL_HISTORY_HEAT_H
#define VMASCOPE_MODEL_HISTORY_HEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "model/hist.h"
#include "util/hash.h"

/** Maximum number of slices; even. */
#define HEAT_SLICES 240

struct fault_row;
struct model;

/**
 * struct heat_cell - faults in one entry of the map of addresses
 * @row: the VMA, or the row of its process for faults outside any VMA; NULL: unknown
 * @gone: the row was known, and has been forgotten
 * @total: number of faults so far
 * @slices: number of faults by slice
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
 * @start_ns: start of the first slice (CLOCK_MONOTONIC)
 * @slice_ns: length of a slice
 * @now: index of the current slice
 * @nr: number of slices so far
 * @latency: faults by octave of latency (hist__octave_low()) and slice
 * @latency_total: total by octave
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

/** heat__init - @slice_ns: initial length of a slice. */
void heat__init(struct heat *h, uint64_t start_ns, uint64_t slice_ns);
void heat__free(struct heat *h);

/**
 * heat__at - set the current slice to the one that ends at @now_ns, approximately
 *
 * A remainder of less than half a slice is added to the previous slice.
 */
void heat__at(struct heat *h, uint64_t now_ns);

/** heat__coarsen - merge each two slices into one. */
void heat__coarsen(struct heat *h);

/** heat__add_latency - @total: totals of all faults since the start. */
void heat__add_latency(struct heat *h, const struct vs_hist *total);

/**
 * heat__cell - the cell of @key, which is created if necessary
 * Return: the cell; NULL if out of memory.
 */
struct heat_cell *heat__cell(struct heat *h, const struct vs_heat_key *key);

/** heat__add - @total: faults in this cell since the start. */
void heat__add(struct heat *h, struct heat_cell *cell, uint64_t total);

/**
 * heat__add_fault - add one fault in this cell, which began at @time_ns
 * @latency_ns: 0: unknown
 */
void heat__add_fault(struct heat *h, struct heat_cell *cell, uint64_t time_ns, uint64_t latency_ns);

/** heat__forget - drop the references of cells to rows that model__forget() is about to free. */
void heat__forget(struct heat *h, const struct model *m);

#endif /* VMASCOPE_MODEL_HISTORY_HEAT_H */
