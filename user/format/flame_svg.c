// SPDX-License-Identifier: GPL-2.0-only
/*
 * flame_svg.c - draw stacks: a box for each function, as wide as its value, on top of its caller's.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format/flame.h"
#include "format/palette.h"
#include "format/put.h"
#include "util/array.h"
#include "util/str.h"
#include "util/utf8.h"

/* Pixels; the script and the style have some of them, too. */
#define WIDTH 1200.0
#define MARGIN 10.0
#define ROOM (WIDTH - 2 * MARGIN)
#define ROW 17
#define HEAD 64
#define FOOT 50
#define MIN_WIDTH 0.12
#define CHAR_WIDTH 7.3
#define MIN_CHARS 3

/** struct box - a function and its callees; @from: start in the sum of all values */
struct box {
	const char *name;
	size_t len;
	uint64_t from;
};

/** struct drawing - a graph that is being drawn */
struct drawing {
	const struct flame_options *o;
	FILE *out;
	uint64_t total;
	size_t depth; /* of the highest box that is drawn */
	size_t small; /* boxes that are too narrow */
	struct box open[FLAME_MAX_DEPTH + 1];
	size_t nr_open;
	bool measure; /* draw nothing yet */
	bool failed;
};

/* --- Text in XML --- */

/* Control characters in names were replaced before; further characters are invalid in XML. */
static void put_escaped(FILE *out, const char *s)
{
	uint32_t cp;
	int len;

	for (; (len = utf8_decode(s, &cp)); s += len > 0 ? len : 1) {
		const char *entity = cp == '&'	  ? "&amp;"
				     : cp == '<'  ? "&lt;"
				     : cp == '>'  ? "&gt;"
				     : cp == '"'  ? "&quot;"
				     : cp == '\'' ? "&#39;"
						  : NULL;

		if (len < 0 || (cp < 0x20 && cp != '\t') || (cp & 0xfffe) == 0xfffe)
			entity = "\xef\xbf\xbd";
		if (entity)
			fputs(entity, out);
		else
			fwrite(s, 1, (size_t)len, out);
	}
}

static void format_value(const struct drawing *d, char *buf, size_t len, uint64_t value)
{
	if (d->o->unit == UNIT_NS)
		str_format_ns(buf, len, value);
	else
		str_format_count(buf, len, value);
}

/* --- Colours: the same name has the same one in each graph --- */

static uint32_t hash_name(const char *s, size_t len)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h ^ h >> 15;
}

static bool ends_with(const struct box *b, const char *end)
{
	const size_t n = strlen(end);

	return b->len > n && !memcmp(b->name + b->len - n, end, n);
}

/* An address, or an offset in a file: the function is unknown. */
static bool is_unknown(const struct box *b)
{
	return b->name[0] == '[' || !strncmp(b->name, "0x", 2) ||
	       memmem(b->name, b->len, "+0x", 3) != NULL;
}

/** struct palette - of a kind of function: the darkest colour and the lightest, RGB */
struct palette {
	const char *end; /* of names of that kind */
	const char *kind;
	unsigned int from;
	unsigned int to;
};

/* All of them are light enough for black letters, and stand out from both themes. */
static const struct palette palettes[] = {
	{ "_[k]", "kernel", PALETTE_FLAME_KERNEL },
	{ "_[j]", "JIT", PALETTE_FLAME_JIT },
	{ "_[i]", "inlined", PALETTE_FLAME_INLINED },
	{ "", "user", PALETTE_FLAME_USER },
};
static const struct palette unknown = { "", "unknown function", PALETTE_FLAME_UNKNOWN };

/* Between the two colours of @p, at @at of 255. */
static void put_shade(FILE *out, const struct palette *p, int at)
{
	fputc('#', out);
	for (int shift = 16; shift >= 0; shift -= 8) {
		const int from = p->from >> shift & 255, to = p->to >> shift & 255;

		fprintf(out, "%02x", from + at * (to - from) / 255);
	}
}

static void put_colour(FILE *out, const struct box *b)
{
	const struct palette *p = palettes;

	while (p->end[0] && !ends_with(b, p->end))
		p++;
	if (!p->end[0] && is_unknown(b))
		p = &unknown;
	put_shade(out, p, hash_name(b->name, b->len) & 255);
}

/* --- Boxes --- */

static void put_label(struct drawing *d, const char *name, double width)
{
	const double chars = (width - 6) / CHAR_WIDTH;
	char *text;

	if (chars < MIN_CHARS)
		return;
	text = utf8_truncate(name, (size_t)chars, UTF8_KEEP_START, true);
	if (text)
		put_escaped(d->out, text);
	d->failed |= !text;
	free(text);
}

/* The box at @level, which ends at @to. */
static void put_box(struct drawing *d, size_t level, uint64_t to)
{
	const struct box *b = &d->open[level];
	const double scale = ROOM / (double)d->total, x = MARGIN + (double)b->from * scale,
		     width = (double)(to - b->from) * scale;
	const size_t y = HEAD + (d->depth - level) * ROW;
	char value[STR_NUMBER_LEN];
	char *name;

	if (width < MIN_WIDTH) {
		d->small += !d->measure;
		return;
	}
	if (d->measure) {
		d->depth = level > d->depth ? level : d->depth;
		return;
	}
	name = strndup(b->name, b->len);
	if (!name) {
		d->failed = true;
		return;
	}
	format_value(d, value, sizeof(value), to - b->from);
	fputs("<g><title>", d->out);
	put_escaped(d->out, name);
	fprintf(d->out,
		" (%s, %.2f%%)</title><rect x=\"%.2f\" y=\"%zu\" width=\"%.2f\" height=\"16\" "
		"rx=\"2\" fill=\"",
		value, 100.0 * (double)(to - b->from) / (double)d->total, x, y, width);
	put_colour(d->out, b);
	fprintf(d->out, "\"/><text x=\"%.2f\" y=\"%zu\">", x + 3, y + 12);
	put_label(d, name, width);
	fputs("</text></g>\n", d->out);
	free(name);
}

static void close_boxes(struct drawing *d, size_t level, uint64_t to)
{
	while (d->nr_open > level)
		put_box(d, --d->nr_open, to);
}

/* Stacks are sorted: boxes that a stack does not share with the previous one end there. */
static void draw_stacks(struct drawing *d, const struct flame_stack *stacks, size_t nr)
{
	uint64_t at = 0;

	d->open[0] = (struct box){ .name = "all", .len = 3 };
	d->nr_open = 1;
	for (size_t i = 0; i < nr; i++) {
		const char *name = stacks[i].text;
		size_t level = 1;

		while (name) {
			const size_t len = strcspn(name, ";");
			const struct box *b = &d->open[level];

			if (level >= d->nr_open || b->len != len || memcmp(b->name, name, len)) {
				close_boxes(d, level, at);
				d->open[d->nr_open++] = (struct box){ name, len, at };
			}
			level++;
			name = name[len] ? name + len + 1 : NULL;
		}
		close_boxes(d, level, at);
		at += stacks[i].value;
	}
	close_boxes(d, 0, at);
}

/* --- The page --- */

static const char style[] =
	".back{fill:" PALETTE_LIGHT_PANEL "}\n"
	"text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#000;pointer-events:none}\n"
	"g:hover rect{stroke:#000;stroke-width:1}\n"
	".page{fill:" PALETTE_LIGHT_TEXT "}.title{font-size:17px}.note{fill:" PALETTE_LIGHT_MUTED
	"}.button{pointer-events:auto;cursor:pointer;fill:" PALETTE_LIGHT_ACCENT "}\n"
	".far{opacity:.45}.found rect{fill:" PALETTE_FLAME_FOUND "}.off{display:none}\n"
	"@media (prefers-color-scheme:dark){.back{fill:" PALETTE_DARK_PANEL
	"}.page{fill:" PALETTE_DARK_TEXT "}.note{fill:" PALETTE_DARK_MUTED
	"}.button{fill:" PALETTE_DARK_ACCENT "}g:hover rect{stroke:#fff}}\n";

static void put_text(FILE *out, const char *class, double x, double y, const char *more,
		     const char *text)
{
	fprintf(out, "<text class=\"%s\" x=\"%.0f\" y=\"%.0f\"%s>", class, x, y, more);
	put_escaped(out, text);
	fputs("</text>\n", out);
}

static void put_head(struct drawing *d, double height)
{
	char total[STR_NUMBER_LEN], note[256];

	fprintf(d->out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
		"width=\"%.0f\" "
		"height=\"%.0f\">\n<style>\n%s</style>\n"
		"<rect class=\"back\" width=\"100%%\" height=\"100%%\" fill=\"" PALETTE_LIGHT_PANEL
		"\"/>\n",
		WIDTH, height, WIDTH, height, style);
	put_text(d->out, "page title", MARGIN, 24, "", d->o->title ? d->o->title : "");
	format_value(d, total, sizeof(total), d->total);
	snprintf(note, sizeof(note),
		 "width of a box: %s in the function and what it calls; %s in total",
		 d->o->what ? d->o->what : "value", total);
	put_text(d->out, "note", MARGIN, 42, "", d->o->subtitle ? d->o->subtitle : "");
	put_text(d->out, "note", MARGIN, 58, "", d->total ? note : "no stacks");
	put_text(d->out, "button off", WIDTH - 250, 24, " id=\"reset\"", "Reset zoom");
	put_text(d->out, "button off", WIDTH - 150, 24, " id=\"search\"", "Search (press /)");
	put_text(d->out, "note", WIDTH - MARGIN, 58, " id=\"found\" text-anchor=\"end\"", "");
	fputs("<g id=\"frames\">\n", d->out);
}

/* What the colours mean. */
static void put_legend(struct drawing *d, double y)
{
	double x = MARGIN;

	for (size_t i = 0; i <= ARRAY_SIZE(palettes); i++) {
		const struct palette *p = i < ARRAY_SIZE(palettes) ? &palettes[i] : &unknown;

		fprintf(d->out,
			"<rect x=\"%.0f\" y=\"%.0f\" width=\"12\" height=\"12\" rx=\"2\" fill=\"",
			x, y - 10);
		put_shade(d->out, p, 128);
		fputs("\"/>", d->out);
		put_text(d->out, "note", x + 18, y, "", p->kind);
		x += 18 + ((double)strlen(p->kind) + 3) * CHAR_WIDTH;
	}
}

static void put_foot(struct drawing *d, double height)
{
	char note[128] = "";

	if (d->small)
		snprintf(note, sizeof(note), "%zu boxes below %.2f%% are not drawn", d->small,
			 100 * MIN_WIDTH / ROOM);
	fputs("</g>\n", d->out);
	put_text(d->out, "page", MARGIN, height - 32, " id=\"detail\"", "");
	put_text(d->out, "note", WIDTH - MARGIN, height - 10, " text-anchor=\"end\"", note);
	put_legend(d, height - 10);
	fprintf(d->out, "<script><![CDATA[\n%s]]></script>\n</svg>\n", flame_script);
}

static void draw(struct drawing *d, const struct flame_stack *stacks, size_t nr)
{
	double height;

	d->measure = true;
	if (d->total)
		draw_stacks(d, stacks, nr);
	d->measure = false;
	height = HEAD + (double)(d->depth + 1) * ROW + FOOT;
	put_head(d, height);
	if (d->total)
		draw_stacks(d, stacks, nr);
	put_foot(d, height);
}

int flame__svg(struct flame *f, const struct flame_options *o, FILE *to)
{
	struct drawing *d = calloc(1, sizeof(*d));
	const struct flame_stack *stacks;
	size_t nr = flame__stacks(f, &stacks);
	struct sink s;
	int err = d && !flame__failed(f) ? sink__open(&s) : -ENOMEM;

	if (err) {
		free(d);
		return err;
	}
	d->o = o;
	d->out = s.file;
	for (size_t i = 0; i < nr; i++)
		d->total += stacks[i].value;
	draw(d, stacks, nr);
	err = sink__close(&s, to, d->failed ? -ENOMEM : 0, false);
	free(d);
	return err;
}
