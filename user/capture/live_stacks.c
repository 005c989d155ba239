// SPDX-License-Identifier: GPL-2.0-only
/* live_stacks.c - from the rows of stacks to the model, and rows back again. */
#include "capture/live_stacks.h"

#include <errno.h>
#include <stdlib.h>

/** Rows are taken back when less than 1/LOW_SHARE of them are free. */
#define LOW_SHARE 2

/** read_row - take over row @index. Return: 0; -EAGAIN: it is not whole yet; -ENOMEM. */
static int read_row(struct live *l, uint32_t index)
{
	const struct vs_stack_row *row = capture__stack(l->capture, index);

	if (!__atomic_load_n(&row->used, __ATOMIC_ACQUIRE))
		return -EAGAIN;
	/* its image's slot was taken before it was, maybe since slots were learnt of last */
	if (!l->stacks.by_index[index].stack && live__discover_slots(l))
		return -ENOMEM;
	if (!stacks__row(&l->stacks, &l->model, index, row))
		return -ENOMEM;
	stacks__update(&l->stacks, index, row);
	return 0;
}

/* A row that is not whole yet is met again in live_stacks__refresh(). */
int live_stacks__discover(struct live *l)
{
	uint32_t index;

	while ((index = capture__next_stack(l->capture)))
		if (read_row(l, index) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

int live_stacks__refresh(struct live *l)
{
	const uint32_t nr = capture__nr_stacks(l->capture);

	if (nr <= VS_STACK_FIRST)
		return 0;
	for (uint32_t i = VS_STACK_FIRST; i < nr; i++)
		if (read_row(l, i) == -ENOMEM)
			return -ENOMEM;
	l->stacks.overflow = capture__stack(l->capture, VS_STACK_OVERFLOW)->counts;
	stack_counts_add(&l->stacks.overflow, &l->stacks.unknown);
	l->stacks.none = capture__stack(l->capture, VS_STACK_NONE)->counts;
	return 0;
}

bool live_stacks__low(const struct live *l)
{
	return capture__free_stacks(l->capture) < capture__nr_stacks(l->capture) / LOW_SHARE;
}

void live_stacks__retire(struct live *l, const bool *gone)
{
	const uint32_t nr = capture__nr_stacks(l->capture);
	uint32_t *rows = malloc(nr * sizeof(*rows));
	size_t n = 0;

	for (uint32_t i = VS_STACK_FIRST; rows && i < nr; i++) {
		const struct vs_stack_row *row = capture__stack(l->capture, i);

		/* one that was kept in reserve is in no ring */
		if (row->used && !l->stacks.by_index[i].stack)
			read_row(l, i);
		if (row->used && l->stacks.by_index[i].stack && row->key.proc < l->model.nr_slots &&
		    gone[row->key.proc])
			rows[n++] = i;
	}
	capture__retire_stacks(l->capture, rows, n);
	/* records that name these rows are in the ring: they are handed on before */
	if (n)
		capture__consume(l->capture, UINT64_MAX);
	for (size_t i = 0; i < n; i++) {
		read_row(l, rows[i]);
		stacks__row_ended(&l->stacks, rows[i]);
		capture__give_back_stack(l->capture, rows[i]);
	}
	free(rows);
}
