/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hist.h - latency histograms: their buckets, quantiles, and what an interval adds.
 */
#ifndef VMASCOPE_MODEL_HIST_H
#define VMASCOPE_MODEL_HIST_H

#include <stdbool.h>
#include <stdint.h>

#include "events.h"

/**
 * Octaves of a histogram: [0, 2) ns, [2, 4), … up to [2^37, 2^38), which includes all larger
 * values.
 */
#define HIST_OCTAVES 38

/**
 * struct latency - latencies of one kind of fault
 * @ended: of slots that were given back
 * @hist: total; @marked: counts when the interval began
 */
struct latency {
	struct vs_hist ended;
	struct vs_hist hist;
	struct vs_hist marked;
};

/** latency__restart - @l may be NULL; see model__restart(). */
void latency__restart(struct latency *l);
/** latency__mark - an interval begins; @l may be NULL. */
void latency__mark(struct latency *l);
/** hist__add - add @from to @to; the maximum becomes the greater value. */
void hist__add(struct vs_hist *to, const struct vs_hist *from);

/**
 * latency__longest - the longest of @count latencies with this sum, as far as is known
 * @max_ns: as it was read; a latency that was added meanwhile may be in the sum only
 *
 * Return: @max_ns, but at least the mean.
 */
uint64_t latency__longest(uint64_t max_ns, uint64_t sum_ns, uint64_t count);

/**
 * latency__add - add @l to @to: the total, or the part since the mark; @l may be NULL
 *
 * The maximum since the mark is exact if it is the greatest of the run; else it is the end of its
 * bucket, with an error of at most 1/8.
 */
void latency__add(struct vs_hist *to, const struct latency *l, bool interval);

/** hist__low - the lower limit of @bucket, ns; that of the next bucket is its upper limit. */
uint64_t hist__low(unsigned int bucket);

/** hist__bucket - bucket of a latency in ns, the same as in BPF. */
unsigned int hist__bucket(uint64_t ns);

/** hist__count - sum of all buckets. */
uint64_t hist__count(const struct vs_hist *h);

/**
 * hist__octaves - the same latencies in buckets of powers of two, ns; exact, as octaves align
 * @octaves: HIST_OCTAVES counts, set
 */
void hist__octaves(const struct vs_hist *h, uint64_t *octaves);

/** hist__octave_low - the lower limit of @octave, ns; that of the next one is its upper limit. */
uint64_t hist__octave_low(unsigned int octave);

/**
 * hist__quantile - the latency that a share @q of the faults do not exceed
 * @q: 0 to 1
 *
 * Return: the middle of its bucket, ns, with an error of at most 1/16; 0 for an empty histogram.
 */
uint64_t hist__quantile(const struct vs_hist *h, double q);

#endif /* VMASCOPE_MODEL_HIST_H */
