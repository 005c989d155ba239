/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options_parts.h - an option of the table, and the tables that it is put together from.
 */
#ifndef VMASCOPE_CMD_OPTIONS_PARTS_H
#define VMASCOPE_CMD_OPTIONS_PARTS_H

#include <argp.h>

#include "cmd/options.h"

/** struct option_def - one option: how argp shows it, who takes it, and how it is parsed */
struct option_def {
	struct argp_option argp;
	unsigned int groups;
	/* Return: 0, or -1 after argp_error(). */
	int (*parse)(struct options *o, char *arg, struct argp_state *state);
};

/** Keys of options without a letter: those of options.c begin at the first, the others' behind. */
#define OPT_FIRST 0x100
#define OPT_SERVE_FIRST 0x200

/** serve_option_defs - options that only serve takes */
extern const struct option_def serve_option_defs[];
extern const size_t nr_serve_option_defs;

/** options__bad - tell what is wrong with @arg. Return: -1. */
int options__bad(struct argp_state *state, const char *what, const char *arg, const char *wanted);

/** serve_options__defaults - of these options. */
void serve_options__defaults(struct options *o);

#endif /* VMASCOPE_CMD_OPTIONS_PARTS_H */
