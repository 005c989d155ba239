// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - parse a command line into struct options: argp, with options from the table. */
#include "options/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/array.h"
#include "util/log.h"
#include "util/nearest.h"

/** argp's key of an option without a letter: its index in the table plus this. */
#define FIRST_KEY 0x100

static bool has(const struct command *cmd, const struct option_row *row)
{
	return row->commands & cmd->is;
}

static int key_of(const struct option_row *row)
{
	return row->letter ? row->letter : FIRST_KEY + (int)(row - option_rows);
}

/** find_option - the option of @cmd with argp's @key. Return: NULL if there is none. */
static const struct option_row *find_option(const struct command *cmd, int key)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (has(cmd, row) && key_of(row) == key)
			return row;
	return NULL;
}

/** list_options - options of @cmd, in argp's format; to be freed. NULL: no memory. */
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
		if (ctx->cmd->args == ARGS_COMMAND_OR_FILE && !state->quoted)
			ctx->o->file = ctx->o->argv[0];
		return 0;
	}
	row = find_option(ctx->cmd, key);
	if (!row)
		return ARGP_ERR_UNKNOWN;
	return option_parse(row, ctx->o, arg, state) ? EINVAL : 0;
}

/** wants_help - look ahead for --help: when argp's errors are disabled, so is its help. */
static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-?") ||
		    !strcmp(argv[i], "--usage"))
			return true;
	return false;
}

/** want_json - look ahead whether errors in the command line have to be printed as JSON. */
static void want_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "-j") || !strcmp(argv[i], "--json") ||
		    !strcmp(argv[i], "--format=json") ||
		    (!strcmp(argv[i], "--format") && i + 1 < argc && !strcmp(argv[i + 1], "json")))
			log_setup(true, false, 0);
}

/** set_defaults - set the defaults of all options but lists of names, see set_lists() */
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

/** set_lists - set the defaults of lists that are not given */
static void set_lists(struct options *o, const struct command *cmd)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (has(cmd, row) && row->type == OPTION_NAMES &&
		    !*(const uint32_t *)((const char *)o + row->field))
			option_set_default(row, o);
}

/** Size of a list with the long options of a command. */
#define OPTION_LIST_LEN 2048

/** long_options - list those of @cmd that begin with @start (with "--"). Return: their number. */
static int long_options(const struct command *cmd, const char *start, char list[OPTION_LIST_LEN])
{
	/* argp's own options, which are in no row */
	const char *const more[] = { "--help", "--usage" };
	const size_t len = strlen(start);
	size_t n = 0;
	int nr = 0;

	list[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(more); i++)
		if (!strncmp(more[i], start, len))
			n += snprintf(list + n, OPTION_LIST_LEN - n, "%s%s", nr++ ? ", " : "",
				      more[i]);
	for (const struct option_row *row = option_rows; row->name; row++) {
		char name[NEAREST_LEN];

		snprintf(name, sizeof(name), "--%s", row->name);
		if (has(cmd, row) && !strncmp(name, start, len) && n < OPTION_LIST_LEN)
			n += snprintf(list + n, OPTION_LIST_LEN - n, "%s%s", nr++ ? ", " : "",
				      name);
	}
	return nr;
}

/** find_long - the option of @cmd with @name, including "--". Return: NULL if there is none. */
static const struct option_row *find_long(const struct command *cmd, const char *name)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (has(cmd, row) && !strncmp(name, "--", 2) && !strcmp(name + 2, row->name))
			return row;
	return NULL;
}

/** bad_long - print an error message for @word, which argp has rejected as a long option of @cmd */
static void bad_long(const struct command *cmd, const char *word)
{
	char list[OPTION_LIST_LEN], name[NEAREST_LEN], near[NEAREST_LEN], hint[128];
	const struct option_row *row;
	int nr;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	nr = name[2] ? long_options(cmd, name, list) : 0;
	/* an unambiguous abbreviation is valid */
	row = find_long(cmd, nr == 1 ? list : name);
	if (row && row->arg) {
		vs_fail(VS_EXIT_USAGE, row->arg, "option '%s' needs an argument", word);
		return;
	}
	if (row || nr == 1) {
		vs_fail(VS_EXIT_USAGE, NULL, "option '%s' takes no argument: '%s'", name, word);
		return;
	}
	if (nr > 1) {
		vs_fail(VS_EXIT_USAGE, list, "option '%s' is ambiguous", word);
		return;
	}
	snprintf(hint, sizeof(hint), "`vmascope help %s` lists the options", cmd->name);
	long_options(cmd, "--", list);
	if (nearest__find(near, list, name))
		snprintf(hint, sizeof(hint), "did you mean '%s'?", near);
	vs_fail(VS_EXIT_USAGE, hint, "no such option: '%s'", word);
}

/** bad_letters - the same for @word, which has one or more letters after a dash */
static void bad_letters(const struct command *cmd, const char *word)
{
	const struct option_row *row = NULL;
	const char *letter = word + 1;
	char hint[128];

	while (*letter && (row = find_option(cmd, *letter)) && !row->arg)
		letter++;
	if (*letter && row) {
		vs_fail(VS_EXIT_USAGE, row->arg, "option '-%c' needs an argument", *letter);
		return;
	}
	snprintf(hint, sizeof(hint), "`vmascope help %s` lists the options", cmd->name);
	if (*letter && letter > word + 1)
		vs_fail(VS_EXIT_USAGE, hint, "no such option: '-%c' in '%s'", *letter, word);
	else
		vs_fail(VS_EXIT_USAGE, hint, "no such option: '%s'", word);
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
	const char *word;
	int err;

	if (!list)
		return vs_fail(VS_EXIT_FAILURE, NULL, "not enough memory");
	/* argp's own messages take two lines: these take one, and can be JSON */
	err = argp_parse(&argp, argc, argv,
			 (in_order ? ARGP_IN_ORDER : 0) |
				 (wants_help(argc, argv) ? 0 : ARGP_NO_ERRS),
			 NULL, &ctx);
	free(list);
	word = argv[ctx.at > 1 ? ctx.at - 1 : 1];
	if (err && !ctx.failed)
		(!strncmp(word, "--", 2) ? bad_long : bad_letters)(cmd, word);
	return err ? VS_EXIT_USAGE : 0;
}

/** check_terminal - Return: 0, or an exit status after an error message: the output is no text. */
static int check_terminal(const struct options *o)
{
	if (!(o->format->flags & FORMAT_BINARY) || (o->output && strcmp(o->output, "-")) ||
	    !isatty(STDOUT_FILENO))
		return 0;
	return vs_fail(VS_EXIT_USAGE, "-o FILE", "cannot write --format %s to a terminal",
		       o->format->name);
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
	if ((cmd->args == ARGS_COMMAND || cmd->args == ARGS_COMMAND_OR_FILE) && o->argv &&
	    !o->file && o->capture.nr_ids)
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "a command to run and -p or -t are mutually exclusive");
	return check_terminal(o);
}

void options__free(struct options *o)
{
	free(o->capture.ids);
	o->capture.ids = NULL;
}
