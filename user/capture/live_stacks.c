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

int live_stacks__read(struct live *l, const struct vs_stack_ref *ref)
{
	if (ref->row < VS_STACK_FIRST || ref->row >= capture__nr_stacks(l->capture) ||
	    l->stacks.by_index[ref->row].stack ||
	    capture__stack(l->capture, ref->row)->generation != ref->generation)
		return 0;
	return read_row(l, ref->row);
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

/** take_back - @n rows; what they counted stays in the model. */
static void take_back(struct live *l, const uint32_t *rows, size_t n)
{
	capture__retire_stacks(l->capture, rows, n);
	/* records that name these rows are in the ring: they are handed on before */
	if (n)
		capture__consume(l->capture, UINT64_MAX);
	for (size_t i = 0; i < n; i++) {
		read_row(l, rows[i]);
		stacks__row_ended(&l->stacks, rows[i]);
		capture__give_back_stack(l->capture, rows[i]);
	}
}

/** is_gone - the process image of @row, or its VMA, is among those slots that are @gone. */
static bool is_gone(const struct live *l, const struct vs_stack_row *row, const bool *gone)
{
	return (row->key.proc < l->model.nr_slots && gone[row->key.proc]) ||
	       (row->key.vma && row->key.vma < l->model.nr_slots && gone[row->key.vma]);
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
		if (row->used && l->stacks.by_index[i].stack && is_gone(l, row, gone))
			rows[n++] = i;
	}
	take_back(l, rows, n);
	free(rows);
}

/** magnitude - of what row @index has counted, as a power of two. */
static unsigned int magnitude(const struct live *l, uint32_t index)
{
	const uint64_t faults = stack_faults(&capture__stack(l->capture, index)->counts);

	return faults ? 64 - (unsigned int)__builtin_clzll(faults) : 0;
}

/** small_enough - the least magnitude up to which at least half of the rows in use are. */
static unsigned int small_enough(const struct live *l, const uint32_t *rows, size_t n)
{
	size_t of[65] = { 0 }, sum = 0;
	unsigned int m = 0;

	for (size_t i = 0; i < n; i++)
		of[magnitude(l, rows[i])]++;
	for (; m < 64 && (sum += of[m]) < n / 2; m++)
		;
	return m;
}

void live_stacks__recycle(struct live *l)
{
	const uint32_t nr = capture__nr_stacks(l->capture);
	size_t n = 0, kept = 0;
	unsigned int most;
	uint32_t *rows;

	if (!live_stacks__low(l) || !capture__recycles_stacks(l->capture) ||
	    l->stacks.nr >= (size_t)CAPTURE_STACKS_SHARE * nr)
		return;
	rows = malloc(nr * sizeof(*rows));
	if (!rows || live_stacks__discover(l)) {
		free(rows);
		return;
	}
	for (uint32_t i = VS_STACK_FIRST; i < nr; i++)
		if (!read_row(l, i) && l->stacks.by_index[i].stack)
			rows[n++] = i;
	most = small_enough(l, rows, n);
	for (size_t i = 0; i < n; i++)
		if (magnitude(l, rows[i]) <= most)
			rows[kept++] = rows[i];
	take_back(l, rows, kept);
	free(rows);
}
