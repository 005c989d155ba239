// SPDX-License-Identifier: GPL-2.0-only
/* bar.c - the last line: keys, or the text being typed; and the help. */
#include <stdlib.h>
#include <string.h>

#include "tui/keys.h"
#include "util/array.h"
#include "util/utf8.h"

static void click_key(struct tui *t, long index)
{
	t->prompt = PROMPT_NONE;
	tui_keys[index].act(t, tui_keys[index].arg);
}

static void draw_prompt(struct tui *t, struct canvas *c, unsigned int y)
{
	const bool filter = t->prompt == PROMPT_FILTER;
	char *safe = utf8_printable(tui_prompt__text(t), c->utf8);
	unsigned int x = canvas__put(c, y, 0, c->width, STYLE_BAR,
				     filter ? " Filter " : " Search ");

	x += 1 + canvas__put(c, y, x + 1, c->width, STYLE_BOLD, safe ? safe : "");
	canvas__put(c, y, x, 1, STYLE_SELECTED, " ");
	if (!tui__list(t)->order.nr ||
	    (!filter && *tui_prompt__text(t) &&
	     !order_is_found(tui__list(t)->table, tui__list(t)->order.rows[tui__list(t)->cursor],
			     tui_prompt__text(t))))
		canvas__put(c, y, x + 2, c->width, STYLE_BAD, "not found");
	free(safe);
}

/** draw_found - the filter and the search, at the right end. Return: where they begin. */
static unsigned int draw_found(struct tui *t, struct canvas *c, unsigned int y)
{
	const struct list *l = tui__list(t);
	char text[2 * LIST_TEXT_LEN + 32] = "", *safe;
	unsigned int x = c->width;

	if (*l->filter)
		snprintf(text, sizeof(text), " filter: %s", l->filter);
	if (*l->search)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " search: %s",
			 l->search);
	safe = utf8_printable(text, c->utf8);
	if (safe && utf8_width(safe) < c->width) {
		x -= utf8_width(safe);
		canvas__put(c, y, x, c->width - x, STYLE_WARN, safe);
	}
	free(safe);
	return x;
}

static void draw_keys(struct tui *t, struct canvas *c, unsigned int y)
{
	const unsigned int end = draw_found(t, c, y);
	unsigned int x = 0;

	for (size_t i = 0; tui_keys[i].act; i++) {
		const struct tui_key *k = &tui_keys[i];
		char name[8];
		unsigned int width;

		if (!k->bar)
			continue;
		/* the first of its names */
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(k->name, " "), k->name);
		width = utf8_width(name) + strlen(k->bar) + 1;
		if (x + width > end)
			break;
		canvas__put(c, y, x, c->width, STYLE_PLAIN, name);
		canvas__put(c, y, x + utf8_width(name), c->width, STYLE_BAR, k->bar);
		tui__hit(t, y, x, width, click_key, i);
		x += width;
	}
}

void tui_bar__draw(struct tui *t, struct canvas *c, unsigned int y)
{
	if (t->message)
		canvas__put(c, y, 0, c->width, STYLE_BOLD, t->message);
	else if (t->prompt != PROMPT_NONE)
		draw_prompt(t, c, y);
	else
		draw_keys(t, c, y);
}

/* --- help ---------------------------------------------------------------------------------- */

#define HELP_NAME_WIDTH 15

static void help_line(struct canvas *c, unsigned int y, const char *name, const char *text)
{
	canvas__blank(c, y, 0, c->width, STYLE_HELP);
	canvas__put(c, y, 2, HELP_NAME_WIDTH, STYLE_BOLD, name);
	canvas__put(c, y, 3 + HELP_NAME_WIDTH, c->width, STYLE_HELP, text);
}

/* What heads and labels mean. */
static const struct {
	const char *name;
	const char *text;
} words[] = {
	{ "TIME%", "time in page faults, summed over threads (100% = one thread)" },
	{ "SENT, IPIS", "remote TLB flushes sent; IPIs that arrived for them" },
	{ "STOLEN%", "time in the IPI handlers on other CPUs (100% = one CPU)" },
};

void tui_help__draw(struct canvas *c)
{
	unsigned int y = 0;

	for (const struct tui_key *k = tui_keys; k->act && y < c->height - 1; k++)
		if (k->help)
			help_line(c, y++, k->name, k->help);
	for (int i = 0; i < NR_VIEWS && y < c->height - 1; i++) {
		char number[] = { '1' + i, '\0' };

		if (!tui_views[i].hidden)
			help_line(c, y++, number, tui_views[i].help);
	}
	for (size_t i = 0; i < ARRAY_SIZE(words) && y < c->height - 1; i++)
		help_line(c, y++, words[i].name, words[i].text);
	canvas__blank(c, y, 0, c->width, STYLE_HELP);
	canvas__put(c, y, 2, c->width, STYLE_BAR, " press any key to return ");
	/* all below it goes: half a page is harder to read */
	while (++y < c->height)
		canvas__blank(c, y, 0, c->width, STYLE_PLAIN);
}
