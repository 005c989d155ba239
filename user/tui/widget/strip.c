// SPDX-License-Identifier: GPL-2.0-only
/* strip.c - lay out and draw an address space. */
#include "tui/widget/strip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/str.h"
#include "util/utf8.h"

static const char *const shades_utf8[] = { "_", "░", "▒", "▓", "█" };
static const char *const shades_ascii[] = { "_", "-", "+", "*", "#" };
#define NR_SHADES ARRAY_SIZE(shades_utf8)

static int by_address(const void *a, const void *b)
{
	const struct strip_vma *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static double number(const struct table *t, size_t row, const char *key)
{
	const struct cell *cell = table__cell(t, row, key);

	for (size_t i = 0; i < t->def->nr_columns; i++)
		if (!strcmp(t->def->columns[i].key, key) && t->def->columns[i].type == CELL_F64)
			return cell->f64;
	return cell->u64;
}

/** weight_of - columns that a VMA would like: one for a page, one more for each factor of 4. */
static unsigned int weight_of(const struct strip_vma *v)
{
	unsigned int weight = 1;

	for (uint64_t size = (v->end - v->start) >> 12; size > 1; size >>= 2)
		weight++;
	return weight;
}

static bool gap_before(const struct strip *s, size_t i)
{
	return i && s->vmas[i].start > s->vmas[i - 1].end &&
	       s->vmas[i].start - s->vmas[i - 1].end >= STRIP_GAP;
}

static int collect(struct strip *s, const struct table *t)
{
	s->vmas = calloc(t->nr_rows + 1, sizeof(*s->vmas));
	if (!s->vmas)
		return -ENOMEM;
	for (size_t row = 0; row < t->nr_rows; row++) {
		struct strip_vma *v = &s->vmas[s->nr];

		if (!table__cell(t, row, "start")->known)
			continue;
		v->row = row;
		v->start = table__cell(t, row, "start")->u64;
		v->end = table__cell(t, row, "end")->u64;
		v->heat = number(t, row, "faults");
		s->nr++;
	}
	qsort(s->vmas, s->nr, sizeof(*s->vmas), by_address);
	return 0;
}

/** place - give each VMA its columns: all weights together fill the line. */
static void place(struct strip *s)
{
	uint64_t total = 0, at = 0;

	for (size_t i = 0; i < s->nr; i++)
		total += weight_of(&s->vmas[i]) + gap_before(s, i);
	for (size_t i = 0; i < s->nr; i++) {
		struct strip_vma *v = &s->vmas[i];

		if (gap_before(s, i))
			at++;
		v->from = at * s->width / total;
		at += weight_of(v);
		v->to = at * s->width / total;
		if (v->to == v->from && v->to < s->width)
			v->to++;
	}
}

int strip__make(struct strip *s, const struct table *t, unsigned int width)
{
	int err;

	*s = (struct strip){ .width = width };
	s->heat = calloc(width + 1, sizeof(*s->heat));
	err = s->heat ? collect(s, t) : -ENOMEM;
	if (err)
		return err;
	place(s);
	for (unsigned int x = 0; x < width; x++)
		s->heat[x] = -1;
	for (size_t i = 0; i < s->nr; i++)
		for (unsigned int x = s->vmas[i].from; x < s->vmas[i].to; x++)
			s->heat[x] = (s->heat[x] < 0 ? 0 : s->heat[x]) + s->vmas[i].heat;
	for (unsigned int x = 0; x < width; x++)
		s->max = s->heat[x] > s->max ? s->heat[x] : s->max;
	return 0;
}

void strip__free(struct strip *s)
{
	free(s->vmas);
	free(s->heat);
	*s = (struct strip){};
}

static void draw_heat(const struct strip *s, struct canvas *c, unsigned int y)
{
	for (unsigned int x = 0; x < s->width; x++) {
		const double share = s->heat[x] > 0 ? s->heat[x] / s->max : 0;
		const enum style style = style_heat(share);
		/* two levels of heat to a shade */
		const unsigned int shade = style == STYLE_DIM ? 0 : 1 + (style - STYLE_HEAT) / 2;

		if (s->heat[x] >= 0)
			canvas__put(c, y, x, 1, style,
				    c->utf8 ? shades_utf8[shade] : shades_ascii[shade]);
	}
}

/** name_of - the last part of a path, or the name as it is. To be freed; or NULL. */
static char *name_of(const struct table *t, size_t row, bool utf8)
{
	return utf8_printable(str_last_part(table__cell(t, row, "vma")->str), utf8);
}

static bool is_blank(const struct canvas *c, unsigned int y, unsigned int from, unsigned int to)
{
	for (unsigned int x = from; x < to; x++)
		if (canvas__at(c, y, x) && strcmp(canvas__at(c, y, x)->text, " "))
			return false;
	return true;
}

/** draw_name - below a VMA, if there is room that no other name has taken. */
static void draw_name(const struct strip *s, const struct strip_vma *v, const struct table *t,
		      struct canvas *c, unsigned int y, enum style style)
{
	char *name = name_of(t, v->row, c->utf8);
	const unsigned int width = name ? utf8_width(name) + 1 : 0;
	unsigned int x = v->from;

	if (name && width + 1 < s->width) {
		if (x + width + 1 > s->width)
			x = s->width - width - 1;
		if (is_blank(c, y, x ? x - 1 : 0, x + width + 1)) {
			canvas__put(c, y, x, 1, style, c->utf8 ? "↑" : "^");
			canvas__put(c, y, x + 1, width, style, name);
		}
	}
	if (!name)
		canvas__fail(c, -ENOMEM);
	free(name);
}

static int hottest_first(const void *a, const void *b)
{
	const struct strip_vma *x = a, *y = b;

	if (x->heat != y->heat)
		return x->heat > y->heat ? -1 : 1;
	return by_address(a, b);
}

void strip__draw(const struct table *t, size_t selected, struct canvas *c, unsigned int y)
{
	struct strip s;

	const int err = strip__make(&s, t, c->width);

	if (err) {
		canvas__fail(c, err);
		strip__free(&s);
		return;
	}
	draw_heat(&s, c, y);
	for (size_t i = 0; i < s.nr; i++) {
		if (s.vmas[i].row != selected)
			continue;
		canvas__style(c, y, s.vmas[i].from, s.vmas[i].to - s.vmas[i].from, STYLE_SELECTED);
		draw_name(&s, &s.vmas[i], t, c, y + 1, STYLE_BOLD);
	}
	qsort(s.vmas, s.nr, sizeof(*s.vmas), hottest_first);
	/* the line is full long before */
	for (size_t i = 0; i < s.nr && i < s.width; i++)
		draw_name(&s, &s.vmas[i], t, c, y + 1, STYLE_DIM);
	strip__free(&s);
}
