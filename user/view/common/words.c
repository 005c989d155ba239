// SPDX-License-Identifier: GPL-2.0-only
/* words.c - see words.h */
#include "view/common/words.h"

#include <errno.h>
#include <stdlib.h>

bool words__open(struct words *w, struct table *t)
{
	*w = (struct words){ .table = t };
	if (!t->err)
		w->file = open_memstream(&w->text, &w->len);
	if (!w->file)
		table__fail(t, -ENOMEM);
	return w->file;
}

/** end - Return: the text; NULL: it is empty, or the table has failed. */
static const char *end(struct words *w)
{
	if (fclose(w->file))
		table__fail(w->table, -ENOMEM);
	return w->table->err || !w->len ? NULL : w->text;
}

void words__cell(struct words *w, const char *key)
{
	const char *text = end(w);

	table__set_str(w->table, key, text ? text : "");
	free(w->text);
}

void words__title(struct words *w)
{
	const char *text = end(w);

	if (text)
		table__set_title(w->table, "%s", text);
	free(w->text);
}

void words__footer(struct words *w)
{
	const char *text = end(w);
	const int len = (int)w->len;

	if (text)
		table__set_footer(w->table, "%.*s", text[len - 1] == '\n' ? len - 1 : len, text);
	free(w->text);
}
