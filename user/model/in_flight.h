/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * in_flight.h - faults in flight when counting ended.
 */
#ifndef VMASCOPE_MODEL_IN_FLIGHT_H
#define VMASCOPE_MODEL_IN_FLIGHT_H

#include <stddef.h>

#include "model/model.h"

/**
 * struct in_flight_fault - a fault in flight
 * @event: its duration_ns is the time so far, 0: it began before counting did; then only the thread
 *	is known
 * @row: row of its VMA; NULL: it has none
 */
struct in_flight_fault {
	struct vs_event_fault event;
	const struct fault_row *row;
};

/** struct in_flight - all faults in flight */
struct in_flight {
	struct in_flight_fault *fault;
	size_t nr;
};

/** in_flight__add - @row: row of the event's slot, may be NULL. Return: 0 or -ENOMEM. */
int in_flight__add(struct in_flight *list, const struct vs_event_fault *event,
		   const struct fault_row *row);
void in_flight__free(struct in_flight *list);

#endif /* VMASCOPE_MODEL_IN_FLIGHT_H */
