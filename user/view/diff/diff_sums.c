// SPDX-License-Identifier: GPL-2.0-only
/* diff_sums.c - see diff_sums.h */
#include "view/diff/diff_sums.h"
#include "util/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct sum *)a)->name, ((const struct sum *)b)->name);
}

void sums__merge(struct sums *s)
{
	size_t nr = 0;

	if (s->nr)
		qsort(s->list, s->nr, sizeof(*s->list), by_name);
	for (size_t i = 0; i < s->nr; i++) {
		struct sum *from = &s->list[i], *to = &s->list[nr ? nr - 1 : 0];

		if (!nr || strcmp(to->name, from->name)) {
			s->list[nr++] = *from;
			continue;
		}
		for (int side = 0; side < NR_SIDES; side++) {
			to->count[side] += from->count[side];
			to->timed[side] += from->timed[side];
			to->time_ns[side] += from->time_ns[side];
		}
		free(from->name);
	}
	s->nr = nr;
}

/** grow - make room for one more: most names exist already, a million calls have a few dozen. */
static int grow(struct sums *s)
{
	sums__merge(s);
	return s->nr < s->cap / 2 ? 0
				  : array__reserve(&s->list, &s->cap, s->cap + 1, sizeof(*s->list));
}

void sums__add(struct sums *s, enum side side, const char *name, uint64_t count, uint64_t timed,
	       uint64_t time_ns)
{
	struct sum *sum;

	if (!count || s->err)
		return;
	s->err = s->nr == s->cap ? grow(s) : 0;
	if (s->err)
		return;
	sum = &s->list[s->nr];
	*sum = (struct sum){ .name = strdup(name) };
	if (!sum->name) {
		s->err = -ENOMEM;
		return;
	}
	sum->count[side] = count;
	sum->timed[side] = timed;
	sum->time_ns[side] = time_ns;
	s->nr++;
}

void sums__free(struct sums *s)
{
	for (size_t i = 0; i < s->nr; i++)
		free(s->list[i].name);
	free(s->list);
}
