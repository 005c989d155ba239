/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options_internal.h - what the files of option tables have in common.
 */
#ifndef VMASCOPE_CMD_OPTIONS_INTERNAL_H
#define VMASCOPE_CMD_OPTIONS_INTERNAL_H

#include <argp.h>

#include "cmd/options.h"

/** struct option_def - one option: how argp shows it, who takes it, and how it is parsed */
struct option_def {
	struct argp_option argp;
	unsigned int groups;
	/* Return: 0, or -1 after argp_error(). */
	int (*parse)(struct options *o, char *arg, struct argp_state *state);
};

/** Keys of the options of record and report begin here. */
#define OPTION_RECORD_KEYS 0x200

/** record_options - of record and report (options_record.c), @nr_record_options of them */
extern const struct option_def record_options[];
extern const size_t nr_record_options;

/** option_bad - tell that @arg is no @what; @wanted: what would be. Return: -1. */
int option_bad(struct argp_state *state, const char *what, const char *arg, const char *wanted);

/** option_time - parse a duration. Return: 0 or -1. */
int option_time(uint64_t *to, const char *what, char *arg, struct argp_state *state);

/** option_events - parse --events. Return: 0 or -1. */
int option_events(struct options *o, char *arg, struct argp_state *state);

/** option_output - parse -o. Return: 0. */
int option_output(struct options *o, char *arg, struct argp_state *state);

/** option_names - all of them, for an error message. */
const char *option_names(const char *const *names, int nr);

#endif /* VMASCOPE_CMD_OPTIONS_INTERNAL_H */
