/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options_parts.h - what options.c, which has the table of options, shares with the files that parse
 * some of them.
 */
#ifndef VMASCOPE_CMD_OPTIONS_PARTS_H
#define VMASCOPE_CMD_OPTIONS_PARTS_H

#include <argp.h>

#include "cmd/options.h"

/** option_bad - @arg is no @what; @wanted: what would be. Return: -1, after an error message. */
int option_bad(struct argp_state *state, const char *what, const char *arg, const char *wanted);

/** option_names - all of them, for an error message. */
const char *option_names(const char *const *names, int nr);

static inline bool option_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* Of stacks (options_stack.c). */
int parse_user_stacks(struct options *o, char *arg, struct argp_state *state);
int parse_kernel_stacks(struct options *o, char *arg, struct argp_state *state);
int parse_lines(struct options *o, char *arg, struct argp_state *state);
int parse_unwind(struct options *o, char *arg, struct argp_state *state);
int parse_stack_size(struct options *o, char *arg, struct argp_state *state);
int parse_folded(struct options *o, char *arg, struct argp_state *state);
int parse_flame(struct options *o, char *arg, struct argp_state *state);
int parse_weight(struct options *o, char *arg, struct argp_state *state);
int parse_stacks(struct options *o, char *arg, struct argp_state *state);

#endif /* VMASCOPE_CMD_OPTIONS_PARTS_H */
