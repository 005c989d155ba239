// SPDX-License-Identifier: GPL-2.0-only
/* prompt.c - the text that is typed for a search or a filter; each key takes effect at once. */
#include <ncurses.h>
#include <string.h>

#include "tui/keys.h"

#define KEY_ESC 27
#define KEY_CTRL_U 0x15

static char *text_of(struct tui *t)
{
	struct list *l = tui__list(t);

	return t->prompt == PROMPT_FILTER ? l->filter : l->search;
}

const char *tui_prompt__text(const struct tui *t)
{
	return text_of((struct tui *)t);
}

/** changed - show what the text as it is now finds. */
static void changed(struct tui *t)
{
	struct list *l = tui__list(t);

	if (t->prompt == PROMPT_FILTER)
		list__reorder(l);
	else
		list__find(l, 0);
}

void tui_prompt__open(struct tui *t, long prompt)
{
	t->prompt = prompt;
	/* a search begins anew; a filter is mended */
	if (prompt == PROMPT_SEARCH)
		*text_of(t) = '\0';
}

static void erase_last(char *text)
{
	size_t len = strlen(text);

	/* all bytes of a character of UTF-8 */
	while (len && (text[--len] & 0xc0) == 0x80)
		;
	text[len] = '\0';
}

static void append(char *text, int code)
{
	const size_t len = strlen(text);

	if (len + 1 < LIST_TEXT_LEN) {
		text[len] = (char)code;
		text[len + 1] = '\0';
	}
}

void tui_prompt__key(struct tui *t, int code)
{
	switch (code) {
	case KEY_ESC:
		*text_of(t) = '\0';
		changed(t);
		t->prompt = PROMPT_NONE;
		return;
	case '\n':
	case '\r':
	case KEY_ENTER:
		t->prompt = PROMPT_NONE;
		return;
	case KEY_BACKSPACE:
	case 127:
	case '\b':
		erase_last(text_of(t));
		break;
	case KEY_CTRL_U:
		*text_of(t) = '\0';
		break;
	case KEY_F(3):
		list__find(tui__list(t), 1);
		return;
	default:
		if (code < ' ' || code > 0xff)
			return;
		append(text_of(t), code);
	}
	changed(t);
}
