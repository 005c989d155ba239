/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figures.h - the figures of faults (bpf/figures.h) as a table, for code that handles all of them.
 */
#ifndef VMASCOPE_MODEL_FIGURES_H
#define VMASCOPE_MODEL_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"

/** enum figure_unit - unit of a figure */
enum figure_unit {
	FIGURE_COUNT,
	FIGURE_BYTES,
	FIGURE_NS,
	FIGURE_WAIT,
};

/** enum figure_how - how the values of several faults are combined */
enum figure_how {
	FIGURE_SUM,
	FIGURE_MAX,
};

/**
 * struct figure - a row of VS_EACH_FIGURE
 * @key: in JSON, CSV and Perfetto; @head: heading in text, "": not shown there
 * @zero_known: 0 in a single fault is a value, not unknown
 * @metric: in OpenMetrics, without its suffix; NULL for a maximum
 * @of_one, @of_all: description for one fault and for several, for docs/
 * @event_offset: in struct vs_event_fault, @event_size bytes
 * @counts_offset: in struct vs_counts, eight bytes
 */
struct figure {
	const char *key;
	const char *head;
	enum figure_unit unit;
	enum figure_how how;
	bool zero_known;
	const char *metric;
	const char *of_one;
	const char *of_all;
	size_t event_offset;
	size_t event_size;
	size_t counts_offset;
};

/** figures - all figures, in the order in which they are shown */
extern const struct figure figures[VS_NR_FIGURES];

/** figure__of_fault - value of @f in one fault, in its unit; see figure__known() */
uint64_t figure__of_fault(const struct figure *f, const struct vs_event_fault *e);

/** figure__known - @value of @f in the fault @e is known. */
bool figure__known(const struct figure *f, const struct vs_event_fault *e, uint64_t value);

/** figure__is_time - @f is a part of the latency. */
bool figure__is_time(const struct figure *f);

/** figure__of_counts - value of @f in the sum @c; 0 is unknown for a maximum */
uint64_t figure__of_counts(const struct figure *f, const struct vs_counts *c);

#endif /* VMASCOPE_MODEL_FIGURES_H */
