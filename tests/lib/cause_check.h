/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cause_check.h - compare the causes that vmascope reports with those that a workload expects.
 */
#ifndef VT_CAUSE_CHECK_H
#define VT_CAUSE_CHECK_H

#include "json_get.h"

/** vt_cause_count - sum of @cause over the rows of process @pid that overlap the range */
int64_t vt_cause_count(struct json_object *stat, int64_t pid, uint64_t start, uint64_t end,
		       const char *cause);
/** vt_check_cause_sums - the causes add up to the faults, in totals and in each process and VMA */
void vt_check_cause_sums(struct json_object *stat);
/** vt_check_causes - each range that the workload lists has exactly these causes */
void vt_check_causes(struct json_object *stat, struct json_object *work);

#endif /* VT_CAUSE_CHECK_H */
