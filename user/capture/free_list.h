/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * free_list.h - numbers of slots, histograms or rows that are free: BPF takes them, and they are given
 * back here, each on its own counter of the ring (struct vs_slot_ring).
 */
#ifndef VMASCOPE_CAPTURE_FREE_LIST_H
#define VMASCOPE_CAPTURE_FREE_LIST_H

#include <stdint.h>

#include "events.h"

/**
 * struct free_list - one kind of them
 * @ring: shared with BPF; @list: the numbers, likewise: @size of them, a power of two
 * @seen: so many that were taken have been seen
 */
struct free_list {
	struct vs_slot_ring *ring;
	uint64_t *list;
	uint32_t size;
	uint64_t seen;
};

/** free_list__fill - before anything is taken: all numbers from @first on, below @l->size, are free. */
void free_list__fill(struct free_list *l, uint32_t first);

/** free_list__next - the next number that was taken since the last call. Return: 0: none. */
uint32_t free_list__next(struct free_list *l);

/** free_list__nr - numbers that are free. */
uint32_t free_list__nr(const struct free_list *l);

/** free_list__give_back - @number, of which nothing is left, may be taken again. */
void free_list__give_back(struct free_list *l, uint32_t number);

#endif /* VMASCOPE_CAPTURE_FREE_LIST_H */
