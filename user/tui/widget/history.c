// SPDX-License-Identifier: GPL-2.0-only
/* history.c - the rings and sparklines of history.h. */
#include "tui/widget/history.h"
#include "util/array.h"

static const char *const bars_utf8[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const bars_ascii[] = { " ", ".", ":", "-", "=", "+", "*", "#", "@" };
#define NR_BARS ARRAY_SIZE(bars_utf8)

void history__add(struct history *h, double value)
{
	h->values[h->nr++ % HISTORY_LEN] = value;
}

double history__cell(const struct history *h, unsigned int cell, unsigned int cells,
		     unsigned int each)
{
	const uint64_t oldest = h->nr > HISTORY_LEN ? h->nr - HISTORY_LEN : 0;
	const uint64_t last = h->nr ? (h->nr - 1) / each : 0;
	uint64_t from, to;
	double max = -1;

	if (!h->nr || last + cell + 1 < cells)
		return max;
	from = (last + cell + 1 - cells) * each;
	to = from + each < h->nr ? from + each : h->nr;
	for (uint64_t i = from < oldest ? oldest : from; i < to; i++)
		if (h->values[i % HISTORY_LEN] > max)
			max = h->values[i % HISTORY_LEN];
	return max;
}

/** bar - height of a bar for @value with maximum @max; above 0 for any value above 0 */
static unsigned int bar(double value, double max)
{
	const unsigned int top = NR_BARS - 1;

	if (value <= 0 || max <= 0)
		return 0;
	return 1 + (unsigned int)(value / max * (top - 1) + 0.5);
}

void history__draw(const struct history *h, struct canvas *c, unsigned int y, unsigned int x,
		   unsigned int width, unsigned int each)
{
	double max = 0;

	for (unsigned int i = 0; i < width; i++) {
		const double value = history__cell(h, i, width, each);

		max = value > max ? value : max;
	}
	for (unsigned int i = 0; i < width; i++) {
		const unsigned int level = bar(history__cell(h, i, width, each), max);

		canvas__put(c, y, x + i, 1, STYLE_SPARK,
			    c->utf8 ? bars_utf8[level] : bars_ascii[level]);
	}
}
