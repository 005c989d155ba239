// SPDX-License-Identifier: GPL-2.0-only
/* list.c - `vmascope help --list`: all commands and their options, for generated files. */
#include "options/option.h"

#include <string.h>
#include <unistd.h>

#include "format/out.h"
#include "table/rows.h"
#include "util/log.h"

/** Incremented when a key changes its meaning or is removed. */
#define LIST_SCHEMA 1
#define NS_PER_SECOND 1000000000LL
#define NS_PER_MS 1000000LL
/** Size of the text of a default, or of a limit of a range. */
#define VALUE_LEN 64

static const struct column root_columns[] = {
	{ .key = "schema", .type = CELL_U64 },
	{ .key = "version", .type = CELL_STR },
};
static const struct table_def root_table = OBJECT_DEF(NULL, root_columns);

static const struct column option_columns[] = {
	{ .key = "name", .type = CELL_STR },	 { .key = "letter", .type = CELL_STR },
	{ .key = "argument", .type = CELL_STR }, { .key = "group", .type = CELL_STR },
	{ .key = "help", .type = CELL_STR },	 { .key = "type", .type = CELL_STR },
	{ .key = "least", .type = CELL_STR },	 { .key = "most", .type = CELL_STR },
	{ .key = "unit", .type = CELL_STR },	 { .key = "default", .type = CELL_STR },
	{ .key = "values", .type = CELL_STR },
};
static const struct table_def option_table = TABLE_DEF("options", option_columns);

static const struct column command_columns[] = {
	{ .key = "command", .type = CELL_STR },	  { .key = "summary", .type = CELL_STR },
	{ .key = "arguments", .type = CELL_STR }, { .key = "about", .type = CELL_STR },
	{ .key = "options", .type = CELL_TABLE },
};
static const struct table_def command_table = TABLE_DEF("commands", command_columns);

/** format_value - @value of @row in the syntax of the command line: "30", "1s", "16". */
static void format_value(const struct option_row *row, uint64_t value, char *text)
{
	if (row->type != OPTION_TIME)
		snprintf(text, VALUE_LEN, "%llu", (unsigned long long)value);
	else if (value % NS_PER_SECOND)
		snprintf(text, VALUE_LEN, "%llums", (unsigned long long)(value / NS_PER_MS));
	else
		snprintf(text, VALUE_LEN, "%llus", (unsigned long long)(value / NS_PER_SECOND));
}

/** default_of - the default of @row as typed; @text is a buffer. Return: NULL if there is none. */
static const char *default_of(const struct option_row *row, char *text)
{
	switch (row->type) {
	case OPTION_TEXT:
	case OPTION_CUSTOM:
		return row->text;
	case OPTION_NAME:
		return row->standard < row->least ? NULL : row->names[row->standard - row->least];
	case OPTION_NAMES:
		/* a list with at most one entry */
		return row->standard ? row->names[__builtin_ctzll(row->standard)] : NULL;
	case OPTION_NUMBER:
	case OPTION_TIME:
	case OPTION_SIZE:
		format_value(row, row->standard >> row->scale, text);
		return row->standard ? text : NULL;
	default:
		return NULL;
	}
}

/** set_range - set minimum and maximum of options that have a range */
static void set_range(struct table *t, const struct option_row *row)
{
	char text[VALUE_LEN];

	if (row->type != OPTION_NUMBER && row->type != OPTION_TIME && row->type != OPTION_SIZE)
		return;
	if (row->least || row->type == OPTION_NUMBER) {
		format_value(row, row->least, text);
		table__set_str(t, "least", text);
	}
	if (row->most) {
		format_value(row, row->most, text);
		table__set_str(t, "most", text);
	}
}

/** words_of - valid arguments of @row for @commands. Return: NULL if it takes no word of a list. */
static const char *words_of(const struct option_row *row, unsigned int commands)
{
	if (row->list)
		return row->list(commands);
	return row->names ? option_names(row->names, row->nr_names) : NULL;
}

static void add_option(struct table *t, const struct option_row *row, unsigned int commands)
{
	const char letter[] = { row->letter, '\0' };
	char text[VALUE_LEN];

	table__add_row(t);
	table__set_str(t, "name", row->name);
	table__set_str(t, "letter", row->letter ? letter : NULL);
	table__set_str(t, "argument", row->arg);
	table__set_str(t, "group", option_group_heads[row->group]);
	table__set_str(t, "help", row->help);
	table__set_str(t, "type", row->arg ? option_type_names[row->type] : "flag");
	set_range(t, row);
	table__set_str(t, "unit", row->unit);
	table__set_str(t, "default", default_of(row, text));
	table__set_str(t, "values", words_of(row, commands));
}

static void add_command(struct table *t, const struct command *cmd)
{
	struct table *options;

	table__add_row(t);
	options = table__sub(t, &option_table);
	table__set_str(t, "command", cmd->name);
	table__set_str(t, "summary", cmd->summary);
	table__set_str(t, "arguments", cmd->args_doc);
	table__set_str(t, "about", cmd->doc);
	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->commands & cmd->is)
			add_option(options, row, cmd->is);
}

static void make(struct document *d, const struct command *const *commands, size_t nr)
{
	struct table *root = document__table(d, &root_table), *list;

	table__set_u64(root, "schema", LIST_SCHEMA);
	table__set_str(root, "version", VMASCOPE_VERSION);
	list = document__table(d, &command_table);
	for (size_t i = 0; i < nr; i++)
		add_command(list, commands[i]);
}

int options__list(const struct command *const *commands, size_t nr)
{
	struct out_options out = {};
	struct document d = {};
	int err = out_stream__open(&out.stream, STDOUT_FILENO), last;

	if (err)
		return vs_fail(VS_EXIT_FAILURE, NULL, "cannot write to stdout: %s", strerror(-err));
	out.file = out_stream__file(out.stream);
	make(&d, commands, nr);
	err = out_format__document(out_format__find("json"), &d, &out);
	document__free(&d);
	last = out_stream__close(out.stream);
	err = err ? err : last;
	return err ? vs_fail(VS_EXIT_FAILURE, NULL, "cannot write the list: %s", strerror(-err))
		   : VS_EXIT_OK;
}
