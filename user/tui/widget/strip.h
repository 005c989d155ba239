/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * strip.h - an address space as one line: VMAs in the order of their addresses, with shades by
 * faults.
 *
 * The line is not to scale: the width of a VMA is the logarithm of its size, and unmapped ranges
 * are omitted, except for a gap for large ones. So both a page and a terabyte are visible.
 */
#ifndef VMASCOPE_TUI_WIDGET_STRIP_H
#define VMASCOPE_TUI_WIDGET_STRIP_H

#include "table/rows.h"
#include "tui/widget/canvas.h"

/** Lines that strip__draw() takes: the strip, and names below it. */
#define STRIP_LINES 2

/**
 * Minimum size of an unmapped range that is shown as a gap: between code, heap, mmap area and
 * stack.
 */
#define STRIP_GAP ((uint64_t)1 << 30)

/**
 * struct strip_vma - a VMA on the line
 * @row: in the table
 * @heat: faults, or faults per second
 * @from: and @to: its columns; VMAs may share one where there are more than columns
 */
struct strip_vma {
	size_t row;
	uint64_t start;
	uint64_t end;
	double heat;
	unsigned int from;
	unsigned int to;
};

/**
 * struct strip - all of them
 * @vmas: by address; @nr
 * @heat: by column: of all VMAs there; negative: a gap
 */
struct strip {
	struct strip_vma *vmas;
	size_t nr;
	double *heat;
	unsigned int width;
	double max;
};

/**
 * strip__make - of a table with the columns start, end, faults
 * Return: 0 or -ENOMEM; @s is to be freed in any case.
 */
int strip__make(struct strip *s, const struct table *t, unsigned int width);
void strip__free(struct strip *s);

/**
 * strip__draw - the strip of all rows of @t; the VMA of row @selected is marked
 * @selected: (size_t)-1: none
 */
void strip__draw(const struct table *t, size_t selected, struct canvas *c, unsigned int y);

#endif /* VMASCOPE_TUI_WIDGET_STRIP_H */
