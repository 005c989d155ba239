// SPDX-License-Identifier: GPL-2.0-only
/* storm.c - detect storms by the rates of intervals, and count where their faults occurred. */
#include "model/history/storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

#define NS_PER_SECOND 1e9

/** struct tally_key - all zero after the end of the name */
struct tally_key {
	uint64_t what;
	uint64_t id;
	char name[STORM_NAME_LEN];
};

void storms__init(struct storms *s, storm_rows_fn *rows, void *ctx)
{
	memset(s, 0, sizeof(*s));
	hash__init(&s->tallies, sizeof(struct tally_key));
	s->rows = rows;
	s->ctx = ctx;
}

void storms__free(struct storms *s)
{
	hash__free(&s->tallies, free);
	free(s->rates);
	free(s->held);
	free(s->list);
	memset(s, 0, sizeof(*s));
}

/* --- rates --------------------------------------------------------------------------------- */

/** thin - drop every second rate: enough for the median, and later rates get more weight. */
static void thin(double *list, size_t *nr)
{
	size_t kept = 0;

	for (size_t i = 1; i < *nr; i += 2)
		list[kept++] = list[i];
	*nr = kept;
}

/** put - insert @rate at @at; if out of memory it is dropped, and the median is less exact. */
static void put(double **list, size_t *nr, size_t *cap, size_t at, double rate)
{
	if (array__reserve(list, cap, *nr + 1, sizeof(**list)))
		return;
	memmove(*list + at + 1, *list + at, (*nr - at) * sizeof(**list));
	(*list)[at] = rate;
	++*nr;
}

/** remember - insert @rate in order. */
static void remember(struct storms *s, double rate)
{
	size_t low = 0, high;

	if (s->nr_rates >= STORM_MOST_RATES)
		thin(s->rates, &s->nr_rates);
	high = s->nr_rates;
	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (s->rates[middle] < rate)
			low = middle + 1;
		else
			high = middle;
	}
	put(&s->rates, &s->nr_rates, &s->cap_rates, low, rate);
}

static double median(const struct storms *s)
{
	const size_t n = s->nr_rates;

	if (!n)
		return 0;
	return n % 2 ? s->rates[n / 2] : (s->rates[n / 2 - 1] + s->rates[n / 2]) / 2;
}

static bool stormy(const struct storms *s, double rate)
{
	return s->nr_rates >= STORM_LEAST_INTERVALS && rate >= STORM_LEAST_RATE &&
	       rate >= STORM_RATIO * median(s);
}

double storm_mean(const struct storm *storm)
{
	const uint64_t length = storm->to_ns - storm->from_ns;

	return length ? storm->faults * NS_PER_SECOND / length : 0;
}

/* --- where faults occurred ----------------------------------------------------------------- */

void storms__tally(struct storms *s, enum storm_what what, const char *name, uint64_t id,
		   uint64_t faults)
{
	struct tally_key key = { .what = what, .id = id };
	const size_t len = strlen(name);
	struct storm_top *top;

	if (!faults)
		return;
	snprintf(key.name, sizeof(key.name), "%s",
		 len < sizeof(key.name) ? name : name + len - (sizeof(key.name) - 1));
	top = hash__make(&s->tallies, &key, sizeof(*top));
	if (!top)
		return;
	memcpy(top->name, key.name, sizeof(top->name));
	top->id = id;
	top->faults += faults;
}

/** take_tops - copy the greatest tally of each kind to the storm; free the tallies. */
static void take_tops(struct storms *s, struct storm *storm)
{
	const struct storm_top *top;
	struct tally_key key;
	size_t pos = 0;

	while ((top = hash__next(&s->tallies, &pos, &key))) {
		struct storm_top *best = &storm->top[key.what];

		if (top->faults > best->faults ||
		    (top->faults == best->faults && strcmp(top->name, best->name) < 0))
			*best = *top;
	}
	hash__free(&s->tallies, free);
	hash__init(&s->tallies, sizeof(key));
}

/* --- begin and end of a storm --------------------------------------------------------------- */

static struct storm *begin(struct storms *s, uint64_t from_ns)
{
	struct storm *storm;

	if (array__more(&s->list, s->nr, sizeof(*s->list)))
		return NULL;
	storm = &s->list[s->nr++];
	memset(storm, 0, sizeof(*storm));
	storm->from_ns = from_ns;
	storm->median = median(s);
	s->on = true;
	return storm;
}

static const struct storm *end(struct storms *s)
{
	struct storm *storm = &s->list[s->nr - 1];

	take_tops(s, storm);
	for (size_t i = 0; i < s->nr_held; i++)
		remember(s, s->held[i]);
	s->nr_held = 0;
	s->on = false;
	return storm;
}

static void go_on(struct storms *s, struct storm *storm, uint64_t to_ns, uint64_t faults,
		  double rate)
{
	storm->to_ns = to_ns;
	storm->faults += faults;
	if (rate > storm->peak)
		storm->peak = rate;
	if (s->nr_held >= STORM_MOST_RATES)
		thin(s->held, &s->nr_held);
	put(&s->held, &s->nr_held, &s->cap_held, s->nr_held, rate);
	s->rows(s->ctx, s);
}

const struct storm *storms__add(struct storms *s, uint64_t from_ns, uint64_t to_ns, uint64_t faults)
{
	const double rate = to_ns > from_ns ? faults * NS_PER_SECOND / (to_ns - from_ns) : 0;
	const struct storm *ended = NULL;

	if (stormy(s, rate)) {
		struct storm *storm = s->on ? &s->list[s->nr - 1] : begin(s, from_ns);

		if (storm)
			go_on(s, storm, to_ns, faults, rate);
		return NULL;
	}
	if (s->on)
		ended = end(s);
	remember(s, rate);
	return ended;
}

const struct storm *storms__end(struct storms *s)
{
	if (!s->on)
		return NULL;
	s->list[s->nr - 1].ongoing = true;
	return end(s);
}

void storms__forget(struct storms *s)
{
	if (!s->nr)
		return;
	if (s->on)
		s->list[0] = s->list[s->nr - 1];
	s->nr = s->on;
}
