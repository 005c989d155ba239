/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exporter.h - the counting side of serve: reads the counters, keeps the metric store, makes the answers
 * and the events, and sends both over the channel.
 */
#ifndef VMASCOPE_SERVE_EXPORTER_EXPORTER_H
#define VMASCOPE_SERVE_EXPORTER_EXPORTER_H

#include "capture/live.h"
#include "model/history/storm.h"
#include "serve/http/query.h"
#include "serve/metrics/exposition.h"
#include "serve/metrics/metric_store.h"
#include "util/clock.h"
#include "view/faults/stat.h"
#include "view/shootdown/shootdown.h"

/**
 * struct profile_window - a profile of some seconds that is being taken; one at a time
 * @query: what is answered at its end
 * @from_ns: counts of stacks were marked then, @until_ns: the answer is due (CLOCK_MONOTONIC)
 */
struct profile_window {
	bool open;
	struct query query;
	uint64_t from_ns;
	uint64_t until_ns;
};

/**
 * struct exporter - state of the counting process
 * @live: capture and model of the session
 * @channel: to the server; @next_id: id of the next event
 * @exposed: DETAIL_* bits that everybody may see
 * @server_pid: process that answers HTTP requests
 * @stat, @shootdown: common settings of all views of this run; @stat.stacks: NULL: not counted
 * @command: description of what is traced
 * @group_by, @expose_paths, @interval_ns: options
 * @start_ns: CLOCK_MONOTONIC; @start_ms: Unix time
 * @from_ns: start of the current interval; @marked: statistics at that time; @refreshed_ns: when
 *	the counters were last read
 * @run_stats_fd: keeps run-time statistics of BPF programs enabled, -1: not enabled
 */
struct exporter {
	struct live *live;
	int channel;
	uint64_t next_id;
	unsigned int exposed;
	pid_t server_pid;
	struct metric_store store;
	struct storms storms;
	struct vs_stats marked;
	struct stat_view stat;
	struct shootdown_view shootdown;
	struct profile_window window;
	const char *command;
	enum group_by group_by;
	bool expose_paths;
	uint64_t interval_ns;
	uint64_t start_ns;
	uint64_t start_ms;
	uint64_t from_ns;
	uint64_t refreshed_ns;
	bool storm_sent;
	int run_stats_fd;
};

/** exporter__init - the fields that options and capture give are set. */
void exporter__init(struct exporter *e, unsigned int max_series);
void exporter__free(struct exporter *e);

/**
 * exporter__answer - answer the questions that wait
 * Return: 0 or a negative errno, -EPIPE if the server has ended.
 */
int exporter__answer(struct exporter *e);

/**
 * exporter__tick - end an interval: send an event, and remove processes that have exited
 * Return: 0 or a negative errno.
 */
int exporter__tick(struct exporter *e);

/* --- its parts --- */

/** exporter__refresh - read all counters, and take them over. Return: 0 or a negative errno. */
int exporter__refresh(struct exporter *e);

/** self_metrics__read - what this process takes itself, and its tables' fill, into the fixed cells. */
void self_metrics__read(struct exporter *e);
/** self_metrics__name_programs - for metric_programs; and turn their statistics on if @run_stats. */
void self_metrics__name_programs(struct exporter *e, bool run_stats);

/**
 * tick__event - the event of the interval that ends now, with @details (DETAIL_*)
 * Return: NULL without memory.
 */
struct body *tick__event(struct exporter *e, uint64_t now_ns, bool storm, unsigned int details);
/** tick__storm - the event of a storm's begin or end. Return: NULL without memory. */
struct body *tick__storm(struct exporter *e, const struct storm *storm, bool ended,
			 unsigned int details);
/** tick__mark - the next interval begins. */
void tick__mark(struct exporter *e);

/** exporter__hide_paths - remove paths from stacks and functions, unless they may be shown. */
void exporter__hide_paths(const struct exporter *e, struct document *d);
/** profiles__answer - a profile of the whole run, or why there is none. Return: NULL without memory. */
struct body *profiles__answer(struct exporter *e, const struct query *q);
/** profiles__begin - @q is answered when its seconds are over. Return: false: it is to be answered now. */
bool profiles__begin(struct exporter *e, const struct query *q);
/** profiles__is_due - the profile that is being taken is to be ended. */
bool profiles__is_due(const struct exporter *e);
/** profiles__end - the profile of what the last refresh has; the next one may begin. Return: same. */
struct body *profiles__end(struct exporter *e);
/** profiles__forget_before_ns - as in live__forget(): later exits are in the profile being taken. */
uint64_t profiles__forget_before_ns(const struct exporter *e);

/** answers__make - of a query. Return: NULL without memory. */
struct body *answers__make(struct exporter *e, const struct query *q);

/**
 * exporter__unix_ms - of a time of CLOCK_MONOTONIC, as the time of day is now: it may have been set, and it
 *	goes on while the machine is suspended
 */
static inline uint64_t exporter__unix_ms(uint64_t ns)
{
	return (clock__ns(CLOCK_REALTIME) - (clock__monotonic_ns() - ns)) / 1000000;
}

#endif /* VMASCOPE_SERVE_EXPORTER_EXPORTER_H */
