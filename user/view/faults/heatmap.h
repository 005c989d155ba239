/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * heatmap.h - the view of `vmascope stat --heatmap`: latencies and addresses of faults over time.
 */
#ifndef VMASCOPE_VIEW_FAULTS_HEATMAP_H
#define VMASCOPE_VIEW_FAULTS_HEATMAP_H

#include "model/history/heat.h"
#include "view/faults/stat.h"

/** Maximum number of rows of addresses. */
#define HEATMAP_ROWS 24

/**
 * heatmap_view__make - add the tables to @d
 *
 * A row of addresses is a mapping, or a part of one if it has many faults; mappings with less than
 * half a percent of all faults are summed up in one row, "[others]".
 */
void heatmap_view__make(const struct heat *h, const struct stat_view *v, const struct model *m,
			struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_HEATMAP_H */
