/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slots.bpf.h - slots: an index for each VMA and process image, with counters on each CPU.
 *
 * BPF takes slots from a ring of free ones; user/ reads the counters, and frees slots when
 * the VMA or the process is gone. Nothing blocks: if no slot is left, the overflow slot counts.
 */
#ifndef VMASCOPE_SLOTS_BPF_H
#define VMASCOPE_SLOTS_BPF_H

#include "emit.bpf.h"

/** Attempts to take a free slot, racing other CPUs, before the VMA counts as overflow. */
#define SLOT_TAKE_TRIES 16

static __always_inline struct vs_slot *slot_at(u32 slot)
{
	return bpf_map_lookup_elem(&slots, &slot);
}

/**
 * ring_take - take the position of a free entry in a ring's array of @nr (a power of two)
 *
 * Return: false if there is none, or if other CPUs won all attempts.
 */
static __always_inline bool ring_take(struct vs_slot_ring *ring, u32 nr, u32 *index)
{
	for (int i = 0; i < SLOT_TAKE_TRIES; i++) {
		u64 taken = *(volatile u64 *)&ring->taken;

		if (taken >= *(volatile u64 *)&ring->given)
			return false;
		if (__sync_val_compare_and_swap(&ring->taken, taken, taken + 1) != taken)
			continue;
		*index = taken & (nr - 1);
		return true;
	}
	return false;
}

/** take_spare - take a number that this CPU has kept. Return: the number, or 0. */
static __always_inline u64 take_spare(u32 kind)
{
	u64 *spare = bpf_map_lookup_elem(&spare_slot, &kind);

	return spare && *spare ? __sync_lock_test_and_set(spare, 0) : 0;
}

/** keep_spare - keep a number that was taken and not used, for the next use on this CPU. */
static __always_inline void keep_spare(u32 kind, u32 number)
{
	u64 *spare = bpf_map_lookup_elem(&spare_slot, &kind);

	if (spare)
		__sync_lock_test_and_set(spare, number);
}

/*
 * One slot in this many is not used for VMAs. These are for slots that count VMAs together when no
 * slots are left for each, first by process and name, then by process; and for processes, without
 * whose slots faults can't be attributed.
 */
#define KEPT_FROM_VMAS 4
#define KEPT_FROM_NAMES 16
#define KEPT_FOR_PROCESSES 32

/**
 * slot_take - a free slot
 * @keep: number of slots that have to remain free
 *
 * A global function: the verifier checks it once instead of at each call.
 * Return: its number, or VS_SLOT_OVERFLOW where none is left.
 */
__weak __noinline u32 slot_take(u32 keep)
{
	u32 kind = FREE_SLOTS, index;
	struct vs_slot_ring *ring = bpf_map_lookup_elem(&free_ring, &kind);
	u64 s, *slot;

	if (ring && ring->given - ring->taken >= keep) {
		s = take_spare(kind);
		if (s)
			return s;
		if (ring_take(ring, cfg.nr_slots, &index)) {
			slot = bpf_map_lookup_elem(&free_slots, &index);
			return slot ? *slot : VS_SLOT_OVERFLOW;
		}
	}
	return VS_SLOT_OVERFLOW;
}

/** slot_untake - return a slot that was taken and not used. */
static __always_inline void slot_untake(u32 slot)
{
	keep_spare(FREE_SLOTS, slot);
}

/** slot_publish - the slot's description is complete: user/ may read it. */
static __always_inline void slot_publish(struct vs_slot *s, enum vs_slot_kind kind)
{
	barrier();
	*(volatile u32 *)&s->kind = kind;
}

/** slot_counts - the counters of @slot on this CPU. */
static __always_inline struct vs_counts *slot_counts(u32 slot)
{
	u32 index = bpf_get_smp_processor_id() * cfg.nr_slots + slot;

	return bpf_map_lookup_elem(&counts, &index);
}

/**
 * slot_holds - @slot still has the generation @generation
 *
 * A fault can outlast its VMA: the slot may have been freed, and even be in use for another VMA.
 */
static __always_inline bool slot_holds(u32 slot, u32 generation)
{
	struct vs_slot *s = slot_at(slot);

	return s && s->generation == generation;
}

#endif /* VMASCOPE_SLOTS_BPF_H */
