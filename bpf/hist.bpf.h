/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hist.bpf.h - log-linear latency histograms: one for each process and cause, on each CPU;
 * optionally one for each VMA.
 */
#ifndef VMASCOPE_HIST_BPF_H
#define VMASCOPE_HIST_BPF_H

#include "latency.bpf.h"
#include "slots.bpf.h"

/** exceeds - @v > @most, both below 2^63, without a branch: latencies are hard to predict */
static __always_inline u64 exceeds(u64 v, u64 most)
{
	return (most - v) >> 63;
}

/** log2_floor - floor(log2(@v)) for @v from 1 to 2^63 - 1 (BPF has no instruction for it). */
static __always_inline u32 log2_floor(u64 v)
{
	u64 n, step;

	n = exceeds(v, 0xffffffff) << 5;
	v >>= n;
	step = exceeds(v, 0xffff) << 4;
	v >>= step;
	n += step;
	step = exceeds(v, 0xff) << 3;
	v >>= step;
	n += step;
	step = exceeds(v, 0xf) << 2;
	v >>= step;
	n += step;
	step = exceeds(v, 0x3) << 1;
	v >>= step;
	return n + step + (v >> 1);
}

/** hist_bucket - bucket of a latency; user/model/hist.c has the inverse. */
static __always_inline u32 hist_bucket(u64 ns)
{
	if (ns < VS_HIST_STEPS)
		return ns;
	return vs_hist_bucket(ns, log2_floor(ns));
}

/** hist_take - take a free histogram. Return: its number, or VS_HIST_NONE. */
__weak __noinline u32 hist_take(void)
{
	struct vs_slot_ring *ring;
	u32 kind = FREE_HISTS, index;
	u64 *hist;

	ring = bpf_map_lookup_elem(&free_ring, &kind);
	if (ring && ring_take(ring, cfg.nr_hists, &index)) {
		hist = bpf_map_lookup_elem(&free_hists, &index);
		if (hist)
			return *hist;
	}
	count_lost(VS_LOST_HISTS);
	return VS_HIST_NONE;
}

/** hist_get - the histogram stored at @place, allocated at its first use. */
static __always_inline u32 hist_get(u32 *place)
{
	u32 hist = *(volatile u32 *)place;

	if (!hist) {
		/* If two CPUs race, one allocates it; the other uses the shared one this time. */
		if (__sync_val_compare_and_swap(place, 0, VS_HIST_NONE))
			return VS_HIST_NONE;
		hist = hist_take();
		*(volatile u32 *)place = hist;
	}
	return hist;
}

static __always_inline void hist_put(struct vs_hist *h, u32 bucket, struct weighted_ns latency)
{
	if (!h || bucket >= VS_HIST_BUCKETS)
		return;
	stats_add(&h->bucket[bucket], latency.weight);
	stats_add(&h->sum_ns, latency.ns * latency.weight);
	if (latency.ns > h->max_ns)
		h->max_ns = latency.ns;
}

/** hist_fault - hist_put() for a fault, with the parts of its latency; most have none */
static __always_inline void hist_fault(struct vs_hist *h, const struct pending_fault *f, u32 bucket,
				       struct weighted_ns latency)
{
	hist_put(h, bucket, latency);
	if (!h || !(f->runqueue | f->blocked | f->unsplit))
		return;
	stats_add(&h->runqueue_ns, f->runqueue * latency.weight);
	stats_add(&h->blocked_ns, f->blocked * latency.weight);
	stats_add(&h->unsplit_ns, f->unsplit * latency.weight);
}

static __always_inline void hist_count(u32 hist, const struct pending_fault *f, u32 bucket,
				       struct weighted_ns latency)
{
	u32 index = bpf_get_smp_processor_id() * cfg.nr_hists + hist;

	hist_fault(bpf_map_lookup_elem(&hists, &index), f, bucket, latency);
}

/** VMA whose latencies are also kept by cause: slot and generation; 0: none. Set by user/. */
__weak volatile __u64 watched_vma = 0;

static __always_inline bool is_watched(u32 slot, u32 generation)
{
	return watched_vma == ((u64)generation << 32 | slot) && slot;
}

/** watched_hist - histogram of the watched VMA for @cause on this CPU */
static __always_inline struct vs_hist *watched_hist(u32 cause)
{
	u32 index = cfg.nr_cpus * cfg.nr_hists + bpf_get_smp_processor_id() * VS_WATCHED_HISTS +
		    (cause & (VS_WATCHED_HISTS - 1));

	_Static_assert(VS_NR_CAUSES <= VS_WATCHED_HISTS, "each cause has a histogram");
	return bpf_map_lookup_elem(&hists, &index);
}

/** hist_of - histogram of the process image for @cause, or the shared one of all processes */
static __always_inline u32 hist_of(const struct task_state *t, u32 cause)
{
	struct vs_slot *s = slot_at(t->proc);
	u32 hist = VS_HIST_NONE;

	if (s && t->proc)
		hist = hist_get(&s->proc.hist[cause]);
	return hist < cfg.nr_hists ? hist : cause;
}

static __always_inline void hist_so_far(struct vs_hist *h, u64 ns)
{
	if (h)
		__sync_fetch_and_add(&h->so_far_ns, ns);
}

/** hists_so_far - add @ns to the time in flight of faults of @cause in @slot */
static __always_inline void hists_so_far(const struct task_state *t, u32 slot, u32 cause, u64 ns)
{
	u32 index = bpf_get_smp_processor_id() * cfg.nr_hists + hist_of(t, cause);
	struct vs_slot *s = slot_at(slot);

	hist_so_far(bpf_map_lookup_elem(&hists, &index), ns);
	if (s && is_watched(slot, s->generation))
		hist_so_far(watched_hist(cause), ns);
}

/** hist_add - add the latency of a completed fault. */
static __always_inline void hist_add(const struct task_state *t, const struct pending_fault *f,
				     struct weighted_ns latency)
{
	u32 bucket = hist_bucket(latency.ns), cause = f->cause, hist;
	struct vs_slot *s;

	if (cause >= VS_NR_CAUSES)
		return;
	hist_count(hist_of(t, cause), f, bucket, latency);
	if (is_watched(f->vma.slot, f->vma.generation))
		hist_fault(watched_hist(cause), f, bucket, latency);
	if (!cfg.vma_hists)
		return;
	s = slot_at(f->vma.slot);
	if (s && f->vma.slot != t->proc && f->vma.slot) {
		hist = hist_get(&s->hist);
		if (hist < cfg.nr_hists)
			hist_count(hist, f, bucket, latency);
	}
}

#endif /* VMASCOPE_HIST_BPF_H */
