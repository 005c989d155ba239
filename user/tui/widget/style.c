// SPDX-License-Identifier: GPL-2.0-only
/* style.c - the table of styles. */
#include "tui/widget/style.h"

/* The eight colours that every terminal numbers alike. */
enum {
	OWN = -1,
	BLACK,
	RED,
	GREEN,
	YELLOW,
	BLUE,
	MAGENTA,
	CYAN,
	WHITE,
};

/** Terminals with this many colours take 0xrrggbb in place of a colour number. */
#define DIRECT_COLOURS (1 << 24)

/* clang-format off */
const struct style_def style_defs[NR_STYLES] = {
	[STYLE_PLAIN] = {0, 0, {OWN, OWN}, {OWN, OWN}, {OWN, OWN}},
	[STYLE_DIM] = {ATTR_DIM, ATTR_DIM, {OWN, OWN}, {244, OWN}, {0x808080, OWN}},
	[STYLE_BOLD] = {ATTR_BOLD, ATTR_BOLD, {OWN, OWN}, {OWN, OWN}, {OWN, OWN}},
	[STYLE_LABEL] = {0, 0, {CYAN, OWN}, {37, OWN}, {0x00afaf, OWN}},
	[STYLE_VALUE] = {ATTR_BOLD, ATTR_BOLD, {OWN, OWN}, {OWN, OWN}, {OWN, OWN}},
	[STYLE_SPARK] = {0, 0, {GREEN, OWN}, {71, OWN}, {0x5faf5f, OWN}},
	[STYLE_WARN] = {ATTR_BOLD, 0, {YELLOW, OWN}, {178, OWN}, {0xd7af00, OWN}},
	[STYLE_BAD] = {ATTR_BOLD, ATTR_BOLD, {RED, OWN}, {203, OWN}, {0xff5f5f, OWN}},
	[STYLE_HEAD] = {ATTR_REVERSE, 0, {BLACK, GREEN}, {16, 71}, {0x000000, 0x5faf5f}},
	[STYLE_SORTED] = {ATTR_REVERSE | ATTR_BOLD, 0, {BLACK, CYAN}, {16, 80}, {0x000000, 0x5fd7d7}},
	[STYLE_TAB] = {ATTR_REVERSE, 0, {BLACK, CYAN}, {16, 80}, {0x000000, 0x5fd7d7}},
	[STYLE_SELECTED] = {ATTR_REVERSE, 0, {BLACK, CYAN}, {16, 80}, {0x000000, 0x5fd7d7}},
	[STYLE_MATCH] = {ATTR_UNDERLINE | ATTR_BOLD, ATTR_BOLD, {YELLOW, OWN}, {220, OWN}, {0xffd700, OWN}},
	[STYLE_BAR] = {ATTR_REVERSE, 0, {BLACK, CYAN}, {16, 37}, {0x000000, 0x00afaf}},
	[STYLE_BADGE] = {ATTR_REVERSE | ATTR_BOLD, ATTR_BOLD, {WHITE, RED}, {231, 160}, {0xffffff, 0xd70000}},
	[STYLE_HELP] = {0, 0, {OWN, OWN}, {252, 236}, {0xd0d0d0, 0x303030}},
	[STYLE_HEAT + 0] = {ATTR_DIM, 0, {BLUE, OWN}, {25, OWN}, {0x005faf, OWN}},
	[STYLE_HEAT + 1] = {ATTR_DIM, 0, {CYAN, OWN}, {31, OWN}, {0x0087af, OWN}},
	[STYLE_HEAT + 2] = {0, 0, {GREEN, OWN}, {35, OWN}, {0x00af5f, OWN}},
	[STYLE_HEAT + 3] = {0, ATTR_BOLD, {GREEN, OWN}, {112, OWN}, {0x87d700, OWN}},
	[STYLE_HEAT + 4] = {0, 0, {YELLOW, OWN}, {184, OWN}, {0xd7d700, OWN}},
	[STYLE_HEAT + 5] = {ATTR_BOLD, ATTR_BOLD, {YELLOW, OWN}, {214, OWN}, {0xffaf00, OWN}},
	[STYLE_HEAT + 6] = {ATTR_BOLD, 0, {RED, OWN}, {208, OWN}, {0xff8700, OWN}},
	[STYLE_HEAT + 7] = {ATTR_BOLD, ATTR_BOLD, {RED, OWN}, {196, OWN}, {0xff0000, OWN}},
};
/* clang-format on */

enum style style_heat(double share)
{
	int level = HEAT_LEVELS - 1;

	if (!(share > 0))
		return STYLE_DIM;
	for (double edge = 0.5; share < edge && level > 0; edge /= 2)
		level--;
	return STYLE_HEAT + level;
}

struct colours style_colours(enum style style, int nr)
{
	if (nr >= DIRECT_COLOURS)
		return style_defs[style].rgb;
	return nr >= 256 ? style_defs[style].many : style_defs[style].few;
}
