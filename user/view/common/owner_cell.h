/* SPDX-License-Identifier: GPL-2.0-only */
/* owner_cell.h - what a VMA is used for, as a JSON object. */
#ifndef VMASCOPE_VIEW_COMMON_OWNER_CELL_H
#define VMASCOPE_VIEW_COMMON_OWNER_CELL_H

#include "model/model.h"
#include "table/rows.h"

/** OWNER_COLUMN - a column for owner_cell() */
#define OWNER_COLUMN                                                                               \
	{                                                                                          \
		.key = "owner", .type = CELL_TABLE                                                 \
	}

/** owner_cell - fill column `owner` of the last row; unknown: it stays so. */
void owner_cell(struct table *t, const struct fault_row *row);

#endif /* VMASCOPE_VIEW_COMMON_OWNER_CELL_H */
