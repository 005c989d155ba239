/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * canvas.h - a page of characters that is drawn on first, then shown on a terminal or printed.
 */
#ifndef VMASCOPE_TUI_WIDGET_CANVAS_H
#define VMASCOPE_TUI_WIDGET_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tui/widget/style.h"
#include "util/utf8.h"

/** struct glyph - one column: @text of one character in UTF-8, "" behind a wide one */
struct glyph {
	char text[5];
	uint8_t style;
};

/**
 * struct canvas - the page
 * @width: and @height, in columns and lines
 * @utf8: more than ASCII may be drawn
 * @glyphs: line by line
 * @err: of the first thing that could not be drawn, a negative errno; 0: all was
 */
struct canvas {
	unsigned int width;
	unsigned int height;
	bool utf8;
	struct glyph *glyphs;
	int err;
};

/** canvas__init - an empty page. Return: 0 or -ENOMEM. */
int canvas__init(struct canvas *c, unsigned int width, unsigned int height, bool utf8);
void canvas__free(struct canvas *c);

/** canvas__clear - all blank, and no error. */
void canvas__clear(struct canvas *c);

/** canvas__fail - remember @err, unless it is 0 or there is an earlier one. */
void canvas__fail(struct canvas *c, int err);

/**
 * canvas__put - write printable text, as much of it as fits into @width columns and the page
 * Return: columns taken.
 */
unsigned int canvas__put(struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
			 enum style style, const char *text);

/** canvas__put_any - the same of any text: made printable, and cut so that @keep of it is left. */
unsigned int canvas__put_any(struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
			     enum style style, const char *text, enum utf8_keep keep);

/** canvas__printf - canvas__put(), without a limit but the page's edge. */
unsigned int canvas__printf(struct canvas *c, unsigned int y, unsigned int x, enum style style,
			    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** canvas__style - restyle @width columns; what is written there stays. */
void canvas__style(struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
		   enum style style);

/** canvas__blank - clear @width columns, in a style. */
void canvas__blank(struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
		   enum style style);

/** canvas__at - the glyph there; NULL outside the page. */
const struct glyph *canvas__at(const struct canvas *c, unsigned int y, unsigned int x);

/** canvas__print - lines @from to @to - 1 as plain text, without blanks at their ends. */
void canvas__print(const struct canvas *c, unsigned int from, unsigned int to, FILE *f);

#endif /* VMASCOPE_TUI_WIDGET_CANVAS_H */
