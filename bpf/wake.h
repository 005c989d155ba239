/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wake.h - the part of the contract (events.h) by which the programs wake the reader of the ring
 * buffer: once when it holds enough, not with each further record.
 *
 * A wake-up is an interrupt on the CPU that wrote the record (irq_work). Whoever writes a record
 * beyond the mark exchanges @woken for 1, and wakes the reader only if it was 0. The reader clears
 * it before it sleeps, and then looks at the ring once more: either it sees the record, or the
 * writer sees the 0. Both steps of each side are ordered by a full barrier.
 */
#ifndef VMASCOPE_WAKE_H
#define VMASCOPE_WAKE_H

/** struct vs_ring_wake - @woken: the reader has been woken, and has not slept since */
struct vs_ring_wake {
	__u32 woken;
	__u32 pad[15]; /* written by all CPUs: a cache line of its own */
};
_Static_assert(sizeof(struct vs_ring_wake) == 64, "vs_ring_wake");

/**
 * vs_ring_wakes - whether the writer of a record has to wake the reader
 * @waiting: bytes in the ring, including this record
 * @mark: wake the reader from this many bytes on
 */
static inline int vs_ring_wakes(struct vs_ring_wake *wake, __u64 waiting, __u64 mark)
{
	return waiting >= mark && !__sync_lock_test_and_set(&wake->woken, 1);
}

#endif /* VMASCOPE_WAKE_H */
