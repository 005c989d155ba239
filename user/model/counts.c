// SPDX-License-Identifier: GPL-2.0-only
/* counts.c - arithmetic on struct vs_counts. */
#include "model/model.h"

#define COUNTS_WORDS (sizeof(struct vs_counts) / sizeof(uint64_t))

void counts_add(struct vs_counts *to, const struct vs_counts *from)
{
	uint64_t max = to->latency_max_ns > from->latency_max_ns ? to->latency_max_ns
								 : from->latency_max_ns;

	for (size_t i = 0; i < COUNTS_WORDS; i++)
		((uint64_t *)to)[i] += ((const uint64_t *)from)[i];
	to->latency_max_ns = max;
}

void counts_sub(struct vs_counts *to, const struct vs_counts *from)
{
	/* one that has not grown is of an earlier time: that of the difference is not known */
	uint64_t max = to->latency_max_ns > from->latency_max_ns ? to->latency_max_ns : 0;

	for (size_t i = 0; i < COUNTS_WORDS; i++)
		((uint64_t *)to)[i] -= ((const uint64_t *)from)[i];
	to->latency_max_ns = max;
}

uint64_t counts_faults(const struct vs_counts *c)
{
	return c->outcome[VS_MINOR] + c->outcome[VS_MAJOR] + c->outcome[VS_INCOMPLETE];
}

uint64_t counts_gup(const struct vs_counts *c)
{
	return c->gup;
}

uint64_t counts_access(const struct vs_counts *c, enum vs_access access)
{
	return c->access[VS_ORIGIN_USER][access] + c->access[VS_ORIGIN_KERNEL][access];
}
