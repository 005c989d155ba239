/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exposition.h - the metric store as Prometheus' text format, and as OpenMetrics with exemplars.
 */
#ifndef VMASCOPE_SERVE_METRICS_EXPOSITION_H
#define VMASCOPE_SERVE_METRICS_EXPOSITION_H

#include <stdbool.h>
#include <stdio.h>

#include "serve/metrics/metric_store.h"

#define TYPE_PROMETHEUS "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"

/** struct info_label - of a metric that is 1, and whose labels are its information; NULL name ends */
struct info_label {
	const char *name;
	const char *value;
};

/** struct info - such a metric; the name is without _info; those of one name follow each other */
struct info {
	const char *name;
	const char *help;
	struct info_label labels[4];
};

/** Bits of exposition__write()'s @flags */
#define EXPOSE_OPENMETRICS 1u /* OpenMetrics, else Prometheus' text format */
#define EXPOSE_EXEMPLARS 2u   /* with exemplars (OpenMetrics), which name processes */
#define EXPOSE_SUM 4u	      /* all groups summed up in one, GROUP_ALL */

/**
 * exposition__write - all of it
 * @infos: @nr_infos of them
 * @flags: EXPOSE_*
 */
void exposition__write(FILE *f, const struct metric_store *l, const struct info *infos,
		       size_t nr_infos, unsigned int flags);

/**
 * exposition__label - write NAME="VALUE", escaped for both formats; invalid UTF-8 becomes U+FFFD.
 */
void exposition__label(FILE *f, const char *name, const char *value);

/** exposition__wants_openmetrics - the Accept header prefers OpenMetrics; NULL: no header. */
bool exposition__wants_openmetrics(const char *accept);

#endif /* VMASCOPE_SERVE_METRICS_EXPOSITION_H */
