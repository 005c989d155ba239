/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_rows.bpf.h - the table of calls: one row for each process and call, found by key, updated
 * from any CPU, and reclaimed by user/ when the process has exited.
 */
#ifndef VMASCOPE_CALL_ROWS_BPF_H
#define VMASCOPE_CALL_ROWS_BPF_H

#include "hist.bpf.h"
#include "kread.bpf.h"
#include "slots.bpf.h"

/** Row 0 counts calls for which no row was available. */
#define CALL_ROW_NONE 0

static __always_inline struct vs_call_row *call_row_at(u32 row)
{
	return bpf_map_lookup_elem(&call_rows, &row);
}

/** call_row_get - row @row if its generation is still @generation; else row 0. */
static __always_inline struct vs_call_row *call_row_get(u32 row, u32 generation)
{
	struct vs_call_row *r = call_row_at(row);

	return r && r->generation == generation ? r : call_row_at(CALL_ROW_NONE);
}

/** row_add - add to a counter of a row; all CPUs may do so concurrently. */
static __always_inline void row_add(u64 *counter, u64 n)
{
	if (n)
		__sync_fetch_and_add(counter, n);
}

/** row_max - raise a maximum of a row; if two CPUs do so concurrently, one update may be lost. */
static __always_inline void row_max(u64 *max, u64 v)
{
	if (v > *max)
		*max = v;
}

/** call_time - add @ns to a histogram of this class of calls. */
static __always_inline void call_time(u32 call, u32 detail, enum vs_call_time time, u64 ns)
{
	u32 index = vs_call_class(call, detail) * VS_NR_CALL_TIMES + time;

	hist_put(bpf_map_lookup_elem(&call_hists, &index), hist_bucket(ns),
		 (struct weighted_ns){ ns, 1 });
}

/** this_shootdowns - this CPU's totals. */
static __always_inline struct vs_shootdowns *this_shootdowns(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&shootdowns, &zero);
}

/** One row in this many is reserved for rows that are distinguished by process and call alone. */
#define CALL_ROW_RESERVE 8

/** is_coarse - @key distinguishes calls by process, call and detail alone. */
static __always_inline bool is_coarse(const struct vs_call_key *key)
{
	return !key->vma && !key->site && !key->tid && !key->stack.row;
}

/** call_row_take - a free row for @key. Return: its number, or CALL_ROW_NONE. */
static __always_inline u32 call_row_take(const struct vs_call_key *key)
{
	u32 kind = FREE_CALL_ROWS, index;
	struct vs_slot_ring *ring = bpf_map_lookup_elem(&free_ring, &kind);
	u64 row, *free;

	if (!ring)
		return CALL_ROW_NONE;
	if (!is_coarse(key) && ring->given - ring->taken <= cfg.nr_call_rows / CALL_ROW_RESERVE)
		return CALL_ROW_NONE;
	row = take_spare(kind);
	if (row)
		return row;
	if (!ring_take(ring, cfg.nr_call_rows, &index))
		return CALL_ROW_NONE;
	free = bpf_map_lookup_elem(&free_call_rows, &index);
	return free ? *free : CALL_ROW_NONE;
}

/** call_row_new - add a row for @key, for the current task. */
static __always_inline u32 call_row_new(const struct vs_call_key *key)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 row = call_row_take(key), *other;
	struct vs_call_row *r = call_row_at(row);

	if (!row || !r)
		return CALL_ROW_NONE;
	r->key = *key;
	r->pid = task->tgid;
	r->map_count = 0;
	r->start = ~0ULL;
	r->end = 0;
	bpf_probe_read_kernel(r->comm, sizeof(r->comm), task_pointer(task, group_leader)->comm);
	if (!bpf_map_update_elem(&call_index, key, &row, BPF_NOEXIST)) {
		barrier();
		*(volatile u32 *)&r->used = 1;
		return row;
	}
	/* another CPU added it first */
	keep_spare(FREE_CALL_ROWS, row);
	other = bpf_map_lookup_elem(&call_index, key);
	return other ? *other : CALL_ROW_NONE;
}

/**
 * call_row_make - slow path of call_row_find(): @key has no row yet
 * @wanted: the key; made coarse if the table is full
 *
 * A global function: the verifier checks it once instead of at each call.
 */
__weak __noinline u32 call_row_make(struct vs_call_key *wanted)
{
	struct vs_call_key key;
	u32 *found, row;

	if (!wanted)
		return CALL_ROW_NONE;
	key = *wanted; /* Linux 6.1 does not accept memory of an argument as a map key */
	row = call_row_new(&key);
	if (row)
		return row;
	count_lost(VS_LOST_CALLS);
	key.vma = key.vma_generation = key.tid = 0;
	key.site = 0;
	key.stack = (struct vs_stack_ref){};
	*wanted = key;
	found = bpf_map_lookup_elem(&call_index, &key);
	return found ? *found : call_row_new(&key);
}

/**
 * call_row_find - the row of @key; if the table is full, the row of its process and call alone
 * @key: made coarse if the table is full
 * @generation: set
 *
 * Return: the row's number, or CALL_ROW_NONE if there is no such row either.
 */
static __noinline u32 call_row_find(struct vs_call_key *key, u32 *generation)
{
	struct vs_call_row *r;
	u32 *found, row;

	*generation = 0;
	/* only records were requested, no table */
	if (cfg.nr_call_rows == 1)
		return CALL_ROW_NONE;
	found = bpf_map_lookup_elem(&call_index, key);
	row = found ? *found : call_row_make(key);
	r = call_row_at(row);
	if (r)
		*generation = r->generation;
	return row;
}

#endif /* VMASCOPE_CALL_ROWS_BPF_H */
