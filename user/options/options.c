// SPDX-License-Identifier: GPL-2.0-only
/* options.c - the table of options, and their parsing with argp. */
#include "options/options_parts.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "capture/features.h"
#include "model/names.h"
#include "util/log.h"
#include "util/str.h"

enum {
	OPT_CAUSE = OPTION_KEYS,
	OPT_VMA,
	OPT_BY,
	OPT_TOP,
	OPT_FORMAT,
	OPT_NO_FEATURE,
	OPT_SLOTS,
	OPT_RING,
	OPT_HISTS,
	OPT_LATENCY,
	OPT_COST,
	OPT_NO_FOLLOW,
	OPT_HIST,
	OPT_HEATMAP,
	OPT_ASCII,
	OPT_EVENTS,
	OPT_MAX_PROCESSES,
};

const char *const trace_event_names[NR_TRACE_EVENTS] = {
	[TRACE_FAULT] = "fault",
	[TRACE_MEMCALL] = "memcall",
	[TRACE_SHOOTDOWN] = "shootdown",
};

/** struct parse_ctx - what argp hands to parse_one(); @failed: an error has been told;
 * @at: where argp gave up, one behind the culprit */
struct parse_ctx {
	const struct command *cmd;
	struct options *o;
	bool failed;
	int at;
};

int option_bad(struct argp_state *state, const char *what, const char *arg, const char *wanted)
{
	struct parse_ctx *ctx = state->input;

	ctx->failed = true;
	vs_fail(VS_EXIT_USAGE, wanted, "bad %s: '%s'", what, arg);
	return -1;
}

OPTION_FLAG(hist)
OPTION_FLAG(heatmap)
OPTION_FLAG(wall_clock)
OPTION_FLAG(wide)
OPTION_FLAG(ascii)
OPTION_FLAG(quiet)
OPTION_FLAG(latency)
OPTION_FLAG(cost)
OPTION_STRING(cgroup)

static int parse_ids(struct options *o, char *arg, struct argp_state *state, bool threads)
{
	char **items;
	int n, err = 0;

	if (o->nr_ids && o->threads != threads) {
		return option_bad(state, "id list", arg, "-p and -t exclude each other");
	}
	n = str_split(arg, &items);
	if (n < 0)
		return option_bad(state, "id list", arg, "numbers, separated by commas");
	o->threads = threads;
	o->ids = realloc(o->ids, (o->nr_ids + n) * sizeof(*o->ids));
	for (int i = 0; i < n && o->ids; i++) {
		uint64_t id;

		if (str_parse_u64(items[i], 1 << 22, &id) || !id) {
			err = option_bad(state, threads ? "thread id" : "process id", items[i],
					 "a number from 1 to 4194304");
			break;
		}
		o->ids[o->nr_ids++] = id;
	}
	str_split_free(items);
	return o->ids ? err : -1;
}

static int parse_pid(struct options *o, char *arg, struct argp_state *state)
{
	return parse_ids(o, arg, state, false);
}

static int parse_tid(struct options *o, char *arg, struct argp_state *state)
{
	return parse_ids(o, arg, state, true);
}

static int parse_comm(struct options *o, char *arg, struct argp_state *state)
{
	if (!*arg || strlen(arg) >= VS_COMM_LEN)
		return option_bad(state, "command name", arg,
				  "1 to 15 characters, as in /proc/PID/comm");
	o->comm = arg;
	return 0;
}

static int parse_uid(struct options *o, char *arg, struct argp_state *state)
{
	const struct passwd *pw = getpwnam(arg);
	uint64_t uid;

	if (pw)
		uid = pw->pw_uid;
	else if (str_parse_u64(arg, UINT32_MAX - 1, &uid))
		return option_bad(state, "user", arg, "a user's name or number");
	o->uid = uid;
	return 0;
}

static int parse_only(struct options *o, char *arg, struct argp_state *state)
{
	static const char *const names[] = { "min", "maj", "all" };
	int n = names__find(names, 3, arg);

	if (n < 0)
		return option_bad(state, "fault filter", arg, "all, min or maj");
	o->only = n == 2 ? -1 : n;
	return 0;
}

const char *option_names(const char *const *names, int nr)
{
	static char list[512];
	size_t len = 0;

	for (int i = 0; i < nr && len < sizeof(list); i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", names[i]);
	return list;
}

/** parse_set - a list of @what, each one of @names: its bit in @set. */
static int parse_set(uint32_t *set, const char *const *names, int nr, const char *what, char *arg,
		     struct argp_state *state)
{
	char **items, plural[64];
	int n = str_split(arg, &items), err = 0;

	snprintf(plural, sizeof(plural), "list of %ss", what);
	if (n < 0)
		return option_bad(state, plural, arg, "names, separated by commas");
	for (int i = 0; i < n; i++) {
		int found = names__find(names, nr, items[i]);

		if (found < 0)
			err = option_bad(state, what, items[i], option_names(names, nr));
		else
			*set |= 1u << found;
	}
	str_split_free(items);
	return err;
}

static int parse_cause(struct options *o, char *arg, struct argp_state *state)
{
	return parse_set(&o->causes, cause_names, VS_NR_CAUSES, "cause", arg, state);
}

int option_events(struct options *o, char *arg, struct argp_state *state)
{
	return parse_set(&o->events, trace_event_names, NR_TRACE_EVENTS, "event", arg, state);
}

static int parse_vma(struct options *o, char *arg, struct argp_state *state)
{
	if (!*arg)
		return option_bad(state, "VMA name", arg, "a name, in which * and ? match");
	o->vma = arg;
	return 0;
}

static int parse_no_follow(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->follow = false;
	return 0;
}

int option_time(uint64_t *to, const char *what, char *arg, struct argp_state *state)
{
	if (str_parse_duration(arg, to))
		return option_bad(state, what, arg, "seconds, or with a unit: 200ms, 5s, 1m");
	return 0;
}

static int parse_duration(struct options *o, char *arg, struct argp_state *state)
{
	return option_time(&o->duration_ns, "duration", arg, state);
}

static int parse_interval(struct options *o, char *arg, struct argp_state *state)
{
	if (option_time(&o->interval_ns, "interval", arg, state))
		return -1;
	if (o->interval_ns < 10000000)
		return option_bad(state, "interval", arg, "at least 10ms");
	return 0;
}

static int parse_by(struct options *o, char *arg, struct argp_state *state)
{
	int by = names__find(stat_by_names, NR_STAT_BY, arg);

	if (by < 0)
		return option_bad(state, "grouping", arg, option_names(stat_by_names, NR_STAT_BY));
	o->by = by;
	return 0;
}

static int parse_shootdown_by(struct options *o, char *arg, struct argp_state *state)
{
	int by = names__find(shootdown_by_names, NR_SHOOTDOWN_BY, arg);

	if (by < 0)
		return option_bad(state, "grouping", arg,
				  option_names(shootdown_by_names, NR_SHOOTDOWN_BY));
	o->shootdown_by = by;
	return 0;
}

int option_top(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, UINT32_MAX, &n))
		return option_bad(state, "number of rows", arg, "a number, 0 for all");
	o->top = n;
	o->top_given = true;
	return 0;
}

static int parse_json(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->format = out_format__find("json");
	return 0;
}

static int parse_format(struct options *o, char *arg, struct argp_state *state)
{
	const struct parse_ctx *ctx = state->input;

	if (ctx->cmd->groups & OPTIONS_REPORT && !strcmp(arg, "perfetto")) {
		o->perfetto = true;
		return 0;
	}
	o->format = out_format__find(arg);
	return o->format ? 0 : option_bad(state, "format", arg, "text, json or csv");
}

int option_output(struct options *o, char *arg, struct argp_state *state)
{
	(void)state;
	o->output = arg;
	return 0;
}

static int parse_verbose(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->verbosity++;
	return 0;
}

static int parse_no_feature(struct options *o, char *arg, struct argp_state *state)
{
	char names[512];

	(void)o;
	if (!features__disable(arg))
		return 0;
	features__names(names, sizeof(names));
	return option_bad(state, "feature", arg, names);
}

static int parse_slots(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, CAPTURE_MAX_SLOTS, &n) || n < CAPTURE_MIN_SLOTS ||
	    !option_power_of_two(n))
		return option_bad(state, "number of slots", arg,
				  "a power of two from 64 to 4194304");
	o->slots = n;
	return 0;
}

static int parse_hists(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, CAPTURE_MAX_SLOTS, &n) || n < CAPTURE_MIN_HISTS ||
	    !option_power_of_two(n))
		return option_bad(state, "number of histograms", arg,
				  "a power of two, 64 at least");
	o->hists = n;
	return 0;
}

static int parse_max_processes(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, UINT32_MAX, &n) || (n && n < SESSION_LEAST_PROCESSES))
		return option_bad(state, "number of processes", arg, "16 or more, or 0: no limit");
	o->max_processes = n;
	return 0;
}

static int parse_ring(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t kib;

	if (str_parse_u64(arg, 1 << 20, &kib) || kib < 4 || !option_power_of_two(kib))
		return option_bad(state, "ring size", arg, "KiB, a power of two from 4 to 1048576");
	o->ring_bytes = kib << 10;
	return 0;
}

/* clang-format off */
static const struct option_def option_defs[] = {
	{{NULL, 0, NULL, 0, "Who and what:", 1}, OPTIONS_FILTER | OPTIONS_ADDRESS, NULL},
	{{"pid", 'p', "PID", 0, "the process", 1}, OPTIONS_ADDRESS, parse_pid},
	{{"pid", 'p', "PID[,PID]", 0, "these processes, and their children from now on", 1},
	 OPTIONS_FILTER, parse_pid},
	{{"tid", 't', "TID[,TID]", 0, "these threads only", 1}, OPTIONS_FILTER, parse_tid},
	{{"comm", 'n', "NAME", 0, "processes of this command name", 1}, OPTIONS_FILTER, parse_comm},
	{{"uid", 'u', "USER", 0, "processes of this user, name or number", 1},
	 OPTIONS_FILTER, parse_uid},
	{{"cgroup", 'c', "PATH", 0, "processes in this cgroup (v2) or below it", 1},
	 OPTIONS_FILTER, parse_cgroup},
	{{"faults", 'F', "all|min|maj", 0, "minor or major faults only", 1},
	 OPTIONS_FAULTS, parse_only},
	{{"cause", OPT_CAUSE, "LIST", 0, "faults of these causes only", 1},
	 OPTIONS_FAULTS, parse_cause},
	{{"vma", OPT_VMA, "GLOB", 0, "VMAs of such a name: '[heap]', '*libc*'", 1},
	 OPTIONS_FILTER | OPTIONS_REPORT, parse_vma},
	{{"no-follow", OPT_NO_FOLLOW, NULL, 0, "do not follow child processes", 1},
	 OPTIONS_FILTER, parse_no_follow},
	{{NULL, 0, NULL, 0, "How long:", 2}, OPTIONS_RUN, NULL},
	{{"duration", 'd', "TIME", 0, "end after this time: 5, 200ms, 1m", 2},
	 OPTIONS_RUN, parse_duration},
	{{"interval", 'i', "TIME", 0, "print every so often", 2}, OPTIONS_STAT | OPTIONS_REPORT, parse_interval},
	{{"interval", 'i', "TIME", 0, "look so often (default 1s)", 2}, OPTIONS_TOP, parse_interval},
	{{NULL, 0, NULL, 0, "What is shown:", 3}, OPTIONS_OUTPUT | OPTIONS_PRINT | OPTIONS_TOP,
	 NULL},
	{{"by", OPT_BY, "WHAT", 0, "group by mapping (default), vma, process, comm, thread, cause, cpu, cgroup, stack, function",
	  3}, OPTIONS_STAT, parse_by},
	{{"top", OPT_TOP, "N", 0, "rows of text at most (default 30, an interval's 5; 0: all)", 3},
	 OPTIONS_STAT | OPTIONS_REPORT, option_top},
	{{"by", OPT_BY, "WHAT", 0, "rows by vma (default), call, process, comm, thread, site, stack, function, cpu", 3},
	 OPTIONS_SHOOTDOWN, parse_shootdown_by},
	{{"top", OPT_TOP, "N", 0, "rows of text at most (default 30, of pairs 10; 0: all)", 3},
	 OPTIONS_SHOOTDOWN, option_top},
	{{"hist", OPT_HIST, NULL, 0, "add histograms of latency: all faults, then each cause", 3},
	 OPTIONS_STAT | OPTIONS_REPORT, parse_hist},
	{{"heatmap", OPT_HEATMAP, NULL, 0, "add heatmaps: latency and address over time", 3},
	 OPTIONS_STAT | OPTIONS_REPORT, parse_heatmap},
	{{"cost", OPT_COST, NULL, 0, "measure what tracing costs here (a few seconds)", 3},
	 OPTIONS_DOCTOR, parse_cost},
	{{"latency", OPT_LATENCY, NULL, 0, "show each row's latency (p50 to max), VMAs' too", 3},
	 OPTIONS_STAT | OPTIONS_REPORT, parse_latency},
	{{"events", OPT_EVENTS, "LIST", 0, "what to print: fault (default), memcall, shootdown", 3},
	 OPTIONS_TRACE, option_events},
	{{"time", 'T', NULL, 0, "show the time of day", 3}, OPTIONS_TRACE | OPTIONS_REPORT, parse_wall_clock},
	{{"json", 'j', NULL, 0, "the same as --format json", 3}, OPTIONS_OUTPUT | OPTIONS_PRINT, parse_json},
	{{"format", OPT_FORMAT, "NAME", 0, "text (default), json or csv; of report also perfetto", 3},
	 OPTIONS_OUTPUT | OPTIONS_PRINT, parse_format},
	{{"output", 'o', "FILE", 0, "write there instead of to stdout", 3},
	 OPTIONS_OUTPUT, option_output},
	{{"wide", 'w', NULL, 0, "do not cut lines", 3}, OPTIONS_OUTPUT | OPTIONS_PRINT, parse_wide},
	{{"ascii", OPT_ASCII, NULL, 0, "text without other characters", 3},
	 OPTIONS_OUTPUT | OPTIONS_PRINT | OPTIONS_TOP, parse_ascii},
	{{"quiet", 'q', NULL, 0, "no warnings", 3}, OPTIONS_OUTPUT | OPTIONS_PRINT | OPTIONS_TOP, parse_quiet},
	{{"verbose", 'v', NULL, 0, "tell more; twice, thrice: even more", 3},
	 OPTIONS_OUTPUT | OPTIONS_PRINT | OPTIONS_TOP, parse_verbose},
	{{NULL, 0, NULL, 0, "Tuning:", 4}, OPTIONS_TUNE, NULL},
	{{"no-feature", OPT_NO_FEATURE, "NAME", 0, "do without a kernel feature (see doctor)", 4},
	 OPTIONS_TUNE, parse_no_feature},
	{{"slots", OPT_SLOTS, "N", 0, "VMAs and processes counted at one time (default: by CPUs, 32768 at most)", 4},
	 OPTIONS_FILTER, parse_slots},
	{{"hists", OPT_HISTS, "N", 0, "latency histograms at one time (default: by CPUs, 2048 at most)", 4},
	 OPTIONS_FILTER, parse_hists},
	{{"max-processes", OPT_MAX_PROCESSES, "N", 0, "processes kept at most, those that have ended summed up beyond it (default 8192; 0: no limit)", 4},
	 OPTIONS_BOUND, parse_max_processes},
	{{"ring", OPT_RING, "KIB", 0, "size of the event buffer (default 8192, of record 65536)", 4},
	 OPTIONS_FILTER, parse_ring},
};
/* clang-format on */

/** option_tables - all there are, joined. */
static const struct option_table *const option_tables[] = {
	&(const struct option_table)OPTION_TABLE(option_defs),
	&stack_options,
	&record_options,
	&top_options,
	&serve_options,
};
#define NR_TABLES (sizeof(option_tables) / sizeof(*option_tables))

/** nth_option - of all tables. Return: NULL behind the last one. */
static const struct option_def *nth_option(size_t n)
{
	for (size_t i = 0; i < NR_TABLES; n -= option_tables[i++]->nr)
		if (n < option_tables[i]->nr)
			return &option_tables[i]->defs[n];
	return NULL;
}

/** find_option - the one with @key that one of @groups has. Return: NULL if there is none. */
static const struct option_def *find_option(int key, unsigned int groups)
{
	const struct option_def *d;

	for (size_t i = 0; (d = nth_option(i)); i++)
		if (d->parse && d->argp.key == key && d->groups & groups)
			return d;
	return NULL;
}

/** list_options - those of @groups, as argp wants them; to be freed. NULL: no memory. */
static struct argp_option *list_options(unsigned int groups)
{
	const struct option_def *d;
	struct argp_option *list;
	size_t all = 0, n = 0;

	while (nth_option(all))
		all++;
	list = calloc(all + 1, sizeof(*list));
	for (size_t i = 0; list && (d = nth_option(i)); i++)
		if (d->groups & groups)
			list[n++] = d->argp;
	return list;
}

static error_t parse_one(int key, char *arg, struct argp_state *state)
{
	struct parse_ctx *ctx = state->input;
	const struct option_def *d;

	if (key == ARGP_KEY_ERROR)
		ctx->at = state->next;
	if (key == ARGP_KEY_ARGS) {
		if (!(ctx->cmd->groups & (OPTIONS_RUN | OPTIONS_ADDRESS | OPTIONS_REPORT)))
			return option_bad(state, "argument", state->argv[state->next],
					  "this command takes options only"),
			       EINVAL;
		ctx->o->argv = state->argv + state->next;
		return 0;
	}
	d = find_option(key, ctx->cmd->groups);
	if (!d)
		return ARGP_ERR_UNKNOWN;
	return d->parse(ctx->o, arg, state) ? EINVAL : 0;
}

/** wants_help - see ahead: argp prints no help either where it is to print no errors. */
static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-?") ||
		    !strcmp(argv[i], "--usage"))
			return true;
	return false;
}

/** want_json - see ahead whether errors of the command line are to be told as JSON. */
static void want_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "-j") || !strcmp(argv[i], "--json") ||
		    !strcmp(argv[i], "--format=json") ||
		    (!strcmp(argv[i], "--format") && i + 1 < argc && !strcmp(argv[i + 1], "json")))
			log_setup(true, false, 0);
}

/** set_defaults - of what is not asked for. */
static void set_defaults(struct options *o, unsigned int groups)
{
	memset(o, 0, sizeof(*o));
	o->uid = -1;
	o->only = -1;
	o->follow = true;
	o->top = 30;
	o->weight = -1;
	o->max_processes = groups & OPTIONS_BOUND ? SESSION_MAX_PROCESSES : 0;
	o->ring_bytes = groups & OPTIONS_RECORD ? CAPTURE_RECORD_RING : CAPTURE_DEFAULT_RING;
	o->format = out_format__find("text");
	if (groups & OPTIONS_SERVE)
		serve_options__defaults(o);
}

/** parse_all - Return: 0, or an exit status after an error message. */
static int parse_all(const struct command *cmd, int argc, char **argv, struct options *o)
{
	struct parse_ctx ctx = { .cmd = cmd, .o = o };
	struct argp_option *list = list_options(cmd->groups);
	const struct argp argp = {
		.options = list,
		.parser = parse_one,
		.args_doc = cmd->args_doc,
		.doc = cmd->doc,
	};
	int err;

	if (!list)
		return vs_fail(VS_EXIT_FAILURE, NULL, "not enough memory");
	/* argp's own messages take two lines: ours take one, and can be JSON */
	err = argp_parse(&argp, argc, argv,
			 (cmd->groups & (OPTIONS_ADDRESS | OPTIONS_REPORT) ? 0 : ARGP_IN_ORDER) |
				 (wants_help(argc, argv) ? 0 : ARGP_NO_ERRS),
			 NULL, &ctx);
	free(list);
	if (err && !ctx.failed)
		vs_fail(VS_EXIT_USAGE, "--help lists the options", "bad or incomplete option: '%s'",
			argv[ctx.at > 1 ? ctx.at - 1 : 1]);
	return err ? VS_EXIT_USAGE : 0;
}

int options__parse(const struct command *cmd, int argc, char **argv, struct options *o)
{
	char name[64];
	int status;

	set_defaults(o, cmd->groups);
	snprintf(name, sizeof(name), "vmascope %s", cmd->name);
	argv[0] = name;
	argp_err_exit_status = VS_EXIT_USAGE;
	want_json(argc, argv);
	status = parse_all(cmd, argc, argv, o);
	if (status)
		return status;
	if (o->threads)
		o->follow = false;
	if (!o->events && !(cmd->groups & OPTIONS_REPORT))
		o->events = 1u << TRACE_FAULT;
	log_setup(!strcmp(o->format->name, "json"), o->quiet, o->verbosity);
	if (cmd->groups & OPTIONS_RUN && o->argv && o->nr_ids)
		return vs_fail(VS_EXIT_USAGE, "give one of them",
			       "a command to run and -p or -t exclude each other");
	return 0;
}

void options__free(struct options *o)
{
	free(o->ids);
	o->ids = NULL;
}
