/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flame.h - stacks with a value each: as folded text, and as a flame graph (SVG).
 *
 * Folded text is what flame graph tools read: "main;parse;malloc 42", outermost first. The graph
 * is one file that needs no other: without scripts it can be read, with them zoomed and searched.
 */
#ifndef VMASCOPE_FORMAT_FLAME_H
#define VMASCOPE_FORMAT_FLAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "table/rows.h"

/** Maximum number of frames of a stack; further inner frames are replaced by a frame "…". */
#define FLAME_MAX_DEPTH 512

struct flame;

/**
 * struct flame_options - texts of a flame graph
 * @title: and @subtitle, below it; NULL: none
 * @unit: of the values: UNIT_COUNT or UNIT_NS
 * @what: name of the values: "faults", "fault time"
 */
struct flame_options {
	const char *title;
	const char *subtitle;
	enum cell_unit unit;
	const char *what;
};

/**
 * flame__new - no stacks yet
 * @max_bytes: of different stacks, 0: 64 MiB; what comes then is one frame, FLAME_REST
 *
 * Return: it, or NULL without memory, which takes stacks as well, and has failed.
 */
struct flame *flame__new(size_t max_bytes);
#define FLAME_REST "[more stacks]"

/** flame__free - NULL is fine. */
void flame__free(struct flame *f);

/** flame__fail - there was no memory for a stack. */
void flame__fail(struct flame *f);
/** flame__failed - a stack is missing: nothing of it will be written. */
bool flame__failed(const struct flame *f);

/**
 * flame__add - a stack; the same one may come again
 * @frames: @nr names, outermost first: any bytes; by custom "_[k]" ends those of the kernel, "_[i]"
 *	of inlined functions, "_[j]" of a JIT
 */
void flame__add(struct flame *f, const char *const *frames, size_t nr, uint64_t value);

/**
 * flame__folded - a line for each stack, sorted
 * Return: 0, the errno of a failed write, or -ENOMEM: a stack is missing, and nothing was written.
 */
int flame__folded(struct flame *f, FILE *to);

/** flame__svg - the graph. Return: as above. */
int flame__svg(struct flame *f, const struct flame_options *o, FILE *to);

/**
 * struct flame_stack - a stack, as flame__stacks() gives them
 * @text: names of frames with ';' between, none of them empty
 */
struct flame_stack {
	char *text;
	uint64_t value;
};

/** flame__stacks - all of them, each once, sorted by frames. Return: how many; none, if it has failed. */
size_t flame__stacks(struct flame *f, const struct flame_stack **stacks);

/** flame_script - what makes the graph answer to the mouse, JavaScript */
extern const char flame_script[];

#endif /* VMASCOPE_FORMAT_FLAME_H */
