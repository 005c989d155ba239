// SPDX-License-Identifier: GPL-2.0-only
/* words.c - see words.h */
#include "view/common/words.h"

bool words__open(struct words *w, struct table *t)
{
	w->table = t;
	if (t->err)
		return false;
	table__fail(t, text_file__open(&w->mem));
	w->file = w->mem.file;
	return w->file;
}

/** end - finish the text. Return: the text; NULL: it is empty, or the table has failed. */
static const char *end(struct words *w)
{
	table__fail(w->table, text_file__close(&w->mem));
	return w->table->err || !w->mem.text.len ? NULL : w->mem.text.at;
}

void words__cell(struct words *w, const char *key)
{
	const char *text = end(w);

	table__set_str(w->table, key, text ? text : "");
	text__free(&w->mem.text);
}

void words__title(struct words *w)
{
	const char *text = end(w);

	if (text)
		table__set_title(w->table, "%s", text);
	text__free(&w->mem.text);
}

void words__footer(struct words *w)
{
	const char *text = end(w);
	const int len = (int)w->mem.text.len;

	if (text)
		table__set_footer(w->table, "%.*s", text[len - 1] == '\n' ? len - 1 : len, text);
	text__free(&w->mem.text);
}
