// SPDX-License-Identifier: GPL-2.0-only
/* series.c - the rows of a matrix. */
#include "tui/widget/series.h"

#include <string.h>

#include "util/array.h"
#include "util/str.h"
#include "util/utf8.h"

static const char *const shades_utf8[] = { "·", "░", "▒", "▓", "█" };
static const char *const shades_ascii[] = { ".", "-", "+", "*", "#" };
#define NR_SHADES ARRAY_SIZE(shades_utf8)

unsigned int series_width(const struct cell *cell)
{
	return cell->known ? cell->series->nr : 0;
}

/** count_at - the sum of @merge counts from number @i on; how many there are at most: @nr. */
static uint64_t count_at(const struct series *s, size_t i, unsigned int merge)
{
	uint64_t sum = 0;

	for (size_t n = i * merge; n < (i + 1) * merge && n < s->nr; n++)
		sum += s->counts[n];
	return sum;
}

static const struct cell *cell_of(const struct table *t, size_t row, size_t column)
{
	return &t->cells[row * t->def->nr_columns + column];
}

struct series_look series__look(const struct table *t, size_t column, unsigned int width)
{
	struct series_look look = { .step = 1, .merge = 1 };
	char text[STR_NUMBER_LEN];
	size_t nr = 0;

	for (size_t r = 0; r < t->nr_rows; r++) {
		const struct cell *cell = cell_of(t, r, column);

		if (cell->known && cell->series->nr > nr)
			nr = cell->series->nr;
	}
	while (width && nr > (size_t)width * look.merge)
		look.merge++;
	for (size_t r = 0; r < t->nr_rows; r++)
		for (size_t i = 0; cell_of(t, r, column)->known && i * look.merge < nr; i++) {
			const uint64_t n = count_at(cell_of(t, r, column)->series, i, look.merge);

			look.max = n > look.max ? n : look.max;
		}
	str_format_count(text, sizeof(text), look.max);
	/* all numbers take the room of the greatest, or of "CPU 3" */
	look.step = strlen(text) + 2 > 6 ? strlen(text) + 2 : 6;
	if (nr * look.step > width)
		look.step = 1;
	return look;
}

static void draw_one(const struct series_look *look, uint64_t n, struct canvas *c, unsigned int y,
		     unsigned int x)
{
	const double share = look->max ? (double)n / look->max : 0;
	const enum style style = style_heat(share);
	const size_t most = NR_SHADES - 2;
	const unsigned int shade = !n ? 0 : 1 + (unsigned int)(share * (double)most + 0.5);
	char text[STR_NUMBER_LEN];

	if (look->step == 1) {
		canvas__put(c, y, x, 1, style, c->utf8 ? shades_utf8[shade] : shades_ascii[shade]);
		return;
	}
	str_format_count(text, sizeof(text), n);
	canvas__put(c, y, x + look->step - 1 - strlen(text), strlen(text), style, text);
}

void series__draw(const struct series_look *look, const struct cell *cell, struct canvas *c,
		  unsigned int y, unsigned int x, unsigned int width)
{
	if (!cell->known) {
		canvas__put(c, y, x, width, STYLE_DIM, "-");
		return;
	}
	for (size_t i = 0; i * look->merge < cell->series->nr; i++)
		if ((i + 1) * look->step <= width)
			draw_one(look, count_at(cell->series, i, look->merge), c, y,
				 x + i * look->step);
}

void series__draw_head(const struct series_look *look, const struct table *t, size_t column,
		       struct canvas *c, unsigned int y, unsigned int x, unsigned int width,
		       enum style style)
{
	const struct cell *cell = t->nr_rows ? cell_of(t, 0, column) : NULL;

	if (look->step == 1 || !cell || !cell->known) {
		canvas__put(c, y, x, width, style, t->def->columns[column].head);
		return;
	}
	for (size_t i = 0; i < cell->series->nr; i++) {
		char text[STR_NUMBER_LEN];
		const int len = snprintf(text, sizeof(text), "by %zu", i);

		if ((i + 1) * look->step <= width)
			canvas__put(c, y, x + (i + 1) * look->step - 1 - len, len, style, text);
	}
}
