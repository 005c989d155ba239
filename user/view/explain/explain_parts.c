// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_parts.c - helpers for the sections of `vmascope explain`: lines of text, tables of flags.
 */
#include "view/explain/explain_parts.h"

#include <stdarg.h>
#include <stdio.h>

void prose__add(struct prose *p, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(p->text + p->len, sizeof(p->text) - p->len, fmt, args);
	va_end(args);
	if (n > 0)
		p->len += n;
	if (p->len >= sizeof(p->text))
		p->len = sizeof(p->text) - 1;
}

static const struct column flag_columns[] = {
	{ .key = "flag", .type = CELL_STR },
	{ .key = "word", .type = CELL_STR },
};
static const struct table_def flag_table = TABLE_DEF("flags", flag_columns, .shape = TABLE_MAP);

void explain_part__flags(struct table *parent, const struct flag *const *flags, size_t nr)
{
	struct table *t = table__sub(parent, &flag_table);

	for (size_t i = 0; i < nr; i++) {
		table__add_row(t);
		table__set_str(t, "flag", flags[i]->name);
		table__set_str(t, "word", flags[i]->word);
	}
}
