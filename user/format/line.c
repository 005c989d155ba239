// SPDX-License-Identifier: GPL-2.0-only
/*
 * line.c - the lines of line.h.
 */
#include "format/line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

int line__put(struct line *l, const char *text)
{
	size_t width = utf8_width(text), room;
	char *cut;

	if (!*text || l->at + l->gap >= l->limit)
		return 0;
	text__fill(l->to, ' ', l->gap);
	l->at += l->gap;
	l->gap = 0;
	room = l->limit - l->at;
	if (width <= room) {
		text__puts(l->to, text);
		l->at += width;
		return 0;
	}
	cut = utf8_truncate(text, room, UTF8_KEEP_START, l->utf8);
	if (!cut)
		return -ENOMEM;
	text__puts(l->to, cut);
	free(cut);
	l->at = l->limit;
	return 0;
}

int line__put_field(struct line *l, const char *text, size_t width, bool left)
{
	size_t used = utf8_width(text), blanks = used < width ? width - used : 0;
	int err;

	if (!left)
		l->gap += blanks;
	err = line__put(l, text);
	if (left)
		l->gap += blanks;
	return err;
}

void line__end(struct line *l)
{
	text__putc(l->to, '\n');
	l->at = 0;
	l->gap = 0;
}

static int put_word(struct line *l, const char *word, size_t len, size_t blanks, size_t margin)
{
	char *text = strndup(word, len);
	int err;

	if (!text)
		return -ENOMEM;
	if (l->at > 0 && l->at + blanks + utf8_width(text) > l->limit) {
		line__end(l);
		blanks = margin;
	}
	l->gap = blanks;
	err = line__put(l, text);
	free(text);
	return err;
}

/* Prints one line of text, in several lines if it must. */
static int put_wrapped(struct line *l, const char *s, size_t indent)
{
	size_t margin = indent + strspn(s, " "), blanks = indent;
	int err = 0;

	while (*s && !err) {
		size_t gap = strspn(s, " "), word = strcspn(s + gap, " ");

		blanks += gap;
		if (word)
			err = put_word(l, s + gap, word, blanks, margin);
		s += gap + word;
		blanks = 0;
	}
	line__end(l);
	return err;
}

int line__put_prose(struct line *l, const char *text, size_t indent)
{
	int err = 0;

	while (*text && !err) {
		size_t len = strcspn(text, "\n");
		char *raw = strndup(text, len), *safe = raw ? utf8_printable(raw, l->utf8) : NULL;

		err = safe ? put_wrapped(l, safe, indent) : -ENOMEM;
		free(raw);
		free(safe);
		text += len + (text[len] == '\n');
	}
	return err;
}
