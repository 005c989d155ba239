/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_group.h - rows of `vmascope stat` grouped by mapping, VMA, process, cause, CPU or cgroup.
 */
#ifndef VMASCOPE_VIEW_FAULTS_STAT_GROUP_H
#define VMASCOPE_VIEW_FAULTS_STAT_GROUP_H

#include "view/faults/stat.h"

/** stat_counts - counts of a row, in the interval or since the start. */
struct vs_counts stat_counts(const struct stat_view *v, const struct fault_row *row);

/** stat_sum - add @c to @sum; if the greatest latency of one is unknown, that of both is. */
void stat_sum(struct vs_counts *sum, const struct vs_counts *c);

/** stat_selected - the row is selected by --vma. */
bool stat_selected(const struct stat_view *v, const struct fault_row *row);

/**
 * stat_group__latency - add the latencies of all processes to @sum
 * @cause: only of this cause; -1: of all
 */
void stat_group__latency(const struct stat_view *v, const struct model *m, int cause,
			 struct vs_hist *sum);

/**
 * stat_group__selected_latency - add the latencies of all that --vma selects to @sum
 *
 * With --vma these come from the histograms of the VMAs.
 */
void stat_group__selected_latency(const struct stat_view *v, const struct model *m,
				  struct vs_hist *sum);

/** stat_group__total - counts of all that --vma selects, in the interval or since the start. */
struct vs_counts stat_group__total(const struct stat_view *v, const struct model *m);

/**
 * stat_group__make - make the grouped rows, most faults first
 * @total: faults that correspond to 100 %
 */
struct table *stat_group__make(const struct stat_view *v, const struct model *m, uint64_t total);

#endif /* VMASCOPE_VIEW_FAULTS_STAT_GROUP_H */
