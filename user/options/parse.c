// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - a command line becomes struct options: argp, fed from the table of options. */
#include "options/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/log.h"

/** argp's key of an option without a letter: its place in the table above this. */
#define FIRST_KEY 0x100

static bool has(const struct command *cmd, const struct option_row *row)
{
	return row->commands & cmd->is;
}

static int key_of(const struct option_row *row)
{
	return row->letter ? row->letter : FIRST_KEY + (int)(row - option_rows);
}

/** find_option - the one of @cmd with argp's @key. Return: NULL if there is none. */
static const struct option_row *find_option(const struct command *cmd, int key)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (has(cmd, row) && key_of(row) == key)
			return row;
	return NULL;
}

/** list_options - those of @cmd, as argp wants them; to be freed. NULL: no memory. */
static struct argp_option *list_options(const struct command *cmd)
{
	bool groups[NR_OPTION_GROUPS] = {};
	struct argp_option *list;
	size_t all = 0, n = 0;

	while (option_rows[all].name)
		all++;
	list = calloc(all + NR_OPTION_GROUPS + 1, sizeof(*list));
	for (const struct option_row *row = option_rows; list && row->name; row++) {
		if (!has(cmd, row))
			continue;
		if (!groups[row->group])
			list[n++] = (struct argp_option){ .doc = option_group_heads[row->group],
							  .group = row->group };
		groups[row->group] = true;
		list[n++] = (struct argp_option){ .name = row->name,
						  .key = key_of(row),
						  .arg = row->arg,
						  .doc = row->help,
						  .group = row->group };
	}
	return list;
}

static error_t parse_one(int key, char *arg, struct argp_state *state)
{
	struct parse_ctx *ctx = state->input;
	const struct option_row *row;

	if (key == ARGP_KEY_ERROR)
		ctx->at = state->next;
	if (key == ARGP_KEY_ARGS) {
		if (ctx->cmd->args == ARGS_NONE)
			return option_bad(state, "argument", state->argv[state->next],
					  "this command takes options only"),
			       EINVAL;
		ctx->o->argv = state->argv + state->next;
		return 0;
	}
	row = find_option(ctx->cmd, key);
	if (!row)
		return ARGP_ERR_UNKNOWN;
	return option_parse(row, ctx->o, arg, state) ? EINVAL : 0;
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

/** set_defaults - of what is not asked for; what is chosen by a list has none until it is known. */
static void set_defaults(struct options *o, const struct command *cmd)
{
	memset(o, 0, sizeof(*o));
	o->format = out_format__find("text");
	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->for_all && row->type != OPTION_NAMES)
			option_set_default(row, o);
	for (const struct option_row *row = option_rows; row->name; row++)
		if (has(cmd, row) && row->size && row->type != OPTION_NAMES)
			option_set_default(row, o);
}

/** set_lists - the defaults of lists that are not given */
static void set_lists(struct options *o, const struct command *cmd)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (has(cmd, row) && row->type == OPTION_NAMES &&
		    !*(const uint32_t *)((const char *)o + row->field))
			option_set_default(row, o);
}

/** parse_all - Return: 0, or an exit status after an error message. */
static int parse_all(const struct command *cmd, int argc, char **argv, struct options *o)
{
	struct parse_ctx ctx = { .cmd = cmd, .o = o };
	struct argp_option *list = list_options(cmd);
	const struct argp argp = {
		.options = list,
		.parser = parse_one,
		.args_doc = cmd->args_doc,
		.doc = cmd->doc,
	};
	const bool in_order = cmd->args != ARGS_FILES && cmd->args != ARGS_ADDRESSES;
	int err;

	if (!list)
		return vs_fail(VS_EXIT_FAILURE, NULL, "not enough memory");
	/* argp's own messages take two lines: ours take one, and can be JSON */
	err = argp_parse(&argp, argc, argv,
			 (in_order ? ARGP_IN_ORDER : 0) |
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

	set_defaults(o, cmd);
	snprintf(name, sizeof(name), "vmascope %s", cmd->name);
	argv[0] = name;
	argp_err_exit_status = VS_EXIT_USAGE;
	want_json(argc, argv);
	status = parse_all(cmd, argc, argv, o);
	if (status)
		return status;
	set_lists(o, cmd);
	if (o->capture.threads)
		o->capture.bpf.follow = false;
	log_setup(o->format->flags & FORMAT_MESSAGES, o->quiet, o->verbosity);
	if (cmd->args == ARGS_COMMAND && o->argv && o->capture.nr_ids)
		return vs_fail(VS_EXIT_USAGE, "give one of them",
			       "a command to run and -p or -t exclude each other");
	return 0;
}

void options__free(struct options *o)
{
	free(o->capture.ids);
	o->capture.ids = NULL;
}
