/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wall_clock.h - the time of day of events: what has to be added to CLOCK_MONOTONIC, and since when.
 */
#ifndef VMASCOPE_MODEL_WALL_CLOCK_H
#define VMASCOPE_MODEL_WALL_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/** Steps that are kept: of more, the latest. */
#define WALL_CLOCK_STEPS 64

/** struct wall_step - at @from_ns (CLOCK_MONOTONIC) and after, @add_ns makes it the time since 1970 */
struct wall_step {
	uint64_t from_ns;
	int64_t add_ns;
};

/**
 * struct wall_clock - how the time of day went during a run
 * @step: @nr of them, in order of time; the first one holds for all before it, too
 * @changes: calls of wall_clock__set()
 */
struct wall_clock {
	struct wall_step step[WALL_CLOCK_STEPS];
	size_t nr;
	uint64_t changes;
};

/** wall_clock__init - @add_ns holds for the whole run, as far as is known. */
void wall_clock__init(struct wall_clock *w, int64_t add_ns);

/** wall_clock__set - the clock was set, or the machine was suspended: @add_ns holds from @from_ns on. */
void wall_clock__set(struct wall_clock *w, uint64_t from_ns, int64_t add_ns);

/** wall_clock__add_ns - what makes @ns the time since 1970. */
int64_t wall_clock__add_ns(const struct wall_clock *w, uint64_t ns);

#endif /* VMASCOPE_MODEL_WALL_CLOCK_H */
