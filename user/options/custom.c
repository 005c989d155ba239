// SPDX-License-Identifier: GPL-2.0-only
/* custom.c - options whose argument is in a language of its own. */
#include "options/option.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "capture/features.h"
#include "model/names.h"
#include "tui/tui.h"
#include "util/str.h"

/** Ids of processes and threads: PID_MAX_LIMIT of include/linux/threads.h */
#define MAX_ID (1 << 22)

static int parse_ids(struct options *o, char *arg, struct argp_state *state, bool threads)
{
	char **items;
	int n, err = 0;

	if (o->capture.nr_ids && o->capture.threads != threads)
		return option_bad(state, "id list", arg, "-p and -t exclude each other");
	n = str_split(arg, &items);
	if (n < 0)
		return option_bad(state, "id list", arg, "numbers, separated by commas");
	o->capture.threads = threads;
	o->capture.ids = realloc(o->capture.ids, (o->capture.nr_ids + n) * sizeof(*o->capture.ids));
	for (int i = 0; i < n && o->capture.ids; i++) {
		uint64_t id;

		if (str_parse_u64(items[i], MAX_ID, &id) || !id) {
			err = option_bad(state, threads ? "thread id" : "process id", items[i],
					 "a number from 1 to 4194304");
			break;
		}
		o->capture.ids[o->capture.nr_ids++] = id;
	}
	str_split_free(items);
	return o->capture.ids ? err : -1;
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

/** prints_as - the commands in @is can print as @f: `serve` prints messages alone */
static bool prints_as(unsigned int is, const struct out_format *f)
{
	if (is & COMMAND_SERVE)
		return f->flags & (FORMAT_FOR_PEOPLE | FORMAT_MESSAGES);
	return is & COMMAND_REPORT || !(f->flags & FORMAT_OF_EVENTS);
}

OPTION_PARSER(option_parse_format)
{
	const struct parse_ctx *ctx = state->input;
	const char *names[8];
	int nr = 0;

	(void)row;
	for (const struct out_format *f = out_formats; f->name && nr < 8; f++)
		if (prints_as(ctx->cmd->is, f))
			names[nr++] = f->name;
	o->format = out_format__find(arg);
	if (o->format && prints_as(ctx->cmd->is, o->format))
		return 0;
	return option_bad(state, "format", arg, option_names(names, nr));
}

OPTION_PARSER(option_parse_feature)
{
	char names[512];

	(void)row;
	(void)o;
	if (!features__disable(arg))
		return 0;
	features__names(names, sizeof(names));
	return option_bad(state, "feature", arg, names);
}

/** option_parse_either_by - of either view; which one it is may be told later. */
OPTION_PARSER(option_parse_either_by)
{
	const int stat = names__find(stat_by_names, NR_STAT_BY, arg);
	const int shootdown = names__find(shootdown_by_names, NR_SHOOTDOWN_BY, arg);

	(void)row;
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

/** parse_end - of a range of time, the start included; nothing leaves *@ns. Return: false: it is none. */
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
				 "FROM,TO since the start: 1.5s,2s; 10s, to the end; ,500ms");
}

OPTION_PARSER(option_parse_top_view)
{
	(void)row;
	if (tui_view__find(arg) == NR_VIEWS)
		return option_bad(state, "view", arg,
				  "processes, vmas, causes, calls, cpus, log or stacks");
	o->view_name = arg;
	return 0;
}
