// SPDX-License-Identifier: GPL-2.0-only
/* wall_clock.c - steps of the time of day, in order. */
#include "model/wall_clock.h"

#include <string.h>

void wall_clock__init(struct wall_clock *w, int64_t add_ns)
{
	memset(w, 0, sizeof(*w));
	w->step[0].add_ns = add_ns;
	w->nr = 1;
}

/** place - index of the first step that begins after @ns. */
static size_t place(const struct wall_clock *w, uint64_t ns)
{
	size_t i = w->nr;

	while (i && w->step[i - 1].from_ns > ns)
		i--;
	return i;
}

void wall_clock__set(struct wall_clock *w, uint64_t from_ns, int64_t add_ns)
{
	size_t at = place(w, from_ns);

	w->changes++;
	/* a recording repeats the steps in each of its files */
	if (at && w->step[at - 1].from_ns == from_ns) {
		w->step[at - 1].add_ns = add_ns;
		return;
	}
	if (w->nr == WALL_CLOCK_STEPS) {
		/* earlier than all steps that are kept */
		if (!at)
			return;
		memmove(w->step, w->step + 1, (w->nr - 1) * sizeof(*w->step));
		w->nr--;
		at--;
	}
	memmove(w->step + at + 1, w->step + at, (w->nr - at) * sizeof(*w->step));
	w->step[at] = (struct wall_step){ from_ns, add_ns };
	w->nr++;
}

int64_t wall_clock__add_ns(const struct wall_clock *w, uint64_t ns)
{
	const size_t at = place(w, ns);

	return w->step[at ? at - 1 : 0].add_ns;
}
