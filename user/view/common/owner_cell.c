// SPDX-License-Identifier: GPL-2.0-only
/* owner_cell.c - what a VMA is used for, as a JSON object. */
#include "view/common/owner_cell.h"

static const struct column owner_columns[] = {
	{ .key = "name", .type = CELL_STR },
	{ .key = "family", .type = CELL_STR },
	{ .key = "confidence", .type = CELL_STR },
	{ .key = "how", .type = CELL_STR },
};
static const struct table_def owner_table = OBJECT_DEF("owner", owner_columns);

void owner_cell(struct table *t, const struct fault_row *row)
{
	const struct vma_owner *owner = &row->owner;
	struct table *cell;

	if (!owner->family)
		return;
	cell = table__sub(t, &owner_table);
	table__set_str(cell, "name", fault_row__name(row));
	table__set_str(cell, "family", owner_names[owner->family].key);
	table__set_str(cell, "confidence", owner->likely ? "likely" : "certain");
	table__set_str(cell, "how", owner_how_names[owner->how]);
}
