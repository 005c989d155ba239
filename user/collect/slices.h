/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slices.h - what `vmascope stat --heatmap` reads of a live capture, slice by slice.
 */
#ifndef VMASCOPE_COLLECT_SLICES_H
#define VMASCOPE_COLLECT_SLICES_H

#include "model/history/heat.h"
#include "session/session.h"

/**
 * struct slices - the heatmap, and buffers for reading the map of addresses
 * @keys: and @faults: arrays of CAPTURE_HEAT_ENTRIES
 * @nr_paced: readings since their cost was last checked; @spent_ns: time that they took
 */
struct slices {
	struct heat heat;
	struct vs_heat_key *keys;
	uint64_t *faults;
	unsigned int nr_paced;
	uint64_t spent_ns;
};

/**
 * slices__new - slices of --interval; else of the duration divided by SLICES_WANTED, or as short
 * as they may be at first
 * Return: NULL without memory.
 */
struct slices *slices__new(const struct options *o, uint64_t start_ns);
void slices__free(struct slices *x);

/**
 * slices__read - add the faults counted up to @now_ns; the model must be up to date
 * Return: 0 or a negative errno.
 */
int slices__read(struct slices *x, struct session *s, const struct stat_view *v, uint64_t now_ns);

/** slices__pace - a reading took @spent_ns: slices get longer where that is too much of them. */
void slices__pace(struct slices *x, uint64_t spent_ns);

#endif /* VMASCOPE_COLLECT_SLICES_H */
