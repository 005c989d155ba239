/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stack_cells.h - a stack in rows: frames as JSON has them, lines as people read them, names as
 * flame graphs take them.
 */
#ifndef VMASCOPE_VIEW_COMMON_STACK_CELLS_H
#define VMASCOPE_VIEW_COMMON_STACK_CELLS_H

#include "symbol/namer.h"
#include "table/rows.h"

/** Columns of a row that has a stack; stack_cells() fills them. */
#define STACK_COLUMNS                                                                              \
	{ .key = "frames", .type = CELL_TABLE },                                                   \
	{                                                                                          \
		.key = "kernel_frames", .type = CELL_TABLE                                         \
	}

/** Longest line that is made of a frame; names of C++ and Rust may be any length. */
#define FRAME_TEXT_LEN 512

/** stack_cells - fill the columns of the last row. */
void stack_cells(struct table *t, const struct named_stack *named);

/** frame_text - "malloc+0x1a (libc.so.6)", "parse (main.c:12)", into @buf of FRAME_TEXT_LEN. */
void frame_text(const struct symbol_frame *f, char *buf);

/** Bytes that hold any stack_owner(). */
#define STACK_OWNER_LEN 64

/** stack_owner - "redis (123)", or "redis (3 processes)", into @buf of STACK_OWNER_LEN. */
void stack_owner(char *buf, const char *comm, uint32_t pid, size_t processes);

/** stack_line - a row of a table of text, with nothing but @text below "stack", indented. */
void stack_line(struct table *t, const char *text);

/** stack_lines - such rows of the frames of a stack: the innermost ones, unless @all are wanted. */
void stack_lines(struct table *t, const struct named_stack *named, bool all);

/** stack_line_fn - gets a line of a stack; @line: NULL-terminated. */
typedef void (*stack_line_fn)(void *ctx, const char *line);

/**
 * stack_each_line - the frames of a stack as lines, innermost first: the kernel's, then the user's
 * @limit: lines at most, the last of which tells how many more there are; 0: all
 */
void stack_each_line(const struct named_stack *named, size_t limit, stack_line_fn fn, void *ctx);

/**
 * stack_folded - names as flame graphs take them, outermost first
 * @comm: the first of them; @call: the last one, NULL: none
 * @names: set; to be freed, the strings with it; @nr: how many
 *
 * Return: 0 or -ENOMEM.
 */
int stack_folded(const struct named_stack *named, const char *comm, const char *call, char ***names,
		 size_t *nr);

/** stack_folded_free - what stack_folded() made; NULL is fine. */
void stack_folded_free(char **names, size_t nr);

#endif /* VMASCOPE_VIEW_COMMON_STACK_CELLS_H */
