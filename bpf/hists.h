/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hists.h - the part of events.h that is about latency histograms; include that one.
 */
#ifndef VMASCOPE_HISTS_H
#define VMASCOPE_HISTS_H

/** Steps in each octave of a latency histogram: a quantile errs by 1/8 at most. */
#define VS_HIST_STEP_BITS 3
#define VS_HIST_STEPS (1 << VS_HIST_STEP_BITS)
/** Buckets: 8 of 1 ns, then 8 for each octave up to 2^38 ns (275 s), which the last one takes. */
#define VS_HIST_BUCKETS 288

/**
 * struct vs_hist - a log-linear histogram of latencies, ns
 * @sum_ns: exact
 * @max_ns: exact
 * @so_far_ns: as of struct vs_counts
 */
struct vs_hist {
	__u64 sum_ns;
	__u64 max_ns;
	__u64 so_far_ns;
	__u64 bucket[VS_HIST_BUCKETS];
};

/** Behind the histograms of all CPUs, so many of each CPU: of one VMA, by cause, which user/ chooses. */
#define VS_WATCHED_HISTS 32u

/** vs_hist_bucket - of a latency, ns; @octave: the number of its highest bit, from VS_HIST_STEP_BITS on */
static inline __u32 vs_hist_bucket(__u64 ns, __u32 octave)
{
	const __u32 bucket = (octave - VS_HIST_STEP_BITS + 1) * VS_HIST_STEPS +
			     ((ns >> (octave - VS_HIST_STEP_BITS)) & (VS_HIST_STEPS - 1));

	return bucket < VS_HIST_BUCKETS ? bucket : VS_HIST_BUCKETS - 1;
}

#endif /* VMASCOPE_HISTS_H */
