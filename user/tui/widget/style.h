/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * style.h - how text may look: one table of styles, for terminals of 0, 8, 256 and all colours.
 */
#ifndef VMASCOPE_TUI_WIDGET_STYLE_H
#define VMASCOPE_TUI_WIDGET_STYLE_H

#include <stdbool.h>

/** Levels of heat, the coldest first. */
#define HEAT_LEVELS 8

/** enum style - of a character on the screen */
enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_LABEL,
	STYLE_VALUE,
	STYLE_SPARK,
	STYLE_WARN,
	STYLE_BAD,
	STYLE_HEAD,
	STYLE_SORTED,
	STYLE_TAB,
	STYLE_SELECTED,
	STYLE_MATCH,
	STYLE_BAR,
	STYLE_BADGE,
	STYLE_HELP,
	STYLE_HEAT,
	NR_STYLES = STYLE_HEAT + HEAT_LEVELS,
};

/** Attributes of a style, any of them. */
#define ATTR_BOLD 1u
#define ATTR_DIM 2u
#define ATTR_REVERSE 4u
#define ATTR_UNDERLINE 8u

/** struct colours - foreground and background; -1: the terminal's own */
struct colours {
	int fg;
	int bg;
};

/**
 * struct style_def - one style
 * @mono: attributes without colours; @attrs: with them
 * @few: of 8 colours; @many: of 256; @rgb: 0xrrggbb, on terminals that take these
 */
struct style_def {
	unsigned int mono;
	unsigned int attrs;
	struct colours few;
	struct colours many;
	struct colours rgb;
};

extern const struct style_def style_defs[NR_STYLES];

/**
 * style_heat - the heat of a share
 * @share: 0 to 1; the scale is logarithmic, a level for each halving
 *
 * Return: the style; STYLE_DIM for 0.
 */
enum style style_heat(double share);

/** style_colours - of a style on a terminal of @nr colours. */
struct colours style_colours(enum style style, int nr);

#endif /* VMASCOPE_TUI_WIDGET_STYLE_H */
