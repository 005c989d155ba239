// SPDX-License-Identifier: GPL-2.0-only
/* options_record.c - the options of `vmascope record` and `vmascope report`. */
#include "options/options_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/str.h"

/** No ring of files is smaller. */
#define LEAST_SIZE (1u << 20)

enum {
	OPT_MAX_SIZE = OPTION_RECORD_KEYS,
	OPT_SNAPSHOT,
	OPT_SUMMARY,
	OPT_RECORD_EVENTS,
	OPT_RECORD_LATENCY,
	OPT_VIEW,
	OPT_REPORT_BY,
	OPT_DIFF,
	OPT_BETWEEN,
};

const char *const report_view_names[NR_REPORT_VIEWS] = {
	[REPORT_STAT] = "stat",
	[REPORT_SHOOTDOWN] = "shootdown",
	[REPORT_TRACE] = "trace",
};

OPTION_FLAG(summary)
OPTION_FLAG(latency)
OPTION_FLAG(diff)

static int parse_max_size(struct options *o, char *arg, struct argp_state *state)
{
	if (str_parse_size(arg, &o->max_size) || o->max_size < LEAST_SIZE)
		return option_bad(state, "size", arg, "1M or more: bytes, or with K, M, G");
	return 0;
}

static int parse_snapshot(struct options *o, char *arg, struct argp_state *state)
{
	return option_time(&o->snapshot_ns, "time", arg, state);
}

static int parse_view(struct options *o, char *arg, struct argp_state *state)
{
	const int view = names__find(report_view_names, NR_REPORT_VIEWS, arg);

	if (view < 0)
		return option_bad(state, "view", arg,
				  option_names(report_view_names, NR_REPORT_VIEWS));
	o->view = view;
	return 0;
}

/** parse_end - of a range of time, the start included; nothing leaves *@ns. Return: false: it is none. */
static bool parse_end(const char *text, uint64_t *ns)
{
	const int err = *text ? str_parse_duration(text, ns) : 0;

	if (err != -ERANGE || strtod(text, NULL) > 0)
		return !err;
	*ns = 0;
	return true;
}

static int parse_between(struct options *o, char *arg, struct argp_state *state)
{
	char *comma = strchr(arg, ',');
	bool good;

	o->from_ns = 0;
	o->until_ns = UINT64_MAX;
	if (comma)
		*comma = '\0';
	good = comma && parse_end(arg, &o->from_ns) && parse_end(comma + 1, &o->until_ns) &&
	       o->from_ns < o->until_ns;
	if (comma)
		*comma = ',';
	return good ? 0
		    : option_bad(state, "time", arg,
				 "FROM,TO since the start: 1.5s,2s; 10s, to the end; ,500ms");
}

bool options__in_time(const struct options *o, uint64_t start_ns, uint64_t time_ns)
{
	const uint64_t since = time_ns > start_ns ? time_ns - start_ns : 0;

	return !o->until_ns || (since >= o->from_ns && since < o->until_ns);
}

/** parse_by - of either view; which one it is may be told later. */
static int parse_by(struct options *o, char *arg, struct argp_state *state)
{
	const int stat = names__find(stat_by_names, NR_STAT_BY, arg);
	const int shootdown = names__find(shootdown_by_names, NR_SHOOTDOWN_BY, arg);

	if (stat < 0 && shootdown < 0)
		return option_bad(
			state, "grouping", arg,
			"mapping, vma, process, comm, thread, cause, cpu, cgroup, stack, function; "
			"of "
			"shootdown: vma, call, process, comm, thread, site, stack, function, cpu");
	o->by = stat < 0 ? 0 : stat;
	o->shootdown_by = shootdown < 0 ? 0 : shootdown;
	o->no_stat_by = stat < 0;
	o->no_shootdown_by = shootdown < 0;
	o->by_given = true;
	return 0;
}

/* clang-format off */
static const struct option_def record_defs[] = {
	{{"output", 'o', "FILE", 0, "the recording (default vmascope.rec)", 3},
	 OPTIONS_RECORD, option_output},
	{{"events", OPT_RECORD_EVENTS, "LIST", 0, "what to record: fault (default), memcall, shootdown", 3},
	 OPTIONS_RECORD, option_events},
	{{"max-size", OPT_MAX_SIZE, "SIZE", 0, "keep the last so much (64M, 1G) in files FILE.N", 3},
	 OPTIONS_RECORD, parse_max_size},
	{{"snapshot", OPT_SNAPSHOT, "TIME", 0, "keep the last TIME in memory; write it on SIGUSR1 and at the end", 3},
	 OPTIONS_RECORD, parse_snapshot},
	{{"latency", OPT_RECORD_LATENCY, NULL, 0, "measure VMAs' latencies, too", 3},
	 OPTIONS_RECORD, parse_latency},
	{{"summary", OPT_SUMMARY, NULL, 0, "print what `stat` would print, at the end", 3},
	 OPTIONS_RECORD, parse_summary},
	{{"view", OPT_VIEW, "NAME", 0, "stat (default), shootdown or trace", 3},
	 OPTIONS_REPORT, parse_view},
	{{"by", OPT_REPORT_BY, "WHAT", 0, "group as stat or shootdown do", 3},
	 OPTIONS_REPORT, parse_by},
	{{"events", OPT_RECORD_EVENTS, "LIST", 0, "of trace: fault, memcall, shootdown (default: all recorded)", 3},
	 OPTIONS_REPORT, option_events},
	{{"between", OPT_BETWEEN, "FROM,TO", 0, "of trace and perfetto: what began then, since the start; either may be left out", 3},
	 OPTIONS_REPORT, parse_between},
	{{"diff", OPT_DIFF, NULL, 0, "two recordings side by side, what changed most first", 3},
	 OPTIONS_REPORT, parse_diff},
};
/* clang-format on */

const struct option_table record_options = OPTION_TABLE(record_defs);
