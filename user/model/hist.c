// SPDX-License-Identifier: GPL-2.0-only
/* hist.c - log-linear histograms: the inverse of bpf/hist.bpf.h, and quantiles. */
#include "model/hist.h"

#include <math.h>
#include <string.h>

void latency__restart(struct latency *l)
{
	if (l)
		l->hist = l->ended;
}

void latency__mark(struct latency *l)
{
	if (l)
		l->marked = l->hist;
}

uint64_t latency__longest(uint64_t max_ns, uint64_t sum_ns, uint64_t count)
{
	const uint64_t mean_ns = count ? sum_ns / count + !!(sum_ns % count) : 0;

	return mean_ns > max_ns ? mean_ns : max_ns;
}

/** since_mark - latencies since the mark; an unchanged maximum becomes the end of its bucket. */
static void since_mark(struct vs_hist *to, const struct latency *l)
{
	*to = l->hist;
	to->sum_ns -= l->marked.sum_ns;
	to->so_far_ns -= l->marked.so_far_ns;
	to->runqueue_ns -= l->marked.runqueue_ns;
	to->blocked_ns -= l->marked.blocked_ns;
	to->unsplit_ns -= l->marked.unsplit_ns;
	if (l->hist.max_ns == l->marked.max_ns)
		to->max_ns = 0;
	for (int i = 0; i < VS_HIST_BUCKETS; i++) {
		to->bucket[i] -= l->marked.bucket[i];
		if (to->bucket[i] && l->hist.max_ns == l->marked.max_ns)
			to->max_ns = hist__low(i + 1) - 1;
	}
	if (to->max_ns > l->hist.max_ns)
		to->max_ns = l->hist.max_ns;
	to->max_ns = latency__longest(to->max_ns, to->sum_ns, hist__count(to));
}

void latency__add(struct vs_hist *to, const struct latency *l, bool interval)
{
	struct vs_hist since;

	if (!l)
		return;
	if (!interval) {
		hist__add(to, &l->hist);
		return;
	}
	since_mark(&since, l);
	hist__add(to, &since);
}

void hist__add(struct vs_hist *to, const struct vs_hist *from)
{
	to->sum_ns += from->sum_ns;
	to->so_far_ns += from->so_far_ns;
	to->runqueue_ns += from->runqueue_ns;
	to->blocked_ns += from->blocked_ns;
	to->unsplit_ns += from->unsplit_ns;
	if (from->max_ns > to->max_ns)
		to->max_ns = from->max_ns;
	for (int i = 0; i < VS_HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

uint64_t hist__low(unsigned int bucket)
{
	unsigned int octave = bucket / VS_HIST_STEPS, step = bucket % VS_HIST_STEPS;

	if (!octave)
		return bucket;
	return (uint64_t)(VS_HIST_STEPS + step) << (octave - 1);
}

unsigned int hist__bucket(uint64_t ns)
{
	if (ns < VS_HIST_STEPS)
		return ns;
	return vs_hist_bucket(ns, 63 - __builtin_clzll(ns));
}

uint64_t hist__count(const struct vs_hist *h)
{
	uint64_t n = 0;

	for (int i = 0; i < VS_HIST_BUCKETS; i++)
		n += h->bucket[i];
	return n;
}

/** octave_of - the octave that contains @bucket. */
static unsigned int octave_of(unsigned int bucket)
{
	if (bucket < VS_HIST_STEPS)
		return bucket < 2 ? 0 : 31 - __builtin_clz(bucket);
	return bucket / VS_HIST_STEPS + VS_HIST_STEP_BITS - 1;
}

void hist__octaves(const struct vs_hist *h, uint64_t *octaves)
{
	memset(octaves, 0, HIST_OCTAVES * sizeof(*octaves));
	for (unsigned int i = 0; i < VS_HIST_BUCKETS; i++)
		octaves[octave_of(i)] += h->bucket[i];
}

uint64_t hist__octave_low(unsigned int octave)
{
	return octave ? 1ULL << octave : 0;
}

uint64_t hist__quantile(const struct vs_hist *h, double q)
{
	const uint64_t count = hist__count(h);
	uint64_t rank = ceil(q * count), seen = 0;

	if (!count)
		return 0;
	if (!rank)
		rank = 1;
	for (int i = 0; i < VS_HIST_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen >= rank)
			return hist__low(i) + (hist__low(i + 1) - hist__low(i)) / 2;
	}
	return hist__low(VS_HIST_BUCKETS);
}
