// SPDX-License-Identifier: GPL-2.0-only
/* watched_vma.c - latencies by cause of one VMA at a time: the selected one. */
#include "collect/watched_vma.h"

#include <string.h>

static bool is_it(const struct watched_vma *w, const struct fault_row *row)
{
	return w->slot == row->slot && (!row->slot || w->generation == row->generation);
}

void watched_vma__follow(struct watched_vma *w, struct session *s, const struct fault_row *row)
{
	static const struct fault_row none;

	if (!row)
		row = &none;
	if (is_it(w, row))
		return;
	s->source->watch(s, row->slot, row->generation);
	memset(w, 0, sizeof(*w));
	w->slot = row->slot;
	w->generation = row->generation;
}

void watched_vma__mark(struct watched_vma *w)
{
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		latency__mark(&w->by_cause[cause]);
}

void watched_vma__read(struct watched_vma *w, const struct session *s)
{
	if (!w->slot)
		return;
	for (int cause = 0; cause < VS_NR_CAUSES; cause++) {
		latency__restart(&w->by_cause[cause]);
		s->source->watched_add(s, cause, &w->by_cause[cause].hist);
	}
	w->reads++;
}

const struct latency *watched_vma__latency(const struct watched_vma *w, const struct fault_row *row)
{
	return w->slot && is_it(w, row) && w->reads > 1 ? w->by_cause : NULL;
}
