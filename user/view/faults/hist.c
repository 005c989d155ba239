// SPDX-License-Identifier: GPL-2.0-only
/* hist.c - histograms of powers of two, in the style of bcc and bpftrace. */
#include "view/faults/hist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/names.h"
#include "util/str.h"
#include "view/common/stat_cells.h"
#include "view/faults/stat_group.h"

static const struct column bucket_columns[] = {
	{ .key = "range", .head = "LATENCY", .type = CELL_STR, .text_only = true },
	{ .key = "low", .type = CELL_U64 },
	{ .key = "high", .type = CELL_U64 },
	{ .key = "count", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "below",
	  .head = "CUM%",
	  .type = CELL_F64,
	  .unit = UNIT_PERCENT,
	  .text_only = true },
	{ .key = "bar",
	  .head = "",
	  .type = CELL_U64,
	  .text_only = true,
	  .bar = true,
	  .left = true },
};
static const struct table_def bucket_table = TABLE_DEF("buckets", bucket_columns);

static const struct column hist_columns[] = {
	{ .key = "cause", .type = CELL_STR },
	{ .key = "unit", .type = CELL_STR },
	{ .key = "buckets", .head = "", .type = CELL_TABLE },
};
static const struct table_def hist_table = TABLE_DEF("histograms", hist_columns);

void hist_range(char *buf, size_t len, unsigned int octave)
{
	char low[STR_NUMBER_LEN], high[STR_NUMBER_LEN];

	str_format_ns(low, sizeof(low), hist__octave_low(octave));
	str_format_ns(high, sizeof(high), hist__octave_low(octave + 1));
	snprintf(buf, len, "%s - %s", low, high);
}

bool hist_span(const uint64_t *octaves, unsigned int *first, unsigned int *end)
{
	for (*first = 0; *first < HIST_OCTAVES && !octaves[*first]; ++*first)
		;
	for (*end = HIST_OCTAVES; *end > *first && !octaves[*end - 1]; --*end)
		;
	return *first < *end;
}

static void bucket_row(struct table *t, unsigned int octave, uint64_t count, double below)
{
	char range[HIST_RANGE_LEN];

	table__add_row(t);
	hist_range(range, sizeof(range), octave);
	table__set_u64(t, "low", hist__octave_low(octave));
	table__set_u64(t, "high", hist__octave_low(octave + 1));
	table__set_u64(t, "count", count);
	table__set_u64(t, "bar", count);
	table__set_f64(t, "below", below);
	table__set_str(t, "range", range);
}

static void bucket_rows(struct table *t, const struct vs_hist *h)
{
	const uint64_t all = hist__count(h);
	uint64_t octaves[HIST_OCTAVES], sum = 0;
	unsigned int first, end;

	hist__octaves(h, octaves);
	if (!hist_span(octaves, &first, &end))
		return;
	for (unsigned int i = first; i < end; i++) {
		sum += octaves[i];
		bucket_row(t, i, octaves[i], 100.0 * sum / all);
	}
}

static void title(struct table *t, const char *cause, const struct vs_hist *h)
{
	table__set_title(t, "\n%s: %s faults, %s in total, p50 %s, p99 %s\n", cause,
			 str_count(hist__count(h)).text, str_ns(h->sum_ns).text,
			 str_ns(latency_quantile(h, 0.5)).text,
			 str_ns(latency_quantile(h, 0.99)).text);
}

static void hist_row(struct table *t, const char *cause, const struct vs_hist *h)
{
	struct table *buckets;

	table__add_row(t);
	buckets = table__sub(t, &bucket_table);
	table__set_str(t, "cause", cause);
	table__set_str(t, "unit", "ns");
	title(buckets, cause, h);
	bucket_rows(buckets, h);
}

/** struct by_cause - the latencies of one cause */
struct by_cause {
	int cause;
	uint64_t count;
	struct vs_hist hist;
};

static int most_first(const void *a, const void *b)
{
	const uint64_t x = ((const struct by_cause *)a)->count;
	const uint64_t y = ((const struct by_cause *)b)->count;

	return x < y ? 1 : x > y ? -1 : 0;
}

static void cause_rows(const struct stat_view *v, const struct model *m, struct table *t)
{
	struct by_cause *causes = calloc(VS_NR_CAUSES, sizeof(*causes));

	if (!causes) {
		table__fail(t, -ENOMEM);
		return;
	}
	for (int i = 0; i < VS_NR_CAUSES; i++) {
		causes[i].cause = i;
		stat_group__latency(v, m, i, &causes[i].hist);
		causes[i].count = hist__count(&causes[i].hist);
	}
	qsort(causes, VS_NR_CAUSES, sizeof(*causes), most_first);
	for (int i = 0; i < VS_NR_CAUSES && causes[i].count; i++)
		hist_row(t, cause_names[causes[i].cause], &causes[i].hist);
	free(causes);
}

void hist_view__make(const struct stat_view *v, const struct model *m, struct document *d)
{
	struct table *t = document__table(d, &hist_table);
	struct vs_hist all = {};

	stat_group__selected_latency(v, m, &all);
	table__set_title(t, "Latency of page faults%s",
			 hist__count(&all) ? "" : ": no fault was measured");
	if (!hist__count(&all))
		return;
	hist_row(t, "all", &all);
	if (!v->vma_glob)
		cause_rows(v, m, t);
}
