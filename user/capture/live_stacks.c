// SPDX-License-Identifier: GPL-2.0-only
/* live_stacks.c - update the model from the rows of stacks, and reclaim rows. */
#include "capture/live_stacks.h"

#include <errno.h>
#include <stdlib.h>

/** Rows are reclaimed when less than 1/LOW_SHARE of them are free. */
#define LOW_SHARE 2

/** read_row - read row @index. Return: 0; -EAGAIN: it is not complete yet; -ENOMEM. */
static int read_row(struct live *l, uint32_t index)
{
	const struct vs_stack_row *row = capture__stack(l->capture, index);

	if (!__atomic_load_n(&row->used, __ATOMIC_ACQUIRE))
		return -EAGAIN;
	/* the slot of its image was taken earlier, but maybe after slots were last read */
	if (!l->run.stacks.by_index[index].stack && live__discover_slots(l))
		return -ENOMEM;
	if (!stacks__row(&l->run.stacks, &l->run.model, index, row))
		return -ENOMEM;
	stacks__update(&l->run.stacks, index, row);
	return 0;
}

int live_stacks__read(struct live *l, const struct vs_stack_ref *ref)
{
	if (ref->row < VS_STACK_FIRST || ref->row >= capture__nr(l->capture, FREE_STACKS) ||
	    l->run.stacks.by_index[ref->row].stack ||
	    capture__stack(l->capture, ref->row)->generation != ref->generation)
		return 0;
	return read_row(l, ref->row);
}

/* A row that is not complete yet is read again in live_stacks__refresh(). */
int live_stacks__discover(struct live *l)
{
	uint32_t index;

	while ((index = capture__next_taken(l->capture, FREE_STACKS)))
		if (read_row(l, index) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

int live_stacks__refresh(struct live *l)
{
	const uint32_t nr = capture__nr(l->capture, FREE_STACKS);

	if (nr <= VS_STACK_FIRST)
		return 0;
	for (uint32_t i = VS_STACK_FIRST; i < nr; i++)
		if (read_row(l, i) == -ENOMEM)
			return -ENOMEM;
	l->run.stacks.overflow = capture__stack(l->capture, VS_STACK_OVERFLOW)->counts;
	stack_counts_add(&l->run.stacks.overflow, &l->run.stacks.unknown);
	l->run.stacks.none = capture__stack(l->capture, VS_STACK_NONE)->counts;
	return 0;
}

bool live_stacks__low(const struct live *l)
{
	return capture__nr_free(l->capture, FREE_STACKS) <
	       capture__nr(l->capture, FREE_STACKS) / LOW_SHARE;
}

/** take_back - reclaim @n rows; their counts stay in the model. */
static void take_back(struct live *l, const uint32_t *rows, size_t n)
{
	capture__retire_stacks(l->capture, rows, n);
	/* the ring has records that refer to these rows: they are handled first */
	if (n)
		capture__consume(l->capture, UINT64_MAX);
	for (size_t i = 0; i < n; i++) {
		read_row(l, rows[i]);
		stacks__row_ended(&l->run.stacks, rows[i]);
		capture__give_back_stack(l->capture, rows[i]);
	}
}

/** is_gone - the process image of @row, or its VMA, is among the slots that are @gone. */
static bool is_gone(const struct live *l, const struct vs_stack_row *row, const bool *gone)
{
	return (row->key.proc < l->run.model.nr_slots && gone[row->key.proc]) ||
	       (row->key.vma && row->key.vma < l->run.model.nr_slots && gone[row->key.vma]);
}

void live_stacks__retire(struct live *l, const bool *gone)
{
	const uint32_t nr = capture__nr(l->capture, FREE_STACKS);
	uint32_t *rows = malloc(nr * sizeof(*rows));
	size_t n = 0;

	for (uint32_t i = VS_STACK_FIRST; rows && i < nr; i++) {
		const struct vs_stack_row *row = capture__stack(l->capture, i);

		/* a row that a CPU kept as a spare is not in the ring of taken rows */
		if (row->used && !l->run.stacks.by_index[i].stack)
			read_row(l, i);
		if (row->used && l->run.stacks.by_index[i].stack && is_gone(l, row, gone))
			rows[n++] = i;
	}
	take_back(l, rows, n);
	free(rows);
}

/** magnitude - magnitude of the counts of row @index, as a power of two. */
static unsigned int magnitude(const struct live *l, uint32_t index)
{
	const uint64_t faults = stack_faults(&capture__stack(l->capture, index)->counts);

	return faults ? 64 - (unsigned int)__builtin_clzll(faults) : 0;
}

/** small_enough - the least magnitude that at least half of the rows in use do not exceed. */
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
	const uint32_t nr = capture__nr(l->capture, FREE_STACKS);
	size_t n = 0, kept = 0;
	unsigned int most;
	uint32_t *rows;

	if (!live_stacks__low(l) || !capture__recycles_stacks(l->capture) ||
	    l->run.stacks.nr >= (size_t)CAPTURE_STACKS_SHARE * nr)
		return;
	rows = malloc(nr * sizeof(*rows));
	if (!rows || live_stacks__discover(l)) {
		free(rows);
		return;
	}
	for (uint32_t i = VS_STACK_FIRST; i < nr; i++)
		if (!read_row(l, i) && l->run.stacks.by_index[i].stack)
			rows[n++] = i;
	most = small_enough(l, rows, n);
	for (size_t i = 0; i < n; i++)
		if (magnitude(l, rows[i]) <= most)
			rows[kept++] = rows[i];
	take_back(l, rows, kept);
	free(rows);
}
