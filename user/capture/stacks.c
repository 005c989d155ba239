// SPDX-License-Identifier: GPL-2.0-only
/* stacks.c - the table of stacks: its size, its rows, and rows taken back. */
#include <string.h>

#include <bpf/libbpf.h>

#include "capture/internal.h"
#include "capture/map_call.h"
#include "util/array.h"
#include "vmascope.skel.h"

int stacks__size_maps(struct capture *c)
{
	const struct {
		struct bpf_map *map;
		uint32_t entries;
	} sizes[] = {
		{ c->skel->maps.stack_rows, c->nr_stacks },
		{ c->skel->maps.stack_index, c->nr_stacks },
		{ c->skel->maps.free_stacks, c->nr_stacks },
	};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sizes) && !err; i++)
		err = bpf_map__set_max_entries(sizes[i].map, sizes[i].entries);
	return err;
}

void stacks__fill_ring(struct capture *c)
{
	for (uint32_t i = VS_STACK_FIRST; i < c->nr_stacks; i++)
		c->free_stacks[i - VS_STACK_FIRST] = i;
	if (c->nr_stacks > VS_STACK_FIRST)
		c->free_ring[FREE_STACKS].given = c->nr_stacks - VS_STACK_FIRST;
}

uint32_t capture__nr_stacks(const struct capture *c)
{
	return c->nr_stacks;
}

const struct vs_stack_row *capture__stack(const struct capture *c, uint32_t index)
{
	return &c->stack_rows[index];
}

uint32_t capture__next_stack(struct capture *c)
{
	const struct vs_slot_ring *ring = &c->free_ring[FREE_STACKS];

	if (c->seen_stacks >= __atomic_load_n(&ring->taken, __ATOMIC_ACQUIRE))
		return 0;
	return c->free_stacks[c->seen_stacks++ & (c->nr_stacks - 1)];
}

uint32_t capture__free_stacks(const struct capture *c)
{
	const struct vs_slot_ring *ring = &c->free_ring[FREE_STACKS];

	return ring->given - __atomic_load_n(&ring->taken, __ATOMIC_ACQUIRE);
}

bool capture__recycles_stacks(const struct capture *c)
{
	return !c->skel->rodata->cfg.call_stacks;
}

void capture__retire_stacks(struct capture *c, const uint32_t *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct vs_stack_row *r = &c->stack_rows[rows[i]];

		map_call__delete(c->skel->maps.stack_index, &r->key, sizeof(r->key));
		__atomic_add_fetch(&r->generation, 1, __ATOMIC_SEQ_CST);
	}
	if (nr)
		slots__grace();
}

void capture__give_back_stack(struct capture *c, uint32_t index)
{
	struct vs_slot_ring *ring = &c->free_ring[FREE_STACKS];
	struct vs_stack_row *r = &c->stack_rows[index];

	/* Whoever found the row as it was taken back may have it as of the last generation. */
	__atomic_add_fetch(&r->generation, 1, __ATOMIC_SEQ_CST);
	r->used = 0;
	memset(&r->counts, 0, sizeof(r->counts));
	c->free_stacks[ring->given & (c->nr_stacks - 1)] = index;
	__atomic_store_n(&ring->given, ring->given + 1, __ATOMIC_RELEASE);
}
