/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * option.h - one row for each option: its names, its commands, its type, range and default, and its
 * place in struct options. Parsing, --help and the list of all options are made from the rows.
 */
#ifndef VMASCOPE_OPTIONS_OPTION_H
#define VMASCOPE_OPTIONS_OPTION_H

#include <argp.h>

#include "options/options.h"

/** enum option_type - type of the argument, and how it is stored */
enum option_type {
	OPTION_FLAG,   /* no argument: bool @field is set */
	OPTION_OFF,    /* no argument: bool @field is cleared */
	OPTION_TIMES,  /* no argument: int @field is incremented */
	OPTION_TEXT,   /* stored as it is: const char *@field; at least @least characters */
	OPTION_NUMBER, /* from @least to @most, restricted by @step */
	OPTION_TIME,   /* a duration, in ns, at least @least */
	OPTION_SIZE,   /* in bytes, at least @least */
	OPTION_NAME,   /* one of @names: its index, from @least on */
	OPTION_NAMES,  /* a list of @names: a bit set of their indices */
	OPTION_CUSTOM, /* parsed by @parse */
	NR_OPTION_TYPES,
};

/** enum option_step - which numbers of a range are valid */
enum option_step {
	STEP_ANY,
	STEP_ANY_OR_0, /* also 0, which is below the range */
	STEP_4,	       /* multiples of 4 */
	STEP_POWER_OF_2,
};

/** enum option_group - the heading for the option in --help */
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
 * @name: without the dashes; @letter: of its short form, 0: none
 * @arg: its argument, as --help shows it; NULL: none
 * @group: its heading
 * @commands: bit set of COMMAND_*: a name may have several rows, for different commands
 * @help: description, one line
 * @type, @step: see there; @least, @most: range, in @unit
 * @field: offset of the value in struct options, @size bytes; @given: offset of a bool that is
 *	set too, or 0
 * @unit: unit of the argument, as text; @scale: its factor, as a number of bits
 * @standard: default, in the field's unit; @text: default of OPTION_TEXT; @for_all: it also applies
 *	to commands without this option
 * @names: @nr_names of them
 * @what: what error messages call the argument; @wanted: valid arguments in error messages; NULL:
 *	made from type and range; @too_small: the same for a time below @least
 * @parse: for OPTION_CUSTOM. Return: 0, or -1 after option_bad().
 * @list: if the argument is a word, and not one of @names: the words valid for the commands in a
 *	bit set, separated by ", "; valid until the next call
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

/** The table of all options, terminated by a row without a name. */
extern const struct option_row option_rows[];

extern const char *const option_type_names[NR_OPTION_TYPES];
extern const char *const option_group_heads[NR_OPTION_GROUPS];

/** struct parse_ctx - passed to parsers by argp; @failed: an error was printed; @at: where argp
 *	stopped, one after the invalid argument */
struct parse_ctx {
	const struct command *cmd;
	struct options *o;
	bool failed;
	int at;
};

/** option_bad - report that @arg is not a valid @what; @wanted: what is valid. Return: -1. */
int option_bad(struct argp_state *state, const char *what, const char *arg, const char *wanted);

/**
 * option_bad_word - report that @arg is none of the words in @list, separated by ", "
 * @wanted: the same for an error message, used if no word is similar to @arg; NULL: @list
 * Return: -1, after an error message.
 */
int option_bad_word(struct argp_state *state, const char *what, const char *arg, const char *list,
		    const char *wanted);

/** option_names - all names, for an error message; valid until the next call. */
const char *option_names(const char *const *names, int nr);

/** option_parse - parse @arg by the type of @row. Return: 0, or -1 after an error message. */
int option_parse(const struct option_row *row, struct options *o, char *arg,
		 struct argp_state *state);

/** option_store - store @value in the field of @row. */
void option_store(const struct option_row *row, struct options *o, int64_t value);

/** option_set_default - set the default of an option that is not given. */
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
OPTION_PARSER(option_parse_latency);

/* Valid words of these for @commands: lists, separated by ", ", valid until the next call. */

/** option_list_formats - output formats; for serve, those of messages. */
const char *option_list_formats(unsigned int commands);
/** option_list_features - features of the kernel, for all commands. */
const char *option_list_features(unsigned int commands);
/** option_list_either_by - groupings of stat, followed by those that only shootdown has. */
const char *option_list_either_by(unsigned int commands);
/** option_list_top_views - views of top that have a key. */
const char *option_list_top_views(unsigned int commands);
/** option_list_latency - which latencies of faults are measured. */
const char *option_list_latency(unsigned int commands);
/** option_list_weights - metrics of stacks: for stat, for shootdown, or for both (report). */
const char *option_list_weights(unsigned int commands);

#endif /* VMASCOPE_OPTIONS_OPTION_H */
