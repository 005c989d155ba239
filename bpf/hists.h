/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hists.h - the part of events.h about latency histograms; include events.h instead.
 */
#ifndef VMASCOPE_HISTS_H
#define VMASCOPE_HISTS_H

/** Steps in each octave of a latency histogram: the error of a quantile is at most 1/8. */
#define VS_HIST_STEP_BITS 3
#define VS_HIST_STEPS (1 << VS_HIST_STEP_BITS)
/** Buckets: 8 of 1 ns, then 8 per octave up to 2^38 ns (275 s); the last has no upper bound. */
#define VS_HIST_BUCKETS 288

/**
 * struct vs_hist - a log-linear histogram of latencies, ns
 * @sum_ns: exact
 * @max_ns: exact
 * @so_far_ns: as in struct vs_counts
 * @runqueue_ns, @blocked_ns, @unsplit_ns: parts of @sum_ns, as the figures of these names (figures.h)
 */
struct vs_hist {
	__u64 sum_ns;
	__u64 max_ns;
	__u64 so_far_ns;
	__u64 runqueue_ns;
	__u64 blocked_ns;
	__u64 unsplit_ns;
	__u64 bucket[VS_HIST_BUCKETS];
};

/** Number of histograms per CPU for one VMA, by cause; user/ chooses it. They follow all others. */
#define VS_WATCHED_HISTS 32u

/** vs_hist_bucket - bucket of a latency; @octave: highest set bit, at least VS_HIST_STEP_BITS */
static inline __u32 vs_hist_bucket(__u64 ns, __u32 octave)
{
	const __u32 bucket = (octave - VS_HIST_STEP_BITS + 1) * VS_HIST_STEPS +
			     ((ns >> (octave - VS_HIST_STEP_BITS)) & (VS_HIST_STEPS - 1));

	return bucket < VS_HIST_BUCKETS ? bucket : VS_HIST_BUCKETS - 1;
}

#endif /* VMASCOPE_HISTS_H */
