// SPDX-License-Identifier: GPL-2.0-only
/* options_stack.c - the options that are about stacks. */
#include "capture/capture.h"
#include "model/names.h"
#include "options/options_parts.h"
#include "util/log.h"
#include "util/str.h"

enum {
	OPT_LINES = OPTION_STACK_KEYS,
	OPT_STACKS,
	OPT_FOLDED,
	OPT_FLAME,
	OPT_WEIGHT,
	OPT_UNWIND,
	OPT_STACK_SIZE,
	OPT_PER_PROCESS,
};

OPTION_FLAG(user_stacks)
OPTION_FLAG(kernel_stacks)
OPTION_FLAG(lines)
OPTION_FLAG(folded)
OPTION_FLAG(per_process)

static int parse_unwind(struct options *o, char *arg, struct argp_state *state)
{
	static const char *const names[] = { "fp", "dwarf" };
	int n = names__find(names, 2, arg);

	if (n < 0)
		return option_bad(state, "way to unwind", arg, "fp or dwarf");
	o->dwarf = n == 1;
	return 0;
}

static int parse_stack_size(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t kib;

	if (str_parse_u64(arg, VS_SAMPLE_MAX >> 10, &kib) || kib << 10 < VS_SAMPLE_MIN || kib % 4)
		return option_bad(state, "stack size", arg, "KiB, a multiple of 4 from 4 to 64");
	o->stack_bytes = kib << 10;
	return 0;
}

static int parse_flame(struct options *o, char *arg, struct argp_state *state)
{
	if (!*arg)
		return option_bad(state, "file", arg, "a name for the SVG file");
	o->flame = arg;
	return 0;
}

const char *const stack_weight_names[NR_STACK_WEIGHTS] = {
	[WEIGHT_FAULTS] = "faults", [WEIGHT_TIME] = "time",   [WEIGHT_STOLEN] = "stolen",
	[WEIGHT_SENT] = "sent",	    [WEIGHT_CALLS] = "calls",
};

static int parse_weight(struct options *o, char *arg, struct argp_state *state)
{
	o->weight = names__find(stack_weight_names, NR_STACK_WEIGHTS, arg);
	return o->weight >= 0 ? 0
			      : option_bad(state, "weight", arg,
					   option_names(stack_weight_names, NR_STACK_WEIGHTS));
}

static int parse_stacks(struct options *o, char *arg, struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, CAPTURE_MAX_STACKS, &n) || n < CAPTURE_MIN_STACKS ||
	    !option_power_of_two(n))
		return option_bad(state, "number of stacks", arg,
				  "a power of two from 16 to 1048576");
	o->nr_stacks = n;
	return 0;
}

/* clang-format off */
static const struct option_def stack_defs[] = {
	{{"user-stacks", 'U', NULL, 0, "who called", 3}, OPTIONS_STACK | OPTIONS_REPORT,
	 parse_user_stacks},
	{{"kernel-stacks", 'K', NULL, 0, "which functions of the kernel called", 3}, OPTIONS_STACK | OPTIONS_REPORT,
	 parse_kernel_stacks},
	{{"unwind", OPT_UNWIND, "HOW", 0, "how user stacks are found: fp (default): by frame pointers; dwarf: "
	  "by DWARF CFI", 3}, OPTIONS_STACK, parse_unwind},
	{{"lines", OPT_LINES, NULL, 0, "source lines and inlined functions in stacks", 3}, OPTIONS_STACK,
	 parse_lines},
	{{"per-process", OPT_PER_PROCESS, NULL, 0, "with --by stack or function: a row for each process, not "
	  "one for all of the same command", 3}, OPTIONS_STAT | OPTIONS_SHOOTDOWN | OPTIONS_REPORT,
	 parse_per_process},
	{{"per-process", OPT_PER_PROCESS, NULL, 0, "in the view of stacks: a row for each process, not one for "
	  "all of the same command", 3}, OPTIONS_TOP, parse_per_process},
	{{"folded", OPT_FOLDED, NULL, 0, "with --by stack: a line for each stack, for flame graph tools",
	  3}, OPTIONS_STAT | OPTIONS_SHOOTDOWN | OPTIONS_REPORT, parse_folded},
	{{"flame", OPT_FLAME, "FILE", 0, "with --by stack: write a flame graph (SVG) there, too", 3},
	 OPTIONS_STAT | OPTIONS_SHOOTDOWN | OPTIONS_REPORT, parse_flame},
	{{"weight", OPT_WEIGHT, "WHAT", 0, "what both count: faults (default) or time", 3},
	 OPTIONS_STAT | OPTIONS_REPORT, parse_weight},
	{{"weight", OPT_WEIGHT, "WHAT", 0, "what both count: stolen (default), time, sent, calls", 3},
	 OPTIONS_SHOOTDOWN, parse_weight},
	{{"stack-size", OPT_STACK_SIZE, "KIB", 0, "of a stack copied for --unwind dwarf (default 16)", 4},
	 OPTIONS_STACK, parse_stack_size},
	{{"stacks", OPT_STACKS, "N", 0, "stacks told apart at one time (default 16384)", 4},
	 OPTIONS_STACK, parse_stacks},
};
/* clang-format on */

const struct option_table stack_options = OPTION_TABLE(stack_defs);

/** stack_option - the first option about stacks that is given. Return: its name; NULL: there is none. */
static const char *stack_option(const struct options *o)
{
	const struct {
		const char *name;
		bool given;
	} all[] = {
		{ "-U", o->user_stacks },
		{ "-K", o->kernel_stacks },
		{ "--lines", o->lines },
		{ "--unwind dwarf", o->dwarf },
		{ "--stack-size", o->stack_bytes },
		{ "--stacks", o->nr_stacks },
		{ "--per-process", o->per_process },
		{ "--folded", o->folded },
		{ "--flame", o->flame },
		{ "--weight", o->weight >= 0 },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].given)
			return all[i].name;
	return NULL;
}

int options__check_stacks(const struct options *o, bool wanted, const char *how)
{
	const char *name = stack_option(o);

	if (name && !wanted)
		return vs_fail(VS_EXIT_USAGE, how, "%s is for stacks", name);
	if (o->stack_bytes && !o->dwarf)
		return vs_fail(VS_EXIT_USAGE, "add --unwind dwarf",
			       "--stack-size is of the copies that --unwind dwarf makes");
	if (o->nr_stacks && o->dwarf)
		return vs_fail(VS_EXIT_USAGE, "leave one of them out",
			       "--stacks is of the table that --unwind dwarf does without");
	return 0;
}
