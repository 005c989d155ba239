/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ranges.bpf.h - the ranges that memory calls changed or took away, to know the faults that follow.
 *
 * A range of up to RANGE_PLACES pages is remembered at each of them, a larger one at each 2 MiB, a
 * still larger one for the whole mm; a fault looks in these three places, and the latest range
 * that holds its address is what it follows.
 */
#ifndef VMASCOPE_RANGES_BPF_H
#define VMASCOPE_RANGES_BPF_H

#include "call_rows.bpf.h"

/** Places that one range takes at most. */
#define RANGE_PLACES 16
#define RANGE_PAGE_BITS 12
#define RANGE_REGION_BITS 21
/* Tags in the low bits of range_key.at: addresses there are multiples of a page. */
#define RANGE_PAGE 1ULL
#define RANGE_REGION 2ULL
#define RANGE_MM 3ULL

/** struct new_range - a range on its way into its places */
struct new_range {
	struct range_key key;
	u64 step;
	struct call_range range;
	struct call_ranges fresh;
};

static __always_inline u64 range_place(u64 address, u32 bits, u64 tag)
{
	return (address >> bits << bits) | tag;
}

/** range_put - remember a range at one place. */
static __noinline int range_put(struct new_range *n)
{
	struct call_ranges *old = bpf_map_lookup_elem(&ranges, &n->key);
	u64 at;

	if (old) {
		at = __sync_fetch_and_add(&old->next, 1) & (RANGES_KEPT - 1);
		old->range[at] = n->range;
		return 0;
	}
	n->fresh.next = 1;
	n->fresh.range[0] = n->range;
	if (bpf_map_update_elem(&ranges, &n->key, &n->fresh, BPF_ANY))
		count_lost(VS_LOST_RANGES);
	return 0;
}

static long range_put_next(u64 i, struct new_range *n)
{
	(void)i;
	range_put(n);
	n->key.at += n->step;
	return 0;
}

/** ranges_add - a call of row @row changed [@start, @end) of @mm, or took it away. */
__weak __noinline int ranges_add(u64 mm, u64 start, u64 end, u32 row, u32 generation)
{
	struct new_range n = { .key.mm = mm };
	u64 places;

	n.range.start = start;
	n.range.end = end;
	n.range.time_ns = bpf_ktime_get_ns();
	n.range.row = row;
	n.range.row_generation = generation;
	if (start >= end)
		return 0;
	n.key.at = range_place(start, RANGE_PAGE_BITS, RANGE_PAGE);
	n.step = 1ULL << RANGE_PAGE_BITS;
	places = ((end - 1) >> RANGE_PAGE_BITS) - (start >> RANGE_PAGE_BITS) + 1;
	if (places > RANGE_PLACES) {
		n.key.at = range_place(start, RANGE_REGION_BITS, RANGE_REGION);
		n.step = 1ULL << RANGE_REGION_BITS;
		places = ((end - 1) >> RANGE_REGION_BITS) - (start >> RANGE_REGION_BITS) + 1;
	}
	if (places > RANGE_PLACES) {
		n.key.at = RANGE_MM;
		places = 1;
	}
	if (places == 1)
		range_put(&n);
	else
		bpf_loop(places, range_put_next, &n, 0);
	return 0;
}

/** Tag of refault_count()'s @proc: the fault copied a page. */
#define REFAULT_COW (1ULL << 32)

/** struct followed - the latest range that holds an address, of those before @before_ns */
struct followed {
	u64 before_ns;
	u64 time_ns;
	u32 row;
	u32 row_generation;
};

static __always_inline void range_look(struct range_key *key, u64 address, u64 proc,
				       struct followed *best)
{
	struct call_ranges *r = bpf_map_lookup_elem(&ranges, key);

	if (!r)
		return;
#pragma unroll
	for (int i = 0; i < RANGES_KEPT; i++) {
		struct call_range *range = &r->range[i];
		struct vs_call_row *row;

		if (address < range->start || address >= range->end ||
		    range->time_ns <= best->time_ns || range->time_ns > best->before_ns)
			continue;
		row = call_row_at(range->row);
		/* an mm's address is used again, and so is a row; a fork is followed by copies */
		if (!row || row->generation != range->row_generation ||
		    row->key.proc != (u32)proc ||
		    (row->key.call == VS_CALL_FORK && !(proc & REFAULT_COW)))
			continue;
		best->time_ns = range->time_ns;
		best->row = range->row;
		best->row_generation = range->row_generation;
	}
}

/**
 * refault_count - a fault has ended: which call does it follow?
 * @proc: slot of its process, with REFAULT_COW
 * @begin_ns: when it began, 0: not known; a call after that is not what it follows
 */
__weak __noinline int refault_count(u64 mm, u64 address, u64 proc, u64 begin_ns, u64 duration_ns)
{
	struct range_key key = { .mm = mm };
	struct followed best = { .before_ns = begin_ns ? begin_ns : ~0ULL };
	struct vs_call_row *row;

	key.at = range_place(address, RANGE_PAGE_BITS, RANGE_PAGE);
	range_look(&key, address, proc, &best);
	key.at = range_place(address, RANGE_REGION_BITS, RANGE_REGION);
	range_look(&key, address, proc, &best);
	key.at = RANGE_MM;
	range_look(&key, address, proc, &best);
	if (!best.time_ns)
		return 0;
	row = call_row_get(best.row, best.row_generation);
	if (!row)
		return 0;
	row_add(&row->counts.refaults, 1);
	row_add(&row->counts.refault_ns, duration_ns);
	return 0;
}

#endif /* VMASCOPE_RANGES_BPF_H */
