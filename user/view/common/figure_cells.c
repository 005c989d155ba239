// SPDX-License-Identifier: GPL-2.0-only
/* figure_cells.c - see figure_cells.h */
#include "view/common/figure_cells.h"

void figure_cells(struct table *t, const struct vs_counts *c)
{
	for (size_t i = 0; i < VS_NR_FIGURES; i++) {
		const uint64_t value = figure__of_counts(&figures[i], c);

		if (value || figures[i].how != FIGURE_MAX)
			table__set_u64(t, figures[i].key, value);
	}
}

void figure_cells_of_fault(struct table *t, const struct vs_event_fault *e)
{
	for (size_t i = 0; i < VS_NR_FIGURES; i++) {
		const uint64_t value = figure__of_fault(&figures[i], e);

		if (value || figures[i].zero_known)
			table__set_u64(t, figures[i].key, value);
	}
}
