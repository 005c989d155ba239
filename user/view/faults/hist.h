/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hist.h - the view of `vmascope stat --hist`: latencies in buckets of powers of two.
 */
#ifndef VMASCOPE_VIEW_FAULTS_HIST_H
#define VMASCOPE_VIEW_FAULTS_HIST_H

#include "view/faults/stat.h"

/** Bytes that hold any hist_range(). */
#define HIST_RANGE_LEN 64

/** hist_range - "1.02us - 2.05us": the latencies that @octave counts; the upper limit is not among them. */
void hist_range(char *buf, size_t len, unsigned int octave);

/**
 * hist_span - the octaves that are not empty, and those between
 * @first: the lowest of them; @end: behind the highest
 * Return: false if all are empty.
 */
bool hist_span(const uint64_t *octaves, unsigned int *first, unsigned int *end);

/**
 * hist_view__make - add the table to @d: all faults, then those of each cause, most first
 *
 * Under --vma, latencies are not known by cause: then all faults alone.
 */
void hist_view__make(const struct stat_view *v, const struct model *m, struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_HIST_H */
