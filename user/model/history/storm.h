/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storm.h - fault storms: runs of intervals with far more faults than usual, and what was hit.
 *
 * An interval is stormy if its rate is at least STORM_RATIO times the median of the intervals
 * before the storm, and at least STORM_LEAST_RATE. The median stands still while a storm is on, so
 * that a long one does not become the usual; when it has ended, its intervals count too.
 */
#ifndef VMASCOPE_MODEL_HISTORY_STORM_H
#define VMASCOPE_MODEL_HISTORY_STORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/hash.h"

/** A storm's rate against the median. */
#define STORM_RATIO 4.0
/** Faults per second below which nothing is a storm. */
#define STORM_LEAST_RATE 1000.0
/** Intervals that must have been seen before a median means anything. */
#define STORM_LEAST_INTERVALS 5

/** Rates that are remembered at most: then every second one goes. */
#define STORM_MOST_RATES 4096

/** Bytes of a name, the terminating NUL included; longer ones lose their beginning. */
#define STORM_NAME_LEN 128

/** enum storm_what - what the faults of a storm are counted by */
enum storm_what {
	STORM_VMA,
	STORM_CAUSE,
	STORM_PROCESS,
	STORM_THREAD,
	NR_STORM_WHAT,
};

/** struct storm_top - the one with most faults; @name "": none; @id: of a process or thread, its id */
struct storm_top {
	char name[STORM_NAME_LEN];
	uint64_t id;
	uint64_t faults;
};

/**
 * struct storm - one of them
 * @from_ns: and @to_ns: begin of its first interval, and end of its last
 * @ongoing: it was still on when the run ended
 * @faults: in it
 * @peak: faults per second in its worst interval
 * @median: faults per second before it
 * @top: what had most of its faults
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

/** storm_rows_fn - report by storms__tally() what has been hit in the interval that is being added. */
typedef void storm_rows_fn(void *ctx, struct storms *s);

/**
 * struct storms - all of a run
 * @rates: faults per second of all intervals so far, ascending
 * @held: of the storm that is on
 * @on: one is: it is the last of @list
 * @tallies: of the storm that is on: struct storm_top by what and name
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
 * storms__add - an interval has ended
 * @faults: in it
 *
 * Return: the storm that ended before it; NULL: none did.
 */
const struct storm *storms__add(struct storms *s, uint64_t from_ns, uint64_t to_ns,
				uint64_t faults);

/** storms__end - the run is over. Return: the storm that was still on; NULL: none was. */
const struct storm *storms__end(struct storms *s);

/** storms__tally - @faults of the interval hit @name; @id distinguishes what has the same name. */
void storms__tally(struct storms *s, enum storm_what what, const char *name, uint64_t id,
		   uint64_t faults);

/** storms__forget - the storms that are over; one that is on goes on. */
void storms__forget(struct storms *s);

/** storm_mean - faults per second in it. */
double storm_mean(const struct storm *storm);

#endif /* VMASCOPE_MODEL_HISTORY_STORM_H */
