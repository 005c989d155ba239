/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latency.bpf.h - the latency of a fault, which may be a sample that stands for several faults.
 */
#ifndef VMASCOPE_LATENCY_BPF_H
#define VMASCOPE_LATENCY_BPF_H

#include "emit.bpf.h"

/** struct weighted_ns - latency of a fault, 0: unknown, and the number of faults that it stands for */
struct weighted_ns {
	u64 ns;
	u64 weight;
};

#define NO_LATENCY ((struct weighted_ns){})

/** every_latency - the latency of every fault is measured: a hook shows the end of each. */
static __always_inline bool every_latency(void)
{
	return cfg.latency_period == 1;
}

/** latency_of - a fault with @outcome took @ns; minor faults may be sampled */
static __always_inline struct weighted_ns latency_of(enum vs_outcome outcome, u64 ns)
{
	return (struct weighted_ns){ ns, outcome == VS_MINOR ? cfg.latency_period : 1 };
}

/** count_latency - count a latency that was measured, though not every one is. */
static __always_inline void count_latency(void)
{
	struct vs_stats *s = this_stats();

	if (s)
		stats_add(&s->latencies, 1);
}

#endif /* VMASCOPE_LATENCY_BPF_H */
