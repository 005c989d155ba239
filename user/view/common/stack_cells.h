/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stack_cells.h - a stack in rows: frames for JSON, lines for text, names for flame graphs.
 */
#ifndef VMASCOPE_VIEW_COMMON_STACK_CELLS_H
#define VMASCOPE_VIEW_COMMON_STACK_CELLS_H

#include "symbol/namer.h"
#include "table/rows.h"

/** Columns of a row with a stack, filled by stack_cells(). */
#define STACK_COLUMNS                                                                              \
	{ .key = "frames", .type = CELL_TABLE },                                                   \
	{                                                                                          \
		.key = "kernel_frames", .type = CELL_TABLE                                         \
	}

/** Maximum length of a frame in text; names in C++ and Rust may be longer. */
#define FRAME_TEXT_LEN 512

/** stack_cells - fill the columns in the last row. */
void stack_cells(struct table *t, const struct named_stack *named);

/** stack_cells_named - the same for what has no stack: a frame with only a name. */
void stack_cells_named(struct table *t, const char *name);

/**
 * frame_text - format a frame, as "malloc+0x1a (libc.so.6)" or "parse (main.c:12)"; @buf has
 * FRAME_TEXT_LEN.
 */
void frame_text(const struct symbol_frame *f, char *buf);

/** Size of a buffer for stack_owner(). */
#define STACK_OWNER_LEN 64

/** stack_owner - format "redis (123)" or "redis (3 processes)"; @buf has STACK_OWNER_LEN. */
void stack_owner(char *buf, const char *comm, uint32_t pid, size_t processes);

/** stack_line - add a row to a text table, with only @text in column "stack", indented. */
void stack_line(struct table *t, const char *text);

/** stack_lines - add such a row for each frame of a stack: the innermost ones, or @all. */
void stack_lines(struct table *t, const struct named_stack *named, bool all);

/** stack_line_fn - called for each line of a stack; @line: NUL-terminated. */
typedef void (*stack_line_fn)(void *ctx, const char *line);

/**
 * stack_each_line - pass the frames of a stack as lines, innermost first: kernel frames, then user
 * frames
 * @limit: maximum number of lines; the last one says how many are omitted; 0: all
 */
void stack_each_line(const struct named_stack *named, size_t limit, stack_line_fn fn, void *ctx);

/**
 * stack_folded - names of a stack for a flame graph, outermost first
 * @comm: the first name; @call: the last name, NULL: none
 * @names: set to an array that the caller frees, including its strings; @nr: its length
 *
 * Return: 0 or -ENOMEM.
 */
int stack_folded(const struct named_stack *named, const char *comm, const char *call, char ***names,
		 size_t *nr);

/** stack_folded_free - free what stack_folded() returned; NULL is allowed. */
void stack_folded_free(char **names, size_t nr);

#endif /* VMASCOPE_VIEW_COMMON_STACK_CELLS_H */
