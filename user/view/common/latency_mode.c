// SPDX-License-Identifier: GPL-2.0-only
/* latency_mode.c - see latency_mode.h */
#include "view/common/latency_mode.h"

#include <math.h>

#include "model/hist.h"
#include "util/str.h"
#include "view/common/stat_cells.h"

/** Standard deviations on each side of a confidence interval of 95 %. */
#define SIGMAS 1.96
#define P99 0.99

static const char *const mode_names[] = {
	[LATENCY_EVERY] = "every",
	[LATENCY_SAMPLED] = "sample",
	[LATENCY_OFF] = "off",
};

static const struct column columns[] = {
	{ .key = "mode", .type = CELL_STR },
	{ .key = "period", .type = CELL_U64 },
	{ .key = "samples", .type = CELL_U64 },
	{ .key = "time_error_percent", .type = CELL_F64 },
	{ .key = "p99_least_ns", .type = CELL_U64 },
	{ .key = "p99_most_ns", .type = CELL_U64 },
};
static const struct table_def mode_table = OBJECT_DEF("latency_mode", columns, .json_only = true);

enum latency_mode latency_mode(uint32_t period)
{
	return !period ? LATENCY_OFF : period == 1 ? LATENCY_EVERY : LATENCY_SAMPLED;
}

static double middle(int bucket)
{
	return (hist__low(bucket) + hist__low(bucket + 1)) / 2.0;
}

/** relative_error - standard deviation of the sum of latencies, as a share of it */
static double relative_error(const struct vs_hist *all, const struct vs_hist *exact,
			     uint32_t period)
{
	double variance = 0;

	/* a sample of weight w adds (w * ns)^2 * (1 - 1 / w), and the bucket has the sum of weights */
	for (int i = 0; i < VS_HIST_BUCKETS; i++)
		if (all->bucket[i] > exact->bucket[i])
			variance += (double)(all->bucket[i] - exact->bucket[i]) * (period - 1) *
				    middle(i) * middle(i);
	return sqrt(variance) / all->sum_ns;
}

struct latency_error latency_error(const struct vs_hist *all, const struct vs_hist *exact,
				   uint32_t period)
{
	struct latency_error e = { .time_percent = -1 };
	const uint64_t count = hist__count(all);
	double by;

	if (!count || !all->sum_ns)
		return e;
	e.time_percent = 100 * SIGMAS * relative_error(all, exact, period);
	by = SIGMAS * sqrt(P99 * (1 - P99) * period / count);
	e.p99_least = latency_quantile(all, P99 - by > 0 ? P99 - by : 0);
	/* otherwise a longer one may not have been sampled */
	if (P99 + by < 1)
		e.p99_most = latency_quantile(all, P99 + by);
	return e;
}

void latency_mode__add(const struct run_facts *run, const struct latency_error *error,
		       struct document *d)
{
	const enum latency_mode mode = latency_mode(run->latency_period);
	struct table *t = document__table(d, &mode_table);

	table__set_str(t, "mode", mode_names[mode]);
	if (mode != LATENCY_OFF)
		table__set_u64(t, "period", run->latency_period);
	if (mode != LATENCY_SAMPLED)
		return;
	if (error->samples)
		table__set_u64(t, "samples", error->samples);
	if (error->time_percent >= 0)
		table__set_f64(t, "time_error_percent", error->time_percent);
	if (error->p99_least)
		table__set_u64(t, "p99_least_ns", error->p99_least);
	if (error->p99_most)
		table__set_u64(t, "p99_most_ns", error->p99_most);
}

void latency_mode__print(const struct run_facts *run, const struct latency_error *error, FILE *f)
{
	switch (latency_mode(run->latency_period)) {
	case LATENCY_EVERY:
		return;
	case LATENCY_OFF:
		fputs("  latencies were not measured (--latency off)\n", f);
		return;
	case LATENCY_SAMPLED:
		break;
	}
	fprintf(f, "  latencies of one minor fault in %u were measured", run->latency_period);
	if (error->samples)
		fprintf(f, ", and of each major one: %s sample%s", str_count(error->samples).text,
			str_plural(error->samples));
	if (error->time_percent < 0) {
		fputc('\n', f);
		return;
	}
	fprintf(f, ";\n  times are estimates: total within %.1f%%, p99 from %s",
		error->time_percent, str_ns(error->p99_least).text);
	if (error->p99_most)
		fprintf(f, " to %s", str_ns(error->p99_most).text);
	else
		fputs(" on", f);
	fputs(" (95% confidence)\n", f);
}
