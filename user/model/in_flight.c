// SPDX-License-Identifier: GPL-2.0-only
/* in_flight.c - a list of faults in flight; it is short. */
#include "model/in_flight.h"

#include <errno.h>
#include <stdlib.h>

#include "util/array.h"

int in_flight__add(struct in_flight *list, const struct vs_event_fault *event,
		   const struct fault_row *row)
{
	if (array__more(&list->fault, list->nr, sizeof(*list->fault)))
		return -ENOMEM;
	list->fault[list->nr++] = (struct in_flight_fault){
		.event = *event,
		.row = row && row->is_vma ? row : NULL,
	};
	return 0;
}

void in_flight__free(struct in_flight *list)
{
	free(list->fault);
	*list = (struct in_flight){};
}
