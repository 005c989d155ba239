// SPDX-License-Identifier: GPL-2.0-only
/*
 * line.c - the lines of line.h.
 */
#include "format/line.h"

#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

void line__put(struct line *l, const char *text)
{
	size_t width = utf8_width(text), room;
	char *cut;

	if (!*text || l->at + l->gap >= l->limit)
		return;
	text__fill(l->to, ' ', l->gap);
	l->at += l->gap;
	l->gap = 0;
	room = l->limit - l->at;
	if (width <= room) {
		text__puts(l->to, text);
		l->at += width;
		return;
	}
	cut = utf8_truncate(text, room, UTF8_KEEP_START, l->utf8);
	if (cut)
		text__puts(l->to, cut);
	else
		l->to->failed = true;
	free(cut);
	l->at = l->limit;
}

void line__put_field(struct line *l, const char *text, size_t width, bool left)
{
	size_t used = utf8_width(text), blanks = used < width ? width - used : 0;

	if (!left)
		l->gap += blanks;
	line__put(l, text);
	if (left)
		l->gap += blanks;
}

void line__end(struct line *l)
{
	text__putc(l->to, '\n');
	l->at = 0;
	l->gap = 0;
}

static void put_word(struct line *l, const char *word, size_t len, size_t blanks, size_t margin)
{
	char *text = strndup(word, len);

	if (!text) {
		l->to->failed = true;
		return;
	}
	if (l->at > 0 && l->at + blanks + utf8_width(text) > l->limit) {
		line__end(l);
		blanks = margin;
	}
	l->gap = blanks;
	line__put(l, text);
	free(text);
}

/* Prints one line of text, in several lines if it must. */
static void put_wrapped(struct line *l, const char *s, size_t indent)
{
	size_t margin = indent + strspn(s, " "), blanks = indent;

	while (*s) {
		size_t gap = strspn(s, " "), word = strcspn(s + gap, " ");

		blanks += gap;
		if (word)
			put_word(l, s + gap, word, blanks, margin);
		s += gap + word;
		blanks = 0;
	}
	line__end(l);
}

void line__put_prose(struct line *l, const char *text, size_t indent)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *raw = strndup(text, len), *safe = raw ? utf8_printable(raw, l->utf8) : NULL;

		if (safe)
			put_wrapped(l, safe, indent);
		else
			l->to->failed = true;
		free(raw);
		free(safe);
		text += len + (text[len] == '\n');
	}
}
