/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * metric_store.h - the values of /metrics: counters by group, which never decrease, and others.
 *
 * A process may change its group (exec, prctl), exit, and be removed. So its counts are added as
 * differences, each to the group of the process at that time.
 *
 * What has been taken over (@exported of processes and rows) is not what the model's marks are: those
 * are where an interval of /events began, and /metrics is read in between. A second mark of each row
 * and histogram would be several KiB a row; these are the sums that /metrics shows, by process.
 */
#ifndef VMASCOPE_SERVE_METRICS_METRIC_STORE_H
#define VMASCOPE_SERVE_METRICS_METRIC_STORE_H

#include "model/model.h"
#include "model/shootdown.h"
#include "serve/metrics/group_name.h"
#include "serve/metrics/metrics.h"

/** Groups at most. */
#define METRIC_STORE_GROUPS 1024
/** A group without a live process for this long makes room, if room is needed. */
#define GROUP_IDLE_NS 600000000000ULL
/** Bytes of a VMA's name in an exemplar: all labels of one may have 128 characters. */
#define EXEMPLAR_NAME_LEN 80

/**
 * struct exemplar - a fault that was counted in a bucket
 * @ns: latency, 0: no exemplar; @time_ms: Unix time at which it was read
 */
struct exemplar {
	uint64_t ns;
	uint64_t time_ms;
	uint32_t pid;
	char vma[EXEMPLAR_NAME_LEN];
};

/**
 * struct metric_group - counters of a group
 * @active: bit set of the cells that have series; for cells that get series together, the first one
 * @processes: number of running processes; @used_ns: last time there was one, or a count increased
 * @marked: number of faults when the interval began
 * @exemplar: for each bucket of GROUP_FAULT_HIST
 */
struct metric_group {
	char name[GROUP_NAME_LEN];
	uint64_t cell[NR_GROUP_CELLS];
	uint64_t active[NR_GROUP_CELLS / 64 + 1];
	unsigned int series;
	unsigned int processes;
	uint64_t used_ns;
	uint64_t marked;
	struct exemplar exemplar[LE_BUCKETS];
};

/**
 * struct metric_store - all values
 * @by: how processes are grouped
 * @max_series: limit for all groups except @other; @series: in use
 * @groups: by name; @other: groups above the limit
 * @unowned_exported: exported counts without a process: the model's overflow row, and shared
 *	histograms; @calls_exported: of the overflow row of calls
 * @now_ns: time of the last metric_store__take()
 * @fixed: values that are not by group
 * @known: NEEDS_* that are met
 */
struct metric_store {
	enum group_by by;
	unsigned int max_series;
	unsigned int series;
	struct hash groups;
	struct metric_group other;
	uint64_t unowned_exported[GROUP_CALLS];
	struct vs_call_counts calls_exported;
	uint64_t now_ns;
	uint64_t fixed[NR_FIXED_CELLS];
	unsigned int known;
};

/** Series that all groups but "other" may have at least. */
#define METRIC_STORE_LEAST_SERIES 100u

/** metric_store__least - the least --max-series. */
unsigned int metric_store__least(void);

/** metric_store__init - @max_series: of all of /metrics, metric_store__least() or more. */
void metric_store__init(struct metric_store *l, enum group_by by, unsigned int max_series);
void metric_store__free(struct metric_store *l);

/**
 * metric_store__take - add what was counted since the last call
 * @now_ns: CLOCK_MONOTONIC
 *
 * Also sets the fixed cells that come from the model.
 */
void metric_store__take(struct metric_store *l, struct model *m, struct shootdown *s,
			uint64_t now_ns);

/**
 * metric_store__exemplars - VMAs whose longest fault was in the interval (since model__mark()) are examples
 * @now_ms: Unix time
 */
void metric_store__exemplars(struct metric_store *l, const struct model *m, uint64_t now_ms);

/** metric_store__group - name of the group that @p is in; @name holds GROUP_NAME_LEN bytes. */
void metric_store__group(const struct metric_store *l, const struct process *p, char *name);

/**
 * metric_store__list - all groups, "other" last
 * @list: has room for METRIC_STORE_GROUPS + 1
 * Return: how many.
 */
size_t metric_store__list(const struct metric_store *l, const struct metric_group **list);

/** call_fields - add what @c has counted to @sum, by enum call_field. */
void call_fields(const struct vs_call_counts *c, uint64_t *sum);

/** group_active - the cell has series, or a histogram's one has. */
bool group_active(const struct metric_group *g, unsigned int cell);

#endif /* VMASCOPE_SERVE_METRICS_METRIC_STORE_H */
