/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wall_clock.h - the time of day of events: offsets to CLOCK_MONOTONIC, and their start times.
 */
#ifndef VMASCOPE_MODEL_WALL_CLOCK_H
#define VMASCOPE_MODEL_WALL_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/** Number of steps that are kept: the latest ones. */
#define WALL_CLOCK_STEPS 64

/** struct wall_step - from @from_ns (CLOCK_MONOTONIC) on, adding @add_ns gives time since 1970 */
struct wall_step {
	uint64_t from_ns;
	int64_t add_ns;
};

/**
 * struct wall_clock - history of the time of day during a run
 * @step: @nr of them, in order of time; the first one also applies to all times before it
 * @changes: number of calls of wall_clock__set()
 */
struct wall_clock {
	struct wall_step step[WALL_CLOCK_STEPS];
	size_t nr;
	uint64_t changes;
};

/** wall_clock__init - initialize: @add_ns applies to the whole run, as far as known. */
void wall_clock__init(struct wall_clock *w, int64_t add_ns);

/** wall_clock__set - the clock was set, or the machine suspended: use @add_ns from @from_ns on. */
void wall_clock__set(struct wall_clock *w, uint64_t from_ns, int64_t add_ns);

/** wall_clock__add_ns - offset from @ns to the time since 1970. */
int64_t wall_clock__add_ns(const struct wall_clock *w, uint64_t ns);

#endif /* VMASCOPE_MODEL_WALL_CLOCK_H */
