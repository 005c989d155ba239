/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_text.h - the text above and below the rows of `vmascope stat`.
 */
#ifndef VMASCOPE_VIEW_FAULTS_STAT_TEXT_H
#define VMASCOPE_VIEW_FAULTS_STAT_TEXT_H

#include "view/common/latency_mode.h"
#include "view/faults/stat.h"

/** stat_text__facts - facts of the run or the interval. */
struct run_facts stat_text__facts(const struct stat_view *v);

/**
 * stat_text__title - set the title of @rows: a summary, and the faults by outcome; for an interval,
 * one line
 * @total: the faults that are shown; @error: of latencies
 */
void stat_text__title(const struct stat_view *v, const struct model *m, struct table *rows,
		      const struct vs_counts *total, const struct latency_error *error);

/**
 * stat_text__footer - add a footer to @rows: signals, losses, the busiest thread
 * @overflow: faults of unknown processes
 */
void stat_text__footer(const struct stat_view *v, struct table *rows, const struct vs_counts *total,
		       const struct vs_counts *overflow);

#endif /* VMASCOPE_VIEW_FAULTS_STAT_TEXT_H */
