/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storm.h - fault storms: intervals with far more faults than usual, and where these occurred.
 *
 * An interval is stormy if its rate is at least STORM_RATIO times the median of the intervals
 * before the storm, and at least STORM_LEAST_RATE. The median is frozen during a storm, so
 * that a long one does not become the usual rate; after its end, its intervals count too.
 */
#ifndef VMASCOPE_MODEL_HISTORY_STORM_H
#define VMASCOPE_MODEL_HISTORY_STORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/hash.h"

/** Minimum ratio of a storm's rate to the median. */
#define STORM_RATIO 4.0
/** Minimum rate of a storm, faults per second. */
#define STORM_LEAST_RATE 1000.0
/** Number of intervals before a median is meaningful. */
#define STORM_LEAST_INTERVALS 5

/** Maximum number of rates that are kept: beyond it, every second one is dropped. */
#define STORM_MOST_RATES 4096

/** Bytes of a name, including the terminating NUL; longer names lose their beginning. */
#define STORM_NAME_LEN 128

/** enum storm_what - keys by which the faults of a storm are counted */
enum storm_what {
	STORM_VMA,
	STORM_CAUSE,
	STORM_PROCESS,
	STORM_THREAD,
	NR_STORM_WHAT,
};

/** struct storm_top - the key with most faults; @name "": none; @id: process or thread id */
struct storm_top {
	char name[STORM_NAME_LEN];
	uint64_t id;
	uint64_t faults;
};

/**
 * struct storm - a storm
 * @from_ns: and @to_ns: begin of its first interval, and end of its last
 * @ongoing: it had not ended when the run ended
 * @faults: total
 * @peak: faults per second in its worst interval
 * @median: faults per second before it
 * @top: keys with most of its faults
 */
struct storm {
	uint64_t from_ns;
	uint64_t to_ns;
	bool ongoing;
	uint64_t faults;
	double peak;
	double median;
	struct storm_top top[NR_STORM_WHAT];
};

struct storms;

/** storm_rows_fn - report by storms__tally() where faults occurred in the added interval. */
typedef void storm_rows_fn(void *ctx, struct storms *s);

/**
 * struct storms - all storms of a run
 * @rates: faults per second of all intervals so far, ascending
 * @held: rates of the storm in progress
 * @on: a storm is in progress: the last of @list
 * @tallies: of the storm in progress: struct storm_top by what and name
 */
struct storms {
	double *rates;
	size_t nr_rates, cap_rates;
	double *held;
	size_t nr_held, cap_held;
	bool on;
	struct storm *list;
	size_t nr;
	struct hash tallies;
	storm_rows_fn *rows;
	void *ctx;
};

/** storms__init - @rows is called, with @ctx, for each interval of a storm. */
void storms__init(struct storms *s, storm_rows_fn *rows, void *ctx);
void storms__free(struct storms *s);

/**
 * storms__add - add an interval that has ended
 * @faults: faults in the interval
 *
 * Return: the storm that ended before it; NULL if none did.
 */
const struct storm *storms__add(struct storms *s, uint64_t from_ns, uint64_t to_ns,
				uint64_t faults);

/** storms__end - the run has ended. Return: the storm in progress; NULL if there was none. */
const struct storm *storms__end(struct storms *s);

/** storms__tally - @faults of the interval occurred in @name; @id distinguishes equal names. */
void storms__tally(struct storms *s, enum storm_what what, const char *name, uint64_t id,
		   uint64_t faults);

/** storms__forget - drop the storms that have ended; one in progress is kept. */
void storms__forget(struct storms *s);

/** storm_mean - mean rate of faults, per second. */
double storm_mean(const struct storm *storm);

#endif /* VMASCOPE_MODEL_HISTORY_STORM_H */
