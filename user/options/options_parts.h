/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options_parts.h - an option, the tables that all of them are in, and what their parsers share.
 */
#ifndef VMASCOPE_OPTIONS_OPTIONS_PARTS_H
#define VMASCOPE_OPTIONS_OPTIONS_PARTS_H

#include <argp.h>

#include "options/options.h"

/** struct option_def - one option: how argp shows it, who takes it, and how it is parsed */
struct option_def {
	struct argp_option argp;
	unsigned int groups;
	/* Return: 0, or -1 after option_bad(). */
	int (*parse)(struct options *o, char *arg, struct argp_state *state);
};

/** struct option_table - options that belong together: @defs, @nr of them */
struct option_table {
	const struct option_def *defs;
	size_t nr;
};

/** OPTION_TABLE - that of an array. */
#define OPTION_TABLE(array)                                                                        \
	{                                                                                          \
		.defs = (array), .nr = sizeof(array) / sizeof(*(array))                            \
	}

/** Keys of options without a letter: those of each table begin at another one. */
enum {
	OPTION_KEYS = 0x100,
	OPTION_STACK_KEYS = 0x200,
	OPTION_RECORD_KEYS = 0x300,
	OPTION_TOP_KEYS = 0x400,
	OPTION_SERVE_KEYS = 0x500,
};

extern const struct option_table stack_options;	 /* options_stack.c */
extern const struct option_table record_options; /* options_record.c: of record and report */
extern const struct option_table top_options;	 /* options_top.c */
extern const struct option_table serve_options;	 /* options_serve.c */

/** OPTION_FLAG - parse_FIELD(), of an option that takes nothing and sets @field. */
#define OPTION_FLAG(field)                                                                         \
	static int parse_##field(struct options *o, char *arg, struct argp_state *state)           \
	{                                                                                          \
		(void)arg;                                                                         \
		(void)state;                                                                       \
		o->field = true;                                                                   \
		return 0;                                                                          \
	}

/** OPTION_STRING - parse_FIELD(), of an option whose argument goes to @field as it is. */
#define OPTION_STRING(field)                                                                       \
	static int parse_##field(struct options *o, char *arg, struct argp_state *state)           \
	{                                                                                          \
		(void)state;                                                                       \
		o->field = arg;                                                                    \
		return 0;                                                                          \
	}

/** serve_options__defaults - of what serve is not asked for. */
void serve_options__defaults(struct options *o);

/** option_bad - @arg is no @what; @wanted: what would be. Return: -1, after an error message. */
int option_bad(struct argp_state *state, const char *what, const char *arg, const char *wanted);

/** option_names - all of them, for an error message. */
const char *option_names(const char *const *names, int nr);

/** option_time - parse a duration. Return: 0 or -1. */
int option_time(uint64_t *to, const char *what, char *arg, struct argp_state *state);

/** option_events - parse --events. Return: 0 or -1. */
int option_events(struct options *o, char *arg, struct argp_state *state);

/** option_top - parse --top. Return: 0 or -1. */
int option_top(struct options *o, char *arg, struct argp_state *state);

/** option_output - parse -o. Return: 0. */
int option_output(struct options *o, char *arg, struct argp_state *state);

/** option_power_of_two - @n is a power of two. */
static inline bool option_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

#endif /* VMASCOPE_OPTIONS_OPTIONS_PARTS_H */
