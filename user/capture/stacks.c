// SPDX-License-Identifier: GPL-2.0-only
/* stacks.c - the table of stacks: its size, its rows, and reclaimed rows. */
#include <string.h>

#include <bpf/libbpf.h>

#include "capture/internal.h"
#include "util/array.h"
#include "vmascope.skel.h"

int stacks__size_maps(struct capture *c)
{
	const struct map_size sizes[] = {
		{ c->skel->maps.stack_rows, c->nr_stacks },
		{ c->skel->maps.stack_index, c->nr_stacks },
		{ c->skel->maps.free_stacks, c->nr_stacks },
	};

	return map_sizes__set(sizes, ARRAY_SIZE(sizes));
}

const struct vs_stack_row *capture__stack(const struct capture *c, uint32_t index)
{
	return &c->stack_rows[index];
}

bool capture__recycles_stacks(const struct capture *c)
{
	return !c->skel->rodata->cfg.call_stacks;
}

void capture__retire_stacks(struct capture *c, const uint32_t *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct vs_stack_row *r = &c->stack_rows[rows[i]];

		c->kernel->remove(c->skel->maps.stack_index, &r->key, sizeof(r->key));
		__atomic_add_fetch(&r->generation, 1, __ATOMIC_SEQ_CST);
	}
	if (nr)
		c->kernel->grace();
}

void capture__give_back_stack(struct capture *c, uint32_t index)
{
	struct vs_stack_row *r = &c->stack_rows[index];

	/* A CPU that found the row while it was reclaimed may still use its last generation. */
	__atomic_add_fetch(&r->generation, 1, __ATOMIC_SEQ_CST);
	r->used = 0;
	memset(&r->counts, 0, sizeof(r->counts));
	free_list__give_back(&c->free[FREE_STACKS], index);
}
