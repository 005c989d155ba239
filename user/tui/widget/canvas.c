// SPDX-License-Identifier: GPL-2.0-only
/* canvas.c - the page of canvas.h. */
#include "tui/widget/canvas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

int canvas__init(struct canvas *c, unsigned int width, unsigned int height, bool utf8)
{
	*c = (struct canvas){ .width = width, .height = height, .utf8 = utf8 };
	c->glyphs = calloc((size_t)width * height + 1, sizeof(*c->glyphs));
	if (!c->glyphs)
		return -ENOMEM;
	canvas__clear(c);
	return 0;
}

void canvas__free(struct canvas *c)
{
	free(c->glyphs);
	c->glyphs = NULL;
}

static struct glyph *glyph_at(const struct canvas *c, unsigned int y, unsigned int x)
{
	return y < c->height && x < c->width ? &c->glyphs[(size_t)y * c->width + x] : NULL;
}

const struct glyph *canvas__at(const struct canvas *c, unsigned int y, unsigned int x)
{
	return glyph_at(c, y, x);
}

/** set - @g is NULL beyond the canvas. */
static void set(struct glyph *g, const char *text, size_t len, enum style style)
{
	if (!g)
		return;
	memcpy(g->text, text, len);
	g->text[len] = '\0';
	g->style = style;
}

void canvas__clear(struct canvas *c)
{
	c->err = 0;
	for (unsigned int y = 0; y < c->height; y++)
		canvas__blank(c, y, 0, c->width, STYLE_PLAIN);
}

void canvas__fail(struct canvas *c, int err)
{
	if (!c->err)
		c->err = err;
}

void canvas__blank(struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
		   enum style style)
{
	struct glyph *g;

	while (width-- && (g = glyph_at(c, y, x++)))
		set(g, " ", 1, style);
}

void canvas__style(struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
		   enum style style)
{
	struct glyph *g;

	while (width-- && (g = glyph_at(c, y, x++)))
		g->style = style;
}

/** part_wide - half of a wide character would be left: blank the other half. */
static void part_wide(struct canvas *c, unsigned int y, unsigned int x)
{
	struct glyph *g = glyph_at(c, y, x);

	if (g && !*g->text && x)
		set(glyph_at(c, y, x - 1), " ", 1, g->style);
}

unsigned int canvas__put(struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
			 enum style style, const char *text)
{
	unsigned int taken = 0;

	if (y >= c->height || x >= c->width)
		return 0;
	if (width > c->width - x)
		width = c->width - x;
	part_wide(c, y, x);
	while (*text) {
		char one[5] = "";
		uint32_t cp;
		int len = utf8_decode(text, &cp);
		size_t columns;

		if (len <= 0)
			break;
		memcpy(one, text, len);
		text += len;
		columns = utf8_width(one);
		/* marks that go above or below a letter are left out */
		if (!columns)
			continue;
		if (taken + columns > width)
			break;
		set(glyph_at(c, y, x + taken), one, len, style);
		if (columns == 2)
			set(glyph_at(c, y, x + taken + 1), "", 0, style);
		taken += columns;
	}
	/* the second half of a wide character that lost its first */
	if (glyph_at(c, y, x + taken) && !*glyph_at(c, y, x + taken)->text)
		set(glyph_at(c, y, x + taken), " ", 1, style);
	return taken;
}

unsigned int canvas__put_any(struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
			     enum style style, const char *text, enum utf8_keep keep)
{
	char *safe = utf8_printable(text, c->utf8);
	char *cut = safe ? utf8_truncate(safe, width, keep, c->utf8) : NULL;
	unsigned int taken = 0;

	if (cut)
		taken = canvas__put(c, y, x, width, style, cut);
	else
		canvas__fail(c, -ENOMEM);
	free(safe);
	free(cut);
	return taken;
}

unsigned int canvas__printf(struct canvas *c, unsigned int y, unsigned int x, enum style style,
			    const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return canvas__put(c, y, x, c->width, style, text);
}

/** end_of - the columns of a line up to its last that is not blank. */
static unsigned int end_of(const struct canvas *c, unsigned int y)
{
	unsigned int end = c->width;

	const struct glyph *g;

	while (end && (g = canvas__at(c, y, end - 1)) && !strcmp(g->text, " "))
		end--;
	return end;
}

void canvas__print(const struct canvas *c, unsigned int from, unsigned int to, FILE *f)
{
	for (unsigned int y = from; y < to && y < c->height; y++) {
		const unsigned int end = end_of(c, y);

		for (unsigned int x = 0; x < end; x++)
			fputs(canvas__at(c, y, x)->text, f);
		fputc('\n', f);
	}
}
