// SPDX-License-Identifier: GPL-2.0-only
/* options_stack.c - the options that are about stacks. */
#include "capture/capture.h"
#include "cmd/options_parts.h"
#include "model/names.h"
#include "util/str.h"

int parse_user_stacks(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->user_stacks = true;
	return 0;
}

int parse_kernel_stacks(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->kernel_stacks = true;
	return 0;
}

int parse_lines(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->lines = true;
	return 0;
}

int parse_unwind(struct options *o, char *arg, struct argp_state *state)
{
	static const char *const names[] = { "fp", "dwarf" };
	int n = names__find(names, 2, arg);

	if (n < 0)
		return option_bad(state, "way to unwind", arg, "fp or dwarf");
	o->dwarf = n == 1;
	return 0;
}

int parse_stack_size(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t kib;

	if (str_parse_u64(arg, VS_SAMPLE_MAX >> 10, &kib) || kib << 10 < VS_SAMPLE_MIN || kib % 4)
		return option_bad(state, "stack size", arg, "KiB, a multiple of 4 from 4 to 64");
	o->stack_bytes = kib << 10;
	return 0;
}

int parse_folded(struct options *o, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	o->folded = true;
	return 0;
}

int parse_flame(struct options *o, char *arg, struct argp_state *state)
{
	if (!*arg)
		return option_bad(state, "file", arg, "a name for the SVG file");
	o->flame = arg;
	return 0;
}

int parse_weight(struct options *o, char *arg, struct argp_state *state)
{
	o->weight = names__find(stack_weight_names, NR_STACK_WEIGHTS, arg);
	return o->weight >= 0 ? 0
			      : option_bad(state, "weight", arg,
					   option_names(stack_weight_names, NR_STACK_WEIGHTS));
}

int parse_stacks(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, CAPTURE_MAX_STACKS, &n) || n < CAPTURE_MIN_STACKS ||
	    !option_power_of_two(n))
		return option_bad(state, "number of stacks", arg,
				  "a power of two from 16 to 1048576");
	o->nr_stacks = n;
	return 0;
}
