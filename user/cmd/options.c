// SPDX-License-Identifier: GPL-2.0-only
/* options.c - the table of options, and their parsing with argp. */
#include "cmd/options_parts.h"

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

#define NS_PER_SECOND 1000000000ULL

enum {
	OPT_CAUSE = OPT_FIRST,
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

static int bad(struct argp_state *state, const char *what, const char *arg, const char *wanted)
{
	struct parse_ctx *ctx = state->input;

	ctx->failed = true;
	vs_fail(VS_EXIT_USAGE, wanted, "bad %s: '%s'", what, arg);
	return -1;
}

int options__bad(struct argp_state *state, const char *what, const char *arg, const char *wanted)
{
	return bad(state, what, arg, wanted);
}

static int parse_ids(struct options *o, char *arg, struct argp_state *state, bool threads)
{
	char **items;
	int n, err = 0;

	if (o->nr_ids && o->threads != threads) {
		return bad(state, "id list", arg, "-p and -t exclude each other");
	}
	n = str_split(arg, &items);
	if (n < 0)
		return bad(state, "id list", arg, "numbers, separated by commas");
	o->threads = threads;
	o->ids = realloc(o->ids, (o->nr_ids + n) * sizeof(*o->ids));
	for (int i = 0; i < n && o->ids; i++) {
		uint64_t id;

		if (str_parse_u64(items[i], 1 << 22, &id) || !id) {
			err = bad(state, threads ? "thread id" : "process id", items[i],
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
		return bad(state, "command name", arg, "1 to 15 characters, as in /proc/PID/comm");
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
		return bad(state, "user", arg, "a user's name or number");
	o->uid = uid;
	return 0;
}

static int parse_cgroup(struct options *o, char *arg, struct argp_state *state)
{
	(void)state;
	o->cgroup = arg;
	return 0;
}

static int parse_only(struct options *o, char *arg, struct argp_state *state)
{
	static const char *const names[] = { "min", "maj", "all" };
	int n = names__find(names, 3, arg);

	if (n < 0)
		return bad(state, "fault filter", arg, "all, min or maj");
	o->only = n == 2 ? -1 : n;
	return 0;
}

/** name_list - all of them, for an error message. */
static const char *name_list(const char *const *names, int nr)
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
		return bad(state, plural, arg, "names, separated by commas");
	for (int i = 0; i < n; i++) {
		int found = names__find(names, nr, items[i]);

		if (found < 0)
			err = bad(state, what, items[i], name_list(names, nr));
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

static int parse_events(struct options *o, char *arg, struct argp_state *state)
{
	return parse_set(&o->events, trace_event_names, NR_TRACE_EVENTS, "event", arg, state);
}

static int parse_vma(struct options *o, char *arg, struct argp_state *state)
{
	if (!*arg)
		return bad(state, "VMA name", arg, "a name, in which * and ? match");
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

static int parse_time(uint64_t *to, const char *what, char *arg, struct argp_state *state)
{
	if (str_parse_duration(arg, to))
		return bad(state, what, arg, "seconds, or with a unit: 200ms, 5s, 1m");
	return 0;
}

static int parse_duration(struct options *o, char *arg, struct argp_state *state)
{
	return parse_time(&o->duration_ns, "duration", arg, state);
}

static int parse_interval(struct options *o, char *arg, struct argp_state *state)
{
	if (parse_time(&o->interval_ns, "interval", arg, state))
		return -1;
	if (o->interval_ns < 10000000)
		return bad(state, "interval", arg, "at least 10ms");
	return 0;
}

static int parse_by(struct options *o, char *arg, struct argp_state *state)
{
	int by = names__find(stat_by_names, NR_STAT_BY, arg);

	if (by < 0)
		return bad(state, "grouping", arg,
			   "mapping, vma, process, thread, cause, cpu or cgroup");
	o->by = by;
	return 0;
}

static int parse_shootdown_by(struct options *o, char *arg, struct argp_state *state)
{
	int by = names__find(shootdown_by_names, NR_SHOOTDOWN_BY, arg);

	if (by < 0)
		return bad(state, "grouping", arg, name_list(shootdown_by_names, NR_SHOOTDOWN_BY));
	o->shootdown_by = by;
	return 0;
}

static int parse_top(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, UINT32_MAX, &n))
		return bad(state, "number of rows", arg, "a number, 0 for all");
	o->top = n;
	o->top_given = true;
	return 0;
}

static int parse_hist(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->hist = true;
	return 0;
}

static int parse_heatmap(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->heatmap = true;
	return 0;
}

static int parse_wall_clock(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->wall_clock = true;
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
	o->format = out_format__find(arg);
	return o->format ? 0 : bad(state, "format", arg, "text, json or csv");
}

static int parse_output(struct options *o, char *arg, struct argp_state *state)
{
	(void)state;
	o->output = arg;
	return 0;
}

static int parse_wide(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->wide = true;
	return 0;
}

static int parse_ascii(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->ascii = true;
	return 0;
}

static int parse_quiet(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->quiet = true;
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
	return bad(state, "feature", arg, names);
}

static bool is_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

static int parse_slots(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, CAPTURE_MAX_SLOTS, &n) || n < CAPTURE_MIN_SLOTS ||
	    !is_power_of_two(n))
		return bad(state, "number of slots", arg, "a power of two from 64 to 4194304");
	o->slots = n;
	return 0;
}

static int parse_hists(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, CAPTURE_MAX_SLOTS, &n) || n < CAPTURE_MIN_HISTS ||
	    !is_power_of_two(n))
		return bad(state, "number of histograms", arg, "a power of two, 64 at least");
	o->hists = n;
	return 0;
}

static int parse_latency(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->latency = true;
	return 0;
}

static int parse_cost(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->cost = true;
	return 0;
}

static int parse_ring(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t kib;

	if (str_parse_u64(arg, 1 << 20, &kib) || kib < 4 || !is_power_of_two(kib))
		return bad(state, "ring size", arg, "KiB, a power of two from 4 to 1048576");
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
	 OPTIONS_FILTER, parse_vma},
	{{"no-follow", OPT_NO_FOLLOW, NULL, 0, "do not follow child processes", 1},
	 OPTIONS_FILTER, parse_no_follow},
	{{NULL, 0, NULL, 0, "How long:", 2}, OPTIONS_RUN, NULL},
	{{"duration", 'd', "TIME", 0, "end after this time: 5, 200ms, 1m", 2},
	 OPTIONS_RUN, parse_duration},
	{{"interval", 'i', "TIME", 0, "print every so often", 2}, OPTIONS_STAT, parse_interval},
	{{NULL, 0, NULL, 0, "What is shown:", 3}, OPTIONS_OUTPUT, NULL},
	{{"by", OPT_BY, "WHAT", 0, "group by mapping (default), vma, process, thread, cause, cpu, cgroup",
	  3}, OPTIONS_STAT, parse_by},
	{{"top", OPT_TOP, "N", 0, "rows of text at most (default 30, an interval's 5; 0: all)", 3},
	 OPTIONS_STAT, parse_top},
	{{"by", OPT_BY, "WHAT", 0, "rows by vma (default), call, process, thread, site, cpu", 3},
	 OPTIONS_SHOOTDOWN, parse_shootdown_by},
	{{"top", OPT_TOP, "N", 0, "rows of text at most (default 30, of pairs 10; 0: all)", 3},
	 OPTIONS_SHOOTDOWN, parse_top},
	{{"hist", OPT_HIST, NULL, 0, "add histograms of latency: all faults, then each cause", 3},
	 OPTIONS_STAT, parse_hist},
	{{"heatmap", OPT_HEATMAP, NULL, 0, "add heatmaps: latency and address over time", 3},
	 OPTIONS_STAT, parse_heatmap},
	{{"cost", OPT_COST, NULL, 0, "measure what tracing costs here (a few seconds)", 3},
	 OPTIONS_DOCTOR, parse_cost},
	{{"latency", OPT_LATENCY, NULL, 0, "show each row's latency (p50 to max), VMAs' too", 3},
	 OPTIONS_STAT, parse_latency},
	{{"events", OPT_EVENTS, "LIST", 0, "what to print: fault (default), memcall, shootdown", 3},
	 OPTIONS_TRACE, parse_events},
	{{"time", 'T', NULL, 0, "show the time of day", 3}, OPTIONS_TRACE, parse_wall_clock},
	{{"json", 'j', NULL, 0, "the same as --format json", 3}, OPTIONS_OUTPUT, parse_json},
	{{"format", OPT_FORMAT, "NAME", 0, "text (default), json or csv", 3},
	 OPTIONS_OUTPUT, parse_format},
	{{"output", 'o', "FILE", 0, "write there instead of to stdout", 3},
	 OPTIONS_OUTPUT, parse_output},
	{{"wide", 'w', NULL, 0, "do not cut lines", 3}, OPTIONS_OUTPUT, parse_wide},
	{{"ascii", OPT_ASCII, NULL, 0, "text without other characters", 3},
	 OPTIONS_OUTPUT, parse_ascii},
	{{"quiet", 'q', NULL, 0, "no warnings", 3}, OPTIONS_OUTPUT, parse_quiet},
	{{"verbose", 'v', NULL, 0, "tell more; twice, thrice: even more", 3},
	 OPTIONS_OUTPUT, parse_verbose},
	{{NULL, 0, NULL, 0, "Tuning:", 4}, OPTIONS_TUNE, NULL},
	{{"no-feature", OPT_NO_FEATURE, "NAME", 0, "do without a kernel feature (see doctor)", 4},
	 OPTIONS_TUNE, parse_no_feature},
	{{"slots", OPT_SLOTS, "N", 0, "VMAs and processes counted at one time (default: by CPUs, 32768 at most)", 4},
	 OPTIONS_FILTER, parse_slots},
	{{"hists", OPT_HISTS, "N", 0, "latency histograms at one time (default: by CPUs, 2048 at most)", 4},
	 OPTIONS_FILTER, parse_hists},
	{{"ring", OPT_RING, "KIB", 0, "size of the event buffer (default 8192)", 4},
	 OPTIONS_FILTER, parse_ring},
};
/* clang-format on */

#define NR_OPTION_DEFS (sizeof(option_defs) / sizeof(*option_defs))

/** nth_def - of all the tables. */
static const struct option_def *nth_def(size_t i)
{
	return i < NR_OPTION_DEFS ? &option_defs[i] : &serve_option_defs[i - NR_OPTION_DEFS];
}

/** find_def - the option with @key that one of @groups takes. Return: NULL if there is none. */
static const struct option_def *find_def(int key, unsigned int groups)
{
	for (size_t i = 0; i < NR_OPTION_DEFS + nr_serve_option_defs; i++) {
		const struct option_def *d = nth_def(i);

		if (d->parse && d->argp.key == key && d->groups & groups)
			return d;
	}
	return NULL;
}

static error_t parse_one(int key, char *arg, struct argp_state *state)
{
	struct parse_ctx *ctx = state->input;
	const struct option_def *d;

	if (key == ARGP_KEY_ERROR)
		ctx->at = state->next;
	if (key == ARGP_KEY_ARGS) {
		if (!(ctx->cmd->groups & (OPTIONS_RUN | OPTIONS_ADDRESS)))
			return bad(state, "argument", state->argv[state->next],
				   "this command takes options only"),
			       EINVAL;
		ctx->o->argv = state->argv + state->next;
		return 0;
	}
	d = find_def(key, ctx->cmd->groups);
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

int options__parse(const struct command *cmd, int argc, char **argv, struct options *o)
{
	struct argp_option *list;
	struct parse_ctx ctx = { .cmd = cmd, .o = o };
	struct argp argp = {
		.parser = parse_one,
		.args_doc = cmd->args_doc,
		.doc = cmd->doc,
	};
	char name[64];
	size_t n = 0;
	int err;

	memset(o, 0, sizeof(*o));
	o->uid = -1;
	o->only = -1;
	o->follow = true;
	o->top = 30;
	o->ring_bytes = CAPTURE_DEFAULT_RING;
	o->format = out_format__find("text");
	serve_options__defaults(o);
	list = calloc(NR_OPTION_DEFS + nr_serve_option_defs + 1, sizeof(*list));
	if (!list)
		return VS_EXIT_FAILURE;
	for (size_t i = 0; i < NR_OPTION_DEFS + nr_serve_option_defs; i++)
		if (nth_def(i)->groups & cmd->groups)
			list[n++] = nth_def(i)->argp;
	argp.options = list;

	snprintf(name, sizeof(name), "vmascope %s", cmd->name);
	argv[0] = name;
	argp_err_exit_status = VS_EXIT_USAGE;
	want_json(argc, argv);
	/* argp's own messages take two lines: ours take one, and can be JSON */
	err = argp_parse(&argp, argc, argv,
			 (cmd->groups & OPTIONS_ADDRESS ? 0 : ARGP_IN_ORDER) |
				 (wants_help(argc, argv) ? 0 : ARGP_NO_ERRS),
			 NULL, &ctx);
	free(list);
	if (err && !ctx.failed)
		vs_fail(VS_EXIT_USAGE, "--help lists the options", "bad or incomplete option: '%s'",
			argv[ctx.at > 1 ? ctx.at - 1 : 1]);
	if (err)
		return VS_EXIT_USAGE;
	if (o->threads)
		o->follow = false;
	if (cmd->groups & OPTIONS_SERVE && !o->interval_ns)
		o->interval_ns = NS_PER_SECOND;
	if (!o->events)
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
