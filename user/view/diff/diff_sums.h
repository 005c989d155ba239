/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff_sums.h - events of two runs by name, and the time that they took.
 *
 *	struct sums s = {};
 *
 *	sums__add(&s, SIDE_A, "[heap]", 12, 12, 20000);
 *	sums__add(&s, SIDE_B, "[heap]", 10, 10, 19000);
 *	sums__merge(&s);	// one of each name
 *	sums__free(&s);
 */
#ifndef VMASCOPE_VIEW_DIFF_DIFF_SUMS_H
#define VMASCOPE_VIEW_DIFF_DIFF_SUMS_H

#include <stddef.h>
#include <stdint.h>

/** enum side - which run */
enum side {
	SIDE_A,
	SIDE_B,
	NR_SIDES,
};

/**
 * struct sum - events of one name
 * @count: all events; @timed of them took @time_ns
 */
struct sum {
	char *name;
	uint64_t count[NR_SIDES];
	uint64_t timed[NR_SIDES];
	uint64_t time_ns[NR_SIDES];
};

/** struct sums - all sums of one kind, sorted by name once they are merged; zero at first */
struct sums {
	struct sum *list;
	size_t nr;
	size_t cap;
	int err; /* negative errno of the first event that could not be added; 0: none */
};

/** sums__add - add events, unless @count is 0. @name: copied. */
void sums__add(struct sums *s, enum side side, const char *name, uint64_t count, uint64_t timed,
	       uint64_t time_ns);

/** sums__merge - merge sums of the same name. */
void sums__merge(struct sums *s);

void sums__free(struct sums *s);

#endif /* VMASCOPE_VIEW_DIFF_DIFF_SUMS_H */
