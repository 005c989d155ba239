/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * free_list.h - free lists of slots, histograms or rows: BPF takes numbers, and they are given
 * back here; each side has its own counter in the ring (struct vs_slot_ring).
 */
#ifndef VMASCOPE_CAPTURE_FREE_LIST_H
#define VMASCOPE_CAPTURE_FREE_LIST_H

#include <stdint.h>

#include "events.h"

/**
 * struct free_list - a free list
 * @ring: shared with BPF; @list: the numbers, also shared: @size of them, a power of two
 * @seen: how many taken numbers have been seen
 */
struct free_list {
	struct vs_slot_ring *ring;
	uint64_t *list;
	uint32_t size;
	uint64_t seen;
};

/** free_list__fill - initialize: all numbers from @first up to @l->size are free. */
void free_list__fill(struct free_list *l, uint32_t first);

/** free_list__next - the next number taken since the last call. Return: 0 if there is none. */
uint32_t free_list__next(struct free_list *l);

/** free_list__nr - how many numbers are free. */
uint32_t free_list__nr(const struct free_list *l);

/** free_list__give_back - free @number, which is not in use any more. */
void free_list__give_back(struct free_list *l, uint32_t number);

#endif /* VMASCOPE_CAPTURE_FREE_LIST_H */
