// SPDX-License-Identifier: GPL-2.0-only
/* top_notes.c - top: a row for each note: storms, losses, warnings. */
#include "view/top/top_cells.h"

static const struct column columns[] = {
	TOP_ID_COLUMN,
	{ .key = "at_ns", .head = "AT", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "level", .head = "KIND", .type = CELL_STR, .left = true },
	{ .key = "text", .head = "MESSAGE", .type = CELL_STR, .keep_start = true },
};
static const struct table_def notes_table = TABLE_DEF("notes", columns);

struct table *top_notes(const struct top_view *v)
{
	struct table *t = table__new(&notes_table);

	for (size_t i = 0; i < v->notes->nr; i++) {
		const struct note *n = &v->notes->list[i];

		table__add_row(t);
		table__set_u64(t, "id", n->id);
		table__set_u64(t, "at_ns", n->at_ns);
		table__set_str(t, "level", note_level_names[n->level]);
		table__set_str(t, "text", n->text);
	}
	return t;
}
