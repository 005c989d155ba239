// SPDX-License-Identifier: GPL-2.0-only
/* free_list.c - see free_list.h */
#include "capture/free_list.h"

void free_list__fill(struct free_list *l, uint32_t first)
{
	for (uint32_t i = first; i < l->size; i++)
		l->list[i - first] = i;
	if (l->size > first)
		l->ring->given = l->size - first;
}

static uint64_t taken(const struct free_list *l)
{
	return __atomic_load_n(&l->ring->taken, __ATOMIC_ACQUIRE);
}

uint32_t free_list__next(struct free_list *l)
{
	return l->seen < taken(l) ? l->list[l->seen++ & (l->size - 1)] : 0;
}

uint32_t free_list__nr(const struct free_list *l)
{
	return l->ring->given - taken(l);
}

void free_list__give_back(struct free_list *l, uint32_t number)
{
	l->list[l->ring->given & (l->size - 1)] = number;
	__atomic_store_n(&l->ring->given, l->ring->given + 1, __ATOMIC_RELEASE);
}
