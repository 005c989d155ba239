// SPDX-License-Identifier: GPL-2.0-only
/* figures.c - see figures.h */
#include "model/figures.h"

#include <string.h>

#define ZERO_KNOWN true
#define ZERO_UNKNOWN false
#define METRIC_SUM(metric) (metric)
#define METRIC_MAX(metric) NULL
#define FIGURE(member, bits, how_, key_, head_, unit_, of_zero, metric_, of_one_, of_all_)         \
	{                                                                                          \
		.key = (key_),                                                                     \
		.head = (head_),                                                                   \
		.unit = FIGURE_##unit_,                                                            \
		.how = FIGURE_##how_,                                                              \
		.zero_known = ZERO_##of_zero,                                                      \
		.metric = METRIC_##how_(metric_),                                                  \
		.of_one = (of_one_),                                                               \
		.of_all = (of_all_),                                                               \
		.event_offset = offsetof(struct vs_event_fault, member),                           \
		.event_size = (bits) / 8,                                                          \
		.counts_offset = offsetof(struct vs_counts, member),                               \
	},
const struct figure figures[VS_NR_FIGURES] = { VS_EACH_FIGURE(FIGURE) };

uint64_t figure__of_fault(const struct figure *f, const struct vs_event_fault *e)
{
	uint64_t value = 0;

	/* little-endian, as x86 and arm64 are */
	memcpy(&value, (const char *)e + f->event_offset, f->event_size);
	return value;
}

bool figure__is_time(const struct figure *f)
{
	return f->unit == FIGURE_NS || f->unit == FIGURE_WAIT;
}

bool figure__known(const struct figure *f, const struct vs_event_fault *e, uint64_t value)
{
	/* a part of the latency: of a fault in flight, only the time so far is known */
	if (figure__is_time(f) && (!e->duration_ns || e->outcome == VS_INCOMPLETE))
		return false;
	if (f == &figures[VS_FIGURE_other])
		return !e->unsplit;
	if (f->unit == FIGURE_NS && e->unsplit)
		return f == &figures[VS_FIGURE_unsplit];
	return value || f->zero_known;
}

uint64_t figure__of_counts(const struct figure *f, const struct vs_counts *c)
{
	return *(const uint64_t *)((const char *)c + f->counts_offset);
}
