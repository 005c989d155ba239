/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * watched_vma.h - the VMA that `vmascope top` shows the causes of: its latencies by cause.
 */
#ifndef VMASCOPE_COLLECT_WATCHED_VMA_H
#define VMASCOPE_COLLECT_WATCHED_VMA_H

#include "session/session.h"

/**
 * struct watched_vma - the selected VMA, and its latencies
 * @slot, @generation: its slot; 0: no VMA is selected
 * @reads: number of readings since it was selected
 * @by_cause: its latencies by cause
 */
struct watched_vma {
	uint32_t slot;
	uint32_t generation;
	unsigned int reads;
	struct latency by_cause[VS_NR_CAUSES];
};

/** watched_vma__follow - select the VMA of @row; NULL: none. */
void watched_vma__follow(struct watched_vma *w, struct session *s, const struct fault_row *row);

/** watched_vma__mark - an interval begins. */
void watched_vma__mark(struct watched_vma *w);

/** watched_vma__read - an interval ends. */
void watched_vma__read(struct watched_vma *w, const struct session *s);

/**
 * watched_vma__latency - of @row in the last interval, by cause
 * Return: NULL: it was not watched, or not for all of it.
 */
const struct latency *watched_vma__latency(const struct watched_vma *w,
					   const struct fault_row *row);

#endif /* VMASCOPE_COLLECT_WATCHED_VMA_H */
