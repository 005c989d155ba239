/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * in_flight.h - the view of faults in flight when counting ended.
 */
#ifndef VMASCOPE_VIEW_FAULTS_IN_FLIGHT_H
#define VMASCOPE_VIEW_FAULTS_IN_FLIGHT_H

#include "model/in_flight.h"
#include "table/rows.h"

/** in_flight_view__make - add the table `in_flight` to @d, the longest first. */
void in_flight_view__make(const struct in_flight *list, struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_IN_FLIGHT_H */
