/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit.bpf.h - reserve ring records and count drops and other errors.
 */
#ifndef VMASCOPE_EMIT_BPF_H
#define VMASCOPE_EMIT_BPF_H

#include "maps.bpf.h"

/** this_stats - the statistics of this CPU. */
static __always_inline struct vs_stats *this_stats(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&stats, &zero);
}

/**
 * stats_add - add to a counter that is written either by tasks on this CPU or by its interrupts
 *
 * Atomic where programs can be preempted.
 */
static __always_inline void stats_add(u64 *counter, u64 n)
{
	if (cfg.preemptible)
		__sync_fetch_and_add(counter, n);
	else
		*counter += n;
}

/** stats_add_anywhere - add to a counter that both tasks and interrupts on this CPU write. */
static __always_inline void stats_add_anywhere(u64 *counter, u64 n)
{
	__sync_fetch_and_add(counter, n);
}

/** count_lost - count a loss. */
static __always_inline void count_lost(enum vs_lost what)
{
	struct vs_stats *s = this_stats();

	if (s)
		stats_add_anywhere(&s->lost[what], 1);
}

/** is_streamed - records of @type were requested, and are not vmascope's internal notices. */
static __always_inline bool is_streamed(u32 type)
{
	return cfg.streamed & (1u << (type & 31));
}

/** emit_reserve - reserve a record of @size bytes and fill its head; NULL: dropped, and counted */
static __always_inline void *emit_reserve(u32 size, enum vs_event_type type, u64 time_ns)
{
	struct vs_event *e = bpf_ringbuf_reserve(&events, size, 0);

	if (!e) {
		count_lost(is_streamed(type) ? VS_LOST_EVENTS : VS_LOST_NOTICES);
		return 0;
	}
	e->type = type;
	e->size = size;
	e->cpu = bpf_get_smp_processor_id();
	e->time_ns = time_ns;
	return e;
}

/** emit_submit - submit a record; the reader is woken once, at the mark (wake.h). */
static __always_inline void emit_submit(void *event)
{
	struct vs_stats *s = is_streamed(((struct vs_event *)event)->type) ? this_stats() : 0;
	u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	bool wakes = vs_ring_wakes(&ring_wake, waiting, cfg.wakeup_bytes);

	bpf_ringbuf_submit(event, wakes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
	if (s)
		stats_add_anywhere(&s->emitted, 1);
}

#endif /* VMASCOPE_EMIT_BPF_H */
