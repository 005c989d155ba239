/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_group.h - rows of `vmascope stat` grouped by mapping, VMA, process, cause, CPU or cgroup.
 */
#ifndef VMASCOPE_VIEW_STAT_GROUP_H
#define VMASCOPE_VIEW_STAT_GROUP_H

#include "view/stat.h"

/** stat_counts - of a row, in the interval or since the start. */
struct vs_counts stat_counts(const struct stat_view *v, const struct counted *row);

/** stat_selected - the row is one that --vma asks for. */
bool stat_selected(const struct stat_view *v, const struct counted *row);

/** counts_cells - fill the columns that every row of counts has. */
void counts_cells(struct table *t, const struct vs_counts *c, uint64_t total);

/**
 * stat_group__make - the grouped rows, most faults first
 * @total: faults that are 100 %
 * Return: the table, or NULL without memory.
 */
struct table *stat_group__make(const struct stat_view *v, const struct model *m, uint64_t total);

#endif /* VMASCOPE_VIEW_STAT_GROUP_H */
