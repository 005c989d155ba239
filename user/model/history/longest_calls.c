// SPDX-License-Identifier: GPL-2.0-only
/* longest_calls.c - a short list, sorted by duration. */
#include "model/history/longest_calls.h"

#include <stdlib.h>
#include <string.h>

#include "model/owner.h"

static void free_call(struct long_call *c)
{
	free(c->vma);
	free(c->module);
	free(c->function);
}

void longest_calls__free(struct longest_calls *l)
{
	for (size_t i = 0; i < l->nr; i++)
		free_call(&l->list[i]);
	memset(l, 0, sizeof(*l));
}

bool longest_calls__wants(const struct longest_calls *l, uint64_t duration_ns)
{
	return l->nr < VS_LONGEST_CALLS || duration_ns > l->list[l->nr - 1].call.duration_ns;
}

void longest_calls__add(struct longest_calls *l, const struct long_call *call)
{
	size_t at = l->nr;

	if (l->nr == VS_LONGEST_CALLS)
		free_call(&l->list[--at]);
	else
		l->nr++;
	for (; at && l->list[at - 1].call.duration_ns < call->call.duration_ns; at--)
		l->list[at] = l->list[at - 1];
	l->list[at] = *call;
}

void longest_calls__name_vmas(struct longest_calls *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		struct long_call *c = &l->list[i];
		char *name = c->row ? strdup(fault_row__name(c->row)) : NULL;

		/* without memory: the name that it had before */
		if (!name)
			continue;
		free(c->vma);
		c->vma = name;
	}
}

void longest_calls__forget(struct longest_calls *l,
			   bool (*goes)(const void *ctx, const struct fault_row *row),
			   const void *ctx)
{
	longest_calls__name_vmas(l);
	for (size_t i = 0; i < l->nr; i++)
		if (l->list[i].row && goes(ctx, l->list[i].row))
			l->list[i].row = NULL;
}
