/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * option.h - one row for each option: its names, who has it, its type, range and default, and its
 * place in struct options. Parsing, --help and the list of all options are made from the rows.
 */
#ifndef VMASCOPE_OPTIONS_OPTION_H
#define VMASCOPE_OPTIONS_OPTION_H

#include <argp.h>

#include "options/options.h"

/** enum option_type - what an argument is, and what becomes of it */
enum option_type {
	OPTION_FLAG,   /* none: bool @field is set */
	OPTION_OFF,    /* none: bool @field is cleared */
	OPTION_TIMES,  /* none: int @field is raised by one */
	OPTION_TEXT,   /* as it is: const char *@field; @least characters at least */
	OPTION_NUMBER, /* from @least to @most, and what @step says */
	OPTION_TIME,   /* a duration, in ns, @least at least */
	OPTION_SIZE,   /* in bytes, @least at least */
	OPTION_NAME,   /* one of @names: its place, from @least on */
	OPTION_NAMES,  /* a list of @names: a bit set of their places */
	OPTION_CUSTOM, /* what @parse makes of it */
	NR_OPTION_TYPES,
};

/** enum option_step - which numbers of a range are taken */
enum option_step {
	STEP_ANY,
	STEP_ANY_OR_0, /* 0, which is below the range, too */
	STEP_4,	       /* multiples of 4 */
	STEP_POWER_OF_2,
};

/** enum option_group - under which heading --help shows it */
enum option_group {
	GROUP_TARGETS = 1,
	GROUP_RUN,
	GROUP_SHOWN,
	GROUP_TUNING,
	GROUP_SERVING,
	NR_OPTION_GROUPS,
};

/**
 * struct option_row - a row of the table
 * @name: without the dashes; @letter: of its short form, 0: it has none
 * @arg: its argument, as --help shows it; NULL: it takes none
 * @group: its heading
 * @commands: bit set of COMMAND_*: a name may have several rows, for different commands
 * @help: one line
 * @type, @step: see there; @least, @most: its range, in @unit
 * @field: where the value goes, in struct options, @size bytes of it; @given: a bool there that is
 *	set too, or 0
 * @unit: of the argument, for people; @scale: what it is multiplied by, as a number of bits
 * @standard: its default, in the field's unit; @text: the same of OPTION_TEXT; @for_all: it holds for
 *	commands that do not have the option, too
 * @names: @nr_names of them
 * @what: what error messages call the argument; @wanted: what they say it has to be; NULL: made of
 *	type and range; @too_small: the same of a time that is below @least
 * @parse: of OPTION_CUSTOM. Return: 0, or -1 after option_bad().
 * @list: where the argument is a word, and not any of @names: those that the commands in a bit set take,
 *	separated by ", "; good until the next call
 */
struct option_row {
	const char *name;
	char letter;
	const char *arg;
	enum option_group group;
	unsigned int commands;
	const char *help;
	enum option_type type;
	enum option_step step;
	size_t field;
	size_t size;
	size_t given;
	int64_t least;
	uint64_t most;
	const char *unit;
	unsigned int scale;
	int64_t standard;
	const char *text;
	bool for_all;
	const char *const *names;
	int nr_names;
	const char *what;
	const char *wanted;
	const char *too_small;
	int (*parse)(const struct option_row *row, struct options *o, char *arg,
		     struct argp_state *state);
	const char *(*list)(unsigned int commands);
};

/** All options there are; ended by a row without a name. */
extern const struct option_row option_rows[];

extern const char *const option_type_names[NR_OPTION_TYPES];
extern const char *const option_group_heads[NR_OPTION_GROUPS];

/** struct parse_ctx - what argp hands to parsers; @failed: an error has been told; @at: where argp gave
 *	up, one behind the culprit */
struct parse_ctx {
	const struct command *cmd;
	struct options *o;
	bool failed;
	int at;
};

/** option_bad - @arg is no @what; @wanted: what would be. Return: -1, after an error message. */
int option_bad(struct argp_state *state, const char *what, const char *arg, const char *wanted);

/**
 * option_bad_word - @arg is none of the words in @list, separated by ", "
 * @wanted: the same for an error message, used if no word is near enough to @arg to have been meant; NULL: @list
 * Return: -1, after an error message.
 */
int option_bad_word(struct argp_state *state, const char *what, const char *arg, const char *list,
		    const char *wanted);

/** option_names - all of them, for an error message; good until the next call. */
const char *option_names(const char *const *names, int nr);

/** option_parse - @arg, by the type of @row, into @o. Return: 0, or -1 after an error message. */
int option_parse(const struct option_row *row, struct options *o, char *arg,
		 struct argp_state *state);

/** option_store - @value into the field of @row. */
void option_store(const struct option_row *row, struct options *o, int64_t value);

/** option_set_default - what is not asked for. */
void option_set_default(const struct option_row *row, struct options *o);

/* Parsers of OPTION_CUSTOM (custom.c). */
#define OPTION_PARSER(name)                                                                        \
	int name(const struct option_row *row, struct options *o, char *arg,                       \
		 struct argp_state *state)
OPTION_PARSER(option_parse_pids);
OPTION_PARSER(option_parse_tids);
OPTION_PARSER(option_parse_comm);
OPTION_PARSER(option_parse_user);
OPTION_PARSER(option_parse_json);
OPTION_PARSER(option_parse_format);
OPTION_PARSER(option_parse_feature);
OPTION_PARSER(option_parse_either_by);
OPTION_PARSER(option_parse_between);
OPTION_PARSER(option_parse_top_view);

/* The words that these take, for @commands: lists, separated by ", ", good until the next call. */

/** option_list_formats - output formats; of serve, those of messages. */
const char *option_list_formats(unsigned int commands);
/** option_list_features - features of the kernel, for all commands. */
const char *option_list_features(unsigned int commands);
/** option_list_either_by - groupings of stat, then those that only shootdown has. */
const char *option_list_either_by(unsigned int commands);
/** option_list_top_views - views of top that have a key. */
const char *option_list_top_views(unsigned int commands);
/** option_list_weights - metrics of stacks: of stat, of shootdown, or of both for report. */
const char *option_list_weights(unsigned int commands);

#endif /* VMASCOPE_OPTIONS_OPTION_H */
