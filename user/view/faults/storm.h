/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storm.h - the view of fault storms: a line when one ends, and a table of all at the end.
 */
#ifndef VMASCOPE_VIEW_FAULTS_STORM_H
#define VMASCOPE_VIEW_FAULTS_STORM_H

#include "model/history/storm.h"
#include "view/faults/stat.h"

/**
 * storm_view__rows - add the rows with faults in the current interval to @s; for a storm_rows_fn.
 */
void storm_view__rows(const struct stat_view *v, const struct model *m, struct storms *s);

/**
 * storm_view__ended - add a line of text that describes @storm
 * @start_ns: start of the run
 */
void storm_view__ended(const struct storm *storm, uint64_t start_ns, struct document *d);

/** storm_view__all - add the table of all storms. */
void storm_view__all(const struct storms *s, uint64_t start_ns, struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_STORM_H */
