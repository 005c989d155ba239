/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * why.h - the view of `vmascope stat --why`: the time in page faults by reason.
 */
#ifndef VMASCOPE_VIEW_FAULTS_WHY_H
#define VMASCOPE_VIEW_FAULTS_WHY_H

#include "view/faults/stat.h"

/** why_view__make - add the table to @d: the time of each reason, and the time without one */
void why_view__make(const struct stat_view *v, const struct model *m, struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_WHY_H */
