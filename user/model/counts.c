// SPDX-License-Identifier: GPL-2.0-only
/* counts.c - arithmetic on struct vs_counts. */
#include "model/model.h"
#include "util/array.h"

#define COUNTS_WORDS (sizeof(struct vs_counts) / sizeof(uint64_t))

/* The members that are maxima: all others are sums. */
#define MAXIMUM(member) (offsetof(struct vs_counts, member) / sizeof(uint64_t))
#define FIGURE_SUM(member)
#define FIGURE_MAX(member) MAXIMUM(member),
#define FIGURE_MAXIMUM(member, bits, how, ...) FIGURE_##how(member)
static const size_t maxima[] = { VS_EACH_FIGURE(FIGURE_MAXIMUM) MAXIMUM(latency_max_ns) };
#define NR_MAXIMA ARRAY_SIZE(maxima)

void counts_add(struct vs_counts *to, const struct vs_counts *from)
{
	uint64_t *sum = (uint64_t *)to, max[NR_MAXIMA];
	const uint64_t *more = (const uint64_t *)from;

	for (size_t i = 0; i < NR_MAXIMA; i++)
		max[i] = sum[maxima[i]] > more[maxima[i]] ? sum[maxima[i]] : more[maxima[i]];
	for (size_t i = 0; i < COUNTS_WORDS; i++)
		sum[i] += more[i];
	for (size_t i = 0; i < NR_MAXIMA; i++)
		sum[maxima[i]] = max[i];
}

void counts_sub(struct vs_counts *to, const struct vs_counts *from)
{
	uint64_t *rest = (uint64_t *)to, max[NR_MAXIMA];
	const uint64_t *less = (const uint64_t *)from;

	/* an unchanged maximum is of an earlier time: that of the difference is unknown */
	for (size_t i = 0; i < NR_MAXIMA; i++)
		max[i] = rest[maxima[i]] > less[maxima[i]] ? rest[maxima[i]] : 0;
	for (size_t i = 0; i < COUNTS_WORDS; i++)
		rest[i] -= less[i];
	for (size_t i = 0; i < NR_MAXIMA; i++)
		rest[maxima[i]] = max[i];
}

uint64_t counts_faults(const struct vs_counts *c)
{
	return c->outcome[VS_MINOR] + c->outcome[VS_MAJOR] + c->outcome[VS_INCOMPLETE];
}

uint64_t counts_time(const struct vs_counts *c)
{
	return c->latency_sum_ns + c->so_far_ns;
}

bool counts_timed(const struct vs_counts *c)
{
	return c->latency_count || c->so_far_ns || !(c->outcome[VS_MINOR] + c->outcome[VS_MAJOR]);
}

uint64_t counts_gup(const struct vs_counts *c)
{
	return c->gup;
}

uint64_t counts_access(const struct vs_counts *c, enum vs_access access)
{
	return c->access[VS_ORIGIN_USER][access] + c->access[VS_ORIGIN_KERNEL][access];
}

uint64_t counts_kernel(const struct vs_counts *c)
{
	uint64_t n = 0;

	for (int i = 0; i < VS_NR_ACCESS; i++)
		n += c->access[VS_ORIGIN_KERNEL][i];
	return n;
}
