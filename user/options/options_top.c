// SPDX-License-Identifier: GPL-2.0-only
/* options_top.c - the options of `vmascope top`. */
#include "options/options_parts.h"
#include "tui/tui.h"
#include "util/str.h"

enum {
	OPT_BATCH = OPTION_TOP_KEYS,
	OPT_FRAMES,
	OPT_TOTAL,
	OPT_VIEW,
	OPT_ROWS,
	OPT_NO_COLOUR,
};

OPTION_FLAG(batch)
OPTION_FLAG(total)
OPTION_FLAG(no_colour)

static int parse_frames(struct options *o, char *arg, struct argp_state *state)
{
	if (str_parse_u64(arg, UINT32_MAX, &o->frames) || !o->frames)
		return option_bad(state, "number of frames", arg, "a number from 1 on");
	return 0;
}

static int parse_view(struct options *o, char *arg, struct argp_state *state)
{
	if (tui_view__find(arg) == NR_VIEWS)
		return option_bad(state, "view", arg,
				  "processes, vmas, causes, calls, cpus, log or stacks");
	o->view_name = arg;
	return 0;
}

/* clang-format off */
static const struct option_def top_defs[] = {
	{{"view", OPT_VIEW, "NAME", 0, "begin with processes (default), vmas, causes, calls, cpus, log, "
	  "stacks", 3},
	 OPTIONS_TOP, parse_view},
	{{"total", OPT_TOTAL, NULL, 0, "begin with counts since the start, not per second", 3},
	 OPTIONS_TOP, parse_total},
	{{"batch", OPT_BATCH, NULL, 0, "print plain frames, for logs; with --frames N: so many", 3},
	 OPTIONS_TOP, parse_batch},
	{{"frames", OPT_FRAMES, "N", 0, "with --batch: end after so many", 3},
	 OPTIONS_TOP, parse_frames},
	{{"top", OPT_ROWS, "N", 0, "with --batch: rows of a frame at most (default 30; 0: all)", 3},
	 OPTIONS_TOP, option_top},
	{{"no-color", OPT_NO_COLOUR, NULL, 0, "no colours (as with NO_COLOR set)", 3},
	 OPTIONS_TOP, parse_no_colour},
};
/* clang-format on */

const struct option_table top_options = OPTION_TABLE(top_defs);
