// SPDX-License-Identifier: GPL-2.0-only
/* exposition.c - cells to lines, by the table of metrics. */
#include "serve/metrics/exposition.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/utf8.h"

static const char *const type_names[] = {
	[METRIC_COUNTER] = "counter",
	[METRIC_GAUGE] = "gauge",
	[METRIC_HISTOGRAM] = "histogram",
};

/**
 * struct exposition_writer - state of writing an exposition
 * @flags: EXPOSE_*
 * @group: the group of the cells; NULL: cells without a group
 */
struct exposition_writer {
	FILE *f;
	const struct metric_store *store;
	bool openmetrics;
	unsigned int flags;
	const struct metric *metric;
	const struct metric_group *group;
};

void exposition__label(FILE *f, const char *name, const char *value)
{
	char *clean = utf8_clean(value);

	fprintf(f, "%s=\"", name);
	for (const char *s = clean ? clean : "?"; *s; s++) {
		if (*s == '\\' || *s == '"')
			fputc('\\', f);
		if (*s == '\n')
			fputs("\\n", f);
		else
			fputc(*s, f);
	}
	fputc('"', f);
	free(clean);
}

/** put_scaled - @v / 10^@decimals, exactly, without trailing zeroes. */
static void put_scaled(FILE *f, uint64_t v, unsigned int decimals)
{
	uint64_t one = 1, rest;
	char digits[24];
	int len;

	for (unsigned int i = 0; i < decimals; i++)
		one *= 10;
	rest = v % one;
	fprintf(f, "%" PRIu64, v / one);
	if (!rest)
		return;
	len = snprintf(digits, sizeof(digits), "%0*" PRIu64, (int)decimals, rest);
	while (len && digits[len - 1] == '0')
		len--;
	fprintf(f, ".%.*s", len, digits);
}

/* --- lines --------------------------------------------------------------------------------- */

/** put_labels - of the value at @index; @le: a bucket's bound as text, or NULL. */
static void put_labels(const struct exposition_writer *w, unsigned int index, const char *le)
{
	const struct metric *m = w->metric;
	const char *before = "{";

	if (w->group) {
		fputs(before, w->f);
		exposition__label(w->f, "group", w->group->name);
		before = ",";
	}
	if (m->label) {
		fputs(before, w->f);
		exposition__label(w->f, m->label, m->values[index]);
		before = ",";
	}
	if (m->also) {
		fprintf(w->f, "%s%s", before, m->also);
		before = ",";
	}
	if (le) {
		fprintf(w->f, "%sle=\"%s\"", before, le);
		before = ",";
	}
	if (*before == ',')
		fputc('}', w->f);
}

static void put_value(const struct exposition_writer *w, unsigned int index, const uint64_t *cell)
{
	const struct metric *m = w->metric;

	fprintf(w->f, "%s%s", m->name, m->type == METRIC_COUNTER ? "_total" : "");
	put_labels(w, index, NULL);
	fputc(' ', w->f);
	put_scaled(w->f, *cell, m->decimals);
	fputc('\n', w->f);
}

/** put_exemplar - behind a bucket. */
static void put_exemplar(const struct exposition_writer *w, const struct exemplar *e)
{
	if (!e->ns)
		return;
	fputs(" # {", w->f);
	exposition__label(w->f, "vma", e->vma);
	fprintf(w->f, ",pid=\"%u\"} ", e->pid);
	put_scaled(w->f, e->ns, 9);
	fputc(' ', w->f);
	put_scaled(w->f, e->time_ms, 3);
}

static void bucket_bound(char *le, size_t size, unsigned int bucket)
{
	FILE *f = fmemopen(le, size, "w");

	if (bucket == LE_BUCKETS - 1)
		fputs("+Inf", f);
	else
		put_scaled(f, 1ULL << (LE_FIRST_BIT + bucket), 9);
	fclose(f);
}

static void put_histogram(const struct exposition_writer *w, unsigned int index,
			  const uint64_t *cells)
{
	const struct metric *m = w->metric;
	uint64_t count = 0;
	char le[32];

	for (unsigned int i = 0; i < LE_BUCKETS; i++) {
		count += cells[i];
		bucket_bound(le, sizeof(le), i);
		fprintf(w->f, "%s_bucket", m->name);
		put_labels(w, index, le);
		fprintf(w->f, " %" PRIu64, count);
		if (w->openmetrics && w->flags & EXPOSE_EXEMPLARS && w->group)
			put_exemplar(w, &w->group->exemplar[i]);
		fputc('\n', w->f);
	}
	fprintf(w->f, "%s_sum", m->name);
	put_labels(w, index, NULL);
	fputc(' ', w->f);
	put_scaled(w->f, cells[LE_SUM], m->decimals);
	fprintf(w->f, "\n%s_count", m->name);
	put_labels(w, index, NULL);
	fprintf(w->f, " %" PRIu64 "\n", count);
}

/* --- metrics ------------------------------------------------------------------------------- */

static bool hist_empty(const uint64_t *cells)
{
	for (unsigned int i = 0; i < LE_BUCKETS; i++)
		if (cells[i])
			return false;
	return true;
}

/** shown - there is something to be shown of the value in @cell. */
static bool shown(const struct exposition_writer *w, unsigned int index, unsigned int cell)
{
	const struct metric *m = w->metric;

	if (m->values && !m->values[index])
		return false;
	if (w->group)
		return group_active(w->group, cell);
	if (m->all)
		return true;
	return m->type == METRIC_HISTOGRAM ? !hist_empty(&w->store->fixed[cell])
					   : w->store->fixed[cell];
}

static void put_cells(const struct exposition_writer *w)
{
	const struct metric *m = w->metric;
	const uint64_t *cells = w->group ? w->group->cell : w->store->fixed;
	const unsigned int step = m->type == METRIC_HISTOGRAM ? LE_CELLS : 1;

	for (unsigned int i = 0; i < m->nr; i++) {
		const unsigned int cell = m->first + i * step;

		if (!shown(w, i, cell))
			continue;
		if (m->type == METRIC_HISTOGRAM)
			put_histogram(w, i, &cells[cell]);
		else
			put_value(w, i, &cells[cell]);
	}
}

static void put_head(const struct exposition_writer *w, const char *name, const char *type,
		     const char *unit, const char *help)
{
	/* in the older format the suffix is part of the name */
	const char *suffix = w->openmetrics		? ""
			     : !strcmp(type, "counter") ? "_total"
			     : !strcmp(type, "info")	? "_info"
							: "";

	fprintf(w->f, "# HELP %s%s %c%s\n", name, suffix, toupper((unsigned char)*help), help + 1);
	fprintf(w->f, "# TYPE %s%s %s\n", name, suffix,
		!strcmp(type, "info") && !w->openmetrics ? "gauge" : type);
	if (unit && w->openmetrics)
		fprintf(w->f, "# UNIT %s %s\n", name, unit);
}

static void put_infos(const struct exposition_writer *w, const struct info *infos, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!i || strcmp(infos[i].name, infos[i - 1].name))
			put_head(w, infos[i].name, "info", NULL, infos[i].help);
		fprintf(w->f, "%s_info", infos[i].name);
		for (size_t n = 0; n < 4 && infos[i].labels[n].name; n++) {
			fputc(n ? ',' : '{', w->f);
			exposition__label(w->f, infos[i].labels[n].name, infos[i].labels[n].value);
		}
		fputs("} 1\n", w->f);
	}
}

/** sum_groups - @nr groups as one. Return: NULL without memory. */
static struct metric_group *sum_groups(const struct metric_group *const *groups, size_t nr)
{
	struct metric_group *sum = calloc(1, sizeof(*sum));

	if (!sum)
		return NULL;
	snprintf(sum->name, sizeof(sum->name), "%s", GROUP_ALL);
	for (size_t g = 0; g < nr; g++) {
		for (size_t i = 0; i < NR_GROUP_CELLS; i++)
			if (i != GROUP_MAPPINGS)
				sum->cell[i] += groups[g]->cell[i];
			else if (groups[g]->cell[i] > sum->cell[i])
				sum->cell[i] = groups[g]->cell[i];
		for (size_t i = 0; i < sizeof(sum->active) / sizeof(*sum->active); i++)
			sum->active[i] |= groups[g]->active[i];
	}
	return sum;
}

static void put_metrics(struct exposition_writer *w, const struct metric_group *const *groups,
			size_t nr_groups)
{
	for (size_t i = 0; i < nr_metrics; i++) {
		const struct metric *m = w->metric = &metrics[i];

		if (m->needs & ~w->store->known)
			continue;
		w->group = NULL;
		if (!i || strcmp(m->name, m[-1].name))
			put_head(w, m->name, type_names[m->type], m->unit, m->help);
		if (!m->grouped)
			put_cells(w);
		for (size_t g = 0; m->grouped && g < nr_groups; g++) {
			w->group = groups[g];
			put_cells(w);
		}
	}
}

void exposition__write(FILE *f, const struct metric_store *l, const struct info *infos,
		       size_t nr_infos, unsigned int flags)
{
	struct exposition_writer w = {
		.f = f, .store = l, .openmetrics = flags & EXPOSE_OPENMETRICS, .flags = flags
	};
	const struct metric_group *groups[METRIC_STORE_GROUPS + 1];
	size_t nr_groups = metric_store__list(l, groups);
	struct metric_group *sum = NULL;

	if (flags & EXPOSE_SUM) {
		sum = sum_groups(groups, nr_groups);
		groups[0] = sum;
		nr_groups = sum ? 1 : 0;
	}
	put_infos(&w, infos, nr_infos);
	put_metrics(&w, groups, nr_groups);
	if (w.openmetrics)
		fputs("# EOF\n", f);
	free(sum);
}

/* --- what a scraper asks for ----------------------------------------------------------------- */

/** quality - of @type in an Accept header, "*" and its like not counted; 0: it is not there. */
static double quality(const char *accept, const char *type)
{
	const size_t len = strlen(type);

	for (const char *s = accept; *s; s += strcspn(s, ","), s += *s == ',') {
		const char *q;

		s += strspn(s, " \t");
		if (strncasecmp(s, type, len) || !strchr(" \t;,", s[len]))
			continue;
		for (q = s; *q && *q != ','; q++)
			if (!strncmp(q, "q=", 2) && strchr("; \t", q[-1]))
				return strtod(q + 2, NULL);
		return 1;
	}
	return 0;
}

bool exposition__wants_openmetrics(const char *accept)
{
	double openmetrics;

	if (!accept)
		return false;
	openmetrics = quality(accept, "application/openmetrics-text");
	return openmetrics > 0 && openmetrics >= quality(accept, "text/plain");
}
