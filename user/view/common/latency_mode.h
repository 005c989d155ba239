/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latency_mode.h - which latencies of faults were measured, and the error of those that were sampled.
 */
#ifndef VMASCOPE_VIEW_COMMON_LATENCY_MODE_H
#define VMASCOPE_VIEW_COMMON_LATENCY_MODE_H

#include "view/common/run.h"

/** enum latency_mode - argument of --latency */
enum latency_mode {
	LATENCY_EVERY,
	LATENCY_SAMPLED,
	LATENCY_OFF,
};

/** latency_mode - the mode with this period (struct vs_config) */
enum latency_mode latency_mode(uint32_t period);

/**
 * struct latency_error - confidence intervals (95 %) of what samples say of all faults
 * @samples: latencies that were measured; 0: none, or unknown
 * @time_percent: error of the time in faults, plus or minus; negative: unknown
 * @p99_least, @p99_most: bounds of the 99th percentile, ns; 0: unknown
 */
struct latency_error {
	uint64_t samples;
	double time_percent;
	uint64_t p99_least;
	uint64_t p99_most;
};

/**
 * latency_error - the error of sampling; the caller sets @samples
 * @all: latencies, each sample counted as many times as it stands for
 * @exact: those of them that are of faults whose latencies are all measured (major faults)
 * @period: of the samples
 *
 * Samples are taken as independent of each other. Major faults that are not in @exact make the error
 * look larger than it is.
 */
struct latency_error latency_error(const struct vs_hist *all, const struct vs_hist *exact,
				   uint32_t period);

/** latency_mode__add - add the table `latency_mode` to @d. */
void latency_mode__add(const struct run_facts *run, const struct latency_error *error,
		       struct document *d);

/** latency_mode__print - print a line, unless every latency was measured. */
void latency_mode__print(const struct run_facts *run, const struct latency_error *error, FILE *f);

#endif /* VMASCOPE_VIEW_COMMON_LATENCY_MODE_H */
