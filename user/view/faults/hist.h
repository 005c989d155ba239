/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hist.h - the view of `vmascope stat --hist`: latencies in buckets of powers of two.
 */
#ifndef VMASCOPE_VIEW_FAULTS_HIST_H
#define VMASCOPE_VIEW_FAULTS_HIST_H

#include "view/faults/stat.h"

/** Size of a buffer for hist_range(). */
#define HIST_RANGE_LEN 64

/**
 * hist_range - format the range of latencies of @octave, "1.02us - 2.05us"; the upper limit is
 * exclusive.
 */
void hist_range(char *buf, size_t len, unsigned int octave);

/**
 * hist_span - find the range of octaves that contains all non-empty ones
 * @first: the lowest of them; @end: one past the highest
 * Return: false if all are empty.
 */
bool hist_span(const uint64_t *octaves, unsigned int *first, unsigned int *end);

/**
 * hist_view__make - add the table to @d: all faults, then those of each cause, most first
 *
 * With --vma, latencies by cause are unknown: then only all faults are shown.
 */
void hist_view__make(const struct stat_view *v, const struct model *m, struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_HIST_H */
