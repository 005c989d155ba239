/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ranges.bpf.h - the ranges that memory calls changed or unmapped, to detect the faults that
 * follow.
 *
 * Each process image has a tree of nodes of 64 bits: a bit stands for a page at the lowest level,
 * and for a node of the next lower level at the others. A range takes a few nodes of each level,
 * whatever its length. Of the ranges that contain an address, at any level, the latest counts; a
 * mapping over older ranges ends all of them.
 *
 * A range exists from the begin of its call: a fault may end before the call does. Calls
 * that change mappings as a writer of the mmap lock have not taken effect while mm_lock_seq is
 * unchanged; a fault follows from another call only if it begins after the call did.
 */
#ifndef VMASCOPE_RANGES_BPF_H
#define VMASCOPE_RANGES_BPF_H

#include "call_rows.bpf.h"
#include "compat.bpf.h"

#define RANGE_PAGE_BITS 12
#define RANGE_BITS (1 << RANGE_BITS_SHIFT)
/**
 * Above the lowest level, a piece of a range takes at least this many bits of a node; a smaller
 * piece is stored in the nodes below. So a few slots are enough for all ranges, each with its own
 * time.
 */
#define RANGE_LEAST_BITS 16
/** Number of nodes of the highest level in 128 TiB, the default address space of a process. */
#define RANGE_TOP_NODES 32
/** Holder of a slot that marks memory mapped over older ranges. */
#define RANGE_OVER (~0ULL)

/** Number of nodes in map ranges: user/ sweeps the map when it is half full. */
__weak __u64 nr_range_nodes = 0;

static const struct range_node empty_node = {};

/** range_holder - holder for a call in @row; calls without a row are counted in row 0 */
static __always_inline u64 range_holder(u32 row, u32 generation)
{
	return row ? row | (u64)generation << 32 : 1ULL << 63;
}

static __always_inline u64 range_at(u64 number, u32 level)
{
	return number << RANGE_LEVEL_BITS | level;
}

/** range_number - of the node at @level that holds @page */
static __always_inline u64 range_number(u64 page, u32 level)
{
	return page >> (RANGE_BITS_SHIFT * (level + 1));
}

static __always_inline u64 range_bit(u64 page, u32 level)
{
	return 1ULL << (page >> (RANGE_BITS_SHIFT * level) & (RANGE_BITS - 1));
}

/** range_proc_of - the range state of a process image; NULL without a slot. */
static __always_inline struct range_proc *range_proc_of(u32 proc, u32 generation, bool create)
{
	struct range_proc *p = proc ? bpf_map_lookup_elem(&range_procs, &proc) : 0;

	if (!p || p->generation == generation)
		return p;
	if (!create)
		return 0;
	p->levels = 0;
	p->fork[0].time_ns = p->fork[1].time_ns = 0;
	p->generation = generation;
	return p;
}

/* --- ranges begin -------------------------------------------------------------------------- */

/*
 * Functions below that examine a slot, a node or a level are global: the verifier checks
 * each once, and not every path through six slots. Loops are unrolled: 6.1 accepts none whose
 * head is entered by falling through twice.
 */

/** range_above_slot - effect of a slot of a higher node on the current node, whose bit is @bit */
__weak __noinline int range_above_slot(struct range_slot *s, u64 bit, struct new_range *n)
{
	if (!s || !n || !(s->bits & bit))
		return 0;
	n->covered = 1;
	if (s->ends == RANGE_ALL && s->time_ns > n->all_ns)
		n->all_ns = s->time_ns;
	if (s->ends & RANGE_WRITE && s->time_ns > n->write_ns)
		n->write_ns = s->time_ns;
	return 0;
}

/** range_above - effect of the nodes above on the current node. */
__weak __noinline int range_above(struct new_range *n, u32 levels)
{
	struct range_key key = {};
	u64 page;

	if (!n)
		return 0;
	page = (n->key.at >> RANGE_LEVEL_BITS) << (RANGE_BITS_SHIFT * (n->level + 1));
	key.proc = n->key.proc;
	key.generation = n->key.generation;
#pragma unroll
	for (u32 level = 1; level < RANGE_LEVELS; level++) {
		struct range_node *node;

		if (level <= n->level || !(levels & (1u << level)))
			continue;
		key.at = range_at(range_number(page, level), level);
		node = bpf_map_lookup_elem(&ranges, &key);
		if (!node)
			continue;
#pragma unroll
		for (u32 i = 0; i < RANGE_SLOTS; i++)
			range_above_slot(&node->slot[i], range_bit(page, level), n);
	}
	return 0;
}

/** range_undo_slot - revert the effect of the failed call. */
__weak __noinline int range_undo_slot(struct range_slot *s, struct new_range *n)
{
	if (!s || !n)
		return 0;
	if (s->holder == n->slot.holder && s->time_ns == n->slot.time_ns)
		s->bits = s->before;
	else if (!(s->fits & ~n->slot.ends))
		__sync_fetch_and_or(&s->bits, s->before & n->slot.bits);
	return 0;
}

/** enum range_rank - preference for a slot of a node for a new range: the highest rank wins */
enum range_rank {
	RANK_OTHER = 1, /* of these, the oldest is reused */
	RANK_OVER,	/* the range has ended */
	RANK_FREE,
	RANK_SAME, /* same row, and no lower level that may be more recent: it is extended */
};

#define RANK_SHIFT 56

/**
 * range_rank - end the parts of an older range that the new range ends
 *
 * Return: enum range_rank << RANK_SHIFT, with its age in the low bits.
 */
__weak __noinline u64 range_rank(struct range_slot *s, struct new_range *n)
{
	u64 rank = RANK_OTHER;

	if (!s || !n)
		return 0;
	if (s->time_ns < n->all_ns ||
	    (!(s->fits & ~(RANGE_WRITE | RANGE_FORBIDDEN)) && s->time_ns < n->write_ns))
		s->bits = 0;
	if (!n->level && s->holder == n->slot.holder && s->fits == n->slot.fits &&
	    s->ends == n->slot.ends)
		return (u64)RANK_SAME << RANK_SHIFT;
	if (s->bits && !(s->fits & ~n->slot.ends))
		s->before = __sync_fetch_and_and(&s->bits, ~n->slot.bits);
	if (!s->holder)
		rank = RANK_FREE;
	else if (!s->bits)
		rank = RANK_OVER;
	return rank << RANK_SHIFT | (~s->time_ns << 8 >> 8);
}

/** range_fill - store the new range in a slot, whether free or not. */
__weak __noinline int range_fill(struct range_slot *s, struct new_range *n)
{
	u64 holder;

	if (!s || !n)
		return 0;
	holder = s->holder;
	/* the oldest range is dropped, or another CPU took the slot */
	if ((s->bits && s->fits) ||
	    __sync_val_compare_and_swap(&s->holder, holder, n->slot.holder) != holder)
		count_lost(VS_LOST_RANGES);
	if (s->holder != n->slot.holder)
		return 0;
	s->bits = 0;
	s->before = 0;
	s->time_ns = n->slot.time_ns;
	s->seq = n->slot.seq;
	s->fits = n->slot.fits;
	s->ends = n->slot.ends;
	s->writes = n->slot.writes;
	__sync_fetch_and_or(&s->bits, n->slot.bits);
	return 0;
}

/** range_put - store the new range in the current node. */
__weak __noinline int range_put(struct new_range *n)
{
	struct range_key key = {};
	struct range_node *node;
	struct range_slot *s;
	struct range_proc *p;
	u64 best = 0;
	u32 place = 0, levels;
	bool idle;

	if (!n)
		return 0;
	key = n->key;
	node = bpf_map_lookup_elem(&ranges, &key);
	if (n->undo) {
		if (!node)
			return 0;
#pragma unroll
		for (u32 i = 0; i < RANGE_SLOTS; i++)
			range_undo_slot(&node->slot[i], n);
		return 0;
	}
	p = range_proc_of(key.proc, key.generation, true);
	if (!p)
		return 0;
	levels = p->levels;
	n->covered = 0;
	n->all_ns = n->write_ns = 0;
	if (levels >> (n->level + 1))
		range_above(n, levels);
	/* a mapping has to be stored only where a node above has an older range */
	idle = !n->slot.fits && !n->covered && !(levels & ((1u << n->level) - 1));
	if (!node) {
		if (idle)
			return 0;
		if (!bpf_map_update_elem(&ranges, &key, &empty_node, BPF_NOEXIST))
			__sync_fetch_and_add(&nr_range_nodes, 1);
		__sync_fetch_and_or(&p->levels, 1u << n->level);
		node = bpf_map_lookup_elem(&ranges, &key);
	}
	if (!node) {
		count_lost(VS_LOST_RANGES);
		return 0;
	}
#pragma unroll
	for (u32 i = 0; i < RANGE_SLOTS; i++) {
		u64 rank = range_rank(&node->slot[i], n);

		if (rank > best) {
			best = rank;
			place = i;
		}
	}
	if (place >= RANGE_SLOTS)
		return 0;
	s = &node->slot[place];
	if (best >> RANK_SHIFT != RANK_SAME)
		return idle ? 0 : range_fill(s, n);
	s->before = s->bits;
	s->seq = n->slot.seq;
	s->time_ns = n->slot.time_ns;
	__sync_fetch_and_or(&s->bits, n->slot.bits);
	return 0;
}

static __always_inline void range_put_at(struct new_range *n, u64 number, u64 bits)
{
	n->key.at = range_at(number, n->level);
	n->slot.bits = bits;
	range_put(n);
}

/**
 * range_piece - store a piece of the new range, all within one node of @n->level
 * @first: page, or node of the level below; @nr: number of these
 */
__weak __noinline int range_piece(struct new_range *n, u64 first, u64 nr)
{
	if (!n || nr > RANGE_BITS || !nr)
		return 0;
	if (!n->level || nr >= RANGE_LEAST_BITS) {
		range_put_at(n, first >> RANGE_BITS_SHIFT,
			     ~0ULL >> (RANGE_BITS - nr) << (first & (RANGE_BITS - 1)));
		return 0;
	}
	n->level--;
#pragma unroll
	for (u32 i = 0; i < RANGE_LEAST_BITS - 1; i++)
		if (i < nr)
			range_put_at(n, first + i, ~0ULL);
	n->level++;
	return 0;
}

/** ranges_put - store [@n->start, @n->end) in its nodes. */
static __always_inline void ranges_put(struct new_range *n)
{
	u64 first = n->start >> RANGE_PAGE_BITS, last = (n->end - 1) >> RANGE_PAGE_BITS;

#pragma unroll
	for (u32 level = 0; level < RANGE_LEVELS; level++) {
		u64 from = first >> RANGE_BITS_SHIFT, to = last >> RANGE_BITS_SHIFT;

		n->level = level;
		if (from == to) {
			range_piece(n, first, last - first + 1);
			return;
		}
		if (first & (RANGE_BITS - 1))
			range_piece(n, first, (++from << RANGE_BITS_SHIFT) - first);
		if (~last & (RANGE_BITS - 1)) {
			range_piece(n, to << RANGE_BITS_SHIFT, (last & (RANGE_BITS - 1)) + 1);
			to--;
		}
		if (from > to)
			return;
		first = from;
		last = to;
	}
#pragma unroll
	for (u32 i = 0; i < RANGE_TOP_NODES; i++)
		if (first + i <= last)
			range_put_at(n, first + i, ~0ULL);
}

/**
 * struct range_cause - the call that begins ranges
 * @proc: slot of their process image, @generation: of that slot
 * @row: of the call, @row_generation: of that row
 * @begin_ns: when the call began; @seq: sequence of the mm at that time
 * @fits, @ends, @writes: as in struct range_slot; @undo: the call has failed
 */
struct range_cause {
	u32 proc;
	u32 generation;
	u32 row;
	u32 row_generation;
	u64 begin_ns;
	u32 seq;
	u8 fits;
	u8 ends;
	u8 writes;
	u8 undo;
};

/**
 * ranges_add - a call changed or unmapped [@start, @end), or mapped something there
 * @n: working memory, part of the task's state
 */
__weak __noinline int ranges_add(u64 start, u64 end, struct range_cause *cause, struct new_range *n)
{
	struct range_proc *p;

	if (!cause || !n || start >= end)
		return 0;
	p = range_proc_of(cause->proc, cause->generation, true);
	if (!p || (!p->levels && !cause->fits)) {
		if (cause->fits)
			count_lost(VS_LOST_RANGES);
		return 0;
	}
	n->key.proc = cause->proc;
	n->key.generation = cause->generation;
	n->slot.holder = cause->fits ? range_holder(cause->row, cause->row_generation) : RANGE_OVER;
	n->slot.time_ns = cause->begin_ns;
	n->slot.seq = cause->seq;
	n->slot.fits = cause->fits;
	n->slot.ends = cause->ends;
	n->slot.writes = cause->writes;
	n->undo = cause->undo;
	n->start = start;
	n->end = end;
	ranges_put(n);
	return 0;
}

/** range_fork_begin - the process of @cause forks: all of its private pages become read-only. */
static __always_inline void range_fork_begin(const struct range_cause *cause)
{
	struct range_proc *p = range_proc_of(cause->proc, cause->generation, true);

	if (!p)
		return;
	p->fork[1] = p->fork[0];
	p->fork[0].row = cause->row;
	p->fork[0].row_generation = cause->row_generation;
	p->fork[0].seq = cause->seq;
	p->fork[0].inherited = 0;
	p->fork[0].time_ns = cause->begin_ns;
}

/** range_fork_inherit - a new process has its slot: the fork that created it applies to it, too. */
static __always_inline void range_fork_inherit(struct task_state *t)
{
	struct range_proc *p = range_proc_of(t->proc, t->proc_generation, true);

	if (p && !p->fork[0].time_ns)
		p->fork[0] = t->fork;
	t->fork.time_ns = 0;
}

/** range_fork_undo - the fork has failed. */
static __always_inline void range_fork_undo(u32 proc, u32 generation, u64 begin_ns)
{
	struct range_proc *p = range_proc_of(proc, generation, false);

	if (p && p->fork[0].time_ns == begin_ns)
		p->fork[0] = p->fork[1];
}

/** refaults_unplaced - count @n faults without an address: they may follow from a range, or not. */
static __always_inline void refaults_unplaced(struct task_state *t, u64 n)
{
	struct range_proc *p = range_proc_of(t->proc, t->proc_generation, false);
	struct vs_stats *s = p && p->levels ? this_stats() : 0;

	if (s)
		stats_add_anywhere(&s->lost[VS_LOST_REFAULTS], n);
}

#endif /* VMASCOPE_RANGES_BPF_H */
