// SPDX-License-Identifier: GPL-2.0-only
/* custom.c - options whose argument has a special syntax. */
#include "options/option.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "capture/features.h"
#include "model/names.h"
#include "tui/tui.h"
#include "util/array.h"
#include "util/str.h"

/** Maximum id of processes and threads: PID_MAX_LIMIT of include/linux/threads.h */
#define MAX_ID (1 << 22)

static int parse_ids(struct options *o, char *arg, struct argp_state *state, bool threads)
{
	char **items;
	int n, err = 0;

	if (o->capture.nr_ids && o->capture.threads != threads)
		return option_bad(state, "id list", arg, "-p and -t are mutually exclusive");
	n = str_split(arg, &items);
	if (n < 0)
		return option_bad(state, "id list", arg, "numbers, separated by commas");
	o->capture.threads = threads;
	if (array__resize(&o->capture.ids, o->capture.nr_ids + n, sizeof(*o->capture.ids)))
		err = -1;
	for (int i = 0; i < n && !err; i++) {
		uint64_t id;

		if (str_parse_u64(items[i], MAX_ID, &id) || !id) {
			err = option_bad(state, threads ? "thread id" : "process id", items[i],
					 "a number from 1 to 4194304");
			continue;
		}
		o->capture.ids[o->capture.nr_ids++] = id;
	}
	str_split_free(items);
	return err;
}

OPTION_PARSER(option_parse_pids)
{
	(void)row;
	return parse_ids(o, arg, state, false);
}

OPTION_PARSER(option_parse_tids)
{
	(void)row;
	return parse_ids(o, arg, state, true);
}

OPTION_PARSER(option_parse_comm)
{
	(void)row;
	if (!*arg || strlen(arg) >= VS_COMM_LEN)
		return option_bad(state, "command name", arg,
				  "1 to 15 characters, as in /proc/PID/comm");
	o->capture.comm = arg;
	return 0;
}

OPTION_PARSER(option_parse_user)
{
	const struct passwd *pw = getpwnam(arg);
	uint64_t uid;

	if (pw)
		uid = pw->pw_uid;
	else if (str_parse_u64(arg, UINT32_MAX - 1, &uid))
		return option_bad(state, "user", arg, "a user's name or number");
	option_store(row, o, uid);
	return 0;
}

OPTION_PARSER(option_parse_json)
{
	(void)row;
	(void)arg;
	(void)state;
	o->format = out_format__find("json");
	return 0;
}

/** prints_as - the commands in @is support format @f: `serve` prints messages only */
static bool prints_as(unsigned int is, const struct out_format *f)
{
	if (is & COMMAND_SERVE)
		return f->flags & (FORMAT_FOR_PEOPLE | FORMAT_MESSAGES);
	if (f->flags & FORMAT_OF_STACKS)
		return is & (COMMAND_STAT | COMMAND_SHOOTDOWN | COMMAND_REPORT);
	return is & COMMAND_REPORT || !(f->flags & FORMAT_OF_EVENTS);
}

const char *option_list_formats(unsigned int commands)
{
	const char *names[8];
	int nr = 0;

	for (const struct out_format *f = out_formats; f->name && nr < 8; f++)
		if (prints_as(commands, f))
			names[nr++] = f->name;
	return option_names(names, nr);
}

OPTION_PARSER(option_parse_format)
{
	const struct parse_ctx *ctx = state->input;

	o->format = out_format__find(arg);
	if (o->format && prints_as(ctx->cmd->is, o->format))
		return 0;
	return option_bad_word(state, "format", arg, row->list(ctx->cmd->is), NULL);
}

const char *option_list_features(unsigned int commands)
{
	static char names[512];

	(void)commands;
	features__names(names, sizeof(names));
	return names;
}

OPTION_PARSER(option_parse_feature)
{
	(void)o;
	if (!features__disable(arg))
		return 0;
	return option_bad_word(state, "feature", arg, row->list(0), NULL);
}

const char *option_list_either_by(unsigned int commands)
{
	const char *names[NR_STAT_BY + NR_SHOOTDOWN_BY];
	int nr = 0;

	(void)commands;
	for (int i = 0; i < NR_STAT_BY; i++)
		names[nr++] = stat_by_names[i];
	for (int i = 0; i < NR_SHOOTDOWN_BY; i++)
		if (names__find(stat_by_names, NR_STAT_BY, shootdown_by_names[i]) < 0)
			names[nr++] = shootdown_by_names[i];
	return option_names(names, nr);
}

/** option_parse_either_by - grouping of either view; the view may be given later. */
OPTION_PARSER(option_parse_either_by)
{
	const int stat = names__find(stat_by_names, NR_STAT_BY, arg);
	const int shootdown = names__find(shootdown_by_names, NR_SHOOTDOWN_BY, arg);

	if (stat < 0 && shootdown < 0)
		return option_bad_word(
			state, "grouping", arg, row->list(0),
			"mapping, vma, process, comm, thread, cause, cpu, cgroup, stack, function; "
			"for shootdown: vma, call, process, comm, thread, site, stack, function, "
			"cpu");
	o->by = stat < 0 ? 0 : stat;
	o->shootdown_by = shootdown < 0 ? 0 : shootdown;
	o->no_stat_by = stat < 0;
	o->no_shootdown_by = shootdown < 0;
	o->by_given = true;
	return 0;
}

/** parse_end - parse an end of a range, 0 included; "" leaves *@ns. Return: false if invalid. */
static bool parse_end(const char *text, uint64_t *ns)
{
	const int err = *text ? str_parse_duration(text, ns) : 0;

	if (err != -ERANGE || strtod(text, NULL) > 0)
		return !err;
	*ns = 0;
	return true;
}

OPTION_PARSER(option_parse_between)
{
	char *comma = strchr(arg, ',');
	bool good;

	(void)row;
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
				 "FROM,TO since the start, for example 1.5s,2s or 10s, or ,500ms");
}

const char *option_list_top_views(unsigned int commands)
{
	const char *names[NR_VIEWS];
	int nr = 0;

	(void)commands;
	for (int i = 0; i < NR_VIEWS; i++)
		if (!tui_views[i].hidden)
			names[nr++] = tui_views[i].name;
	return option_names(names, nr);
}

OPTION_PARSER(option_parse_top_view)
{
	if (tui_view__find(arg) == NR_VIEWS)
		return option_bad_word(state, "view", arg, row->list(0), NULL);
	o->view_name = arg;
	return 0;
}

const char *option_list_latency(unsigned int commands)
{
	(void)commands;
	return "every, sample, off";
}

OPTION_PARSER(option_parse_latency)
{
	uint64_t period = LATENCY_SAMPLE;

	if (!strcmp(arg, "every"))
		period = 1;
	else if (!strcmp(arg, "off"))
		period = 0;
	else if (strcmp(arg, "sample") &&
		 (strncmp(arg, "sample=", 7) ||
		  str_parse_u64(arg + 7, LATENCY_SAMPLE_MOST, &period) || period < 2))
		return option_bad(state, "latency mode", arg,
				  "every, sample, sample=N (N from 2 to 1000000) or off; for "
				  "quantiles of each row, use --quantiles");
	option_store(row, o, period);
	return 0;
}

const char *option_list_weights(unsigned int commands)
{
	if (commands & COMMAND_STAT)
		return "faults, time";
	if (commands & COMMAND_SHOOTDOWN)
		return "stolen, time, sent, calls";
	return option_names(stack_weight_names, NR_STACK_WEIGHTS);
}
