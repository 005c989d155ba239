/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * profile.h - a profile in pprof's format (profile.proto) as it is written: stacks with values.
 *
 * Strings, functions, places and files are written when they are used first, each once; samples are
 * not kept.
 */
#ifndef VMASCOPE_FORMAT_PROFILE_H
#define VMASCOPE_FORMAT_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct profile;

/**
 * struct profile_type - what a value counts
 * @name: "faults"; @unit: "count", "nanoseconds" or "bytes"
 */
struct profile_type {
	const char *name;
	const char *unit;
};

/**
 * struct profile_head - what is known of the whole profile
 * @types: the @nr_types values of each sample; the first one is shown by default
 * @time_ns: Unix time of its begin, 0: unknown; @duration_ns: its length
 * @comment: free text, NULL: none
 */
struct profile_head {
	const struct profile_type *types;
	size_t nr_types;
	uint64_t time_ns;
	uint64_t duration_ns;
	const char *comment;
};

/**
 * struct profile_frame - a function of a stack
 * @name: not NULL; @file, @line: of its source; NULL and 0: unknown
 * @module: the file that its code is in; NULL: unknown
 * @address: in @module, or of the process
 * @inlined: into the next frame
 */
struct profile_frame {
	const char *name;
	const char *file;
	unsigned int line;
	const char *module;
	uint64_t address;
	bool inlined;
};

/** struct profile_label - of a sample; @text: NULL: it is @number */
struct profile_label {
	const char *key;
	const char *text;
	uint64_t number;
};

/**
 * profile__new - begin a profile that is written to @file, compressed (gzip)
 * @head: copied to the file; it may be freed
 *
 * Return: it; NULL: not enough memory.
 */
struct profile *profile__new(const struct profile_head *head, FILE *file);

/** profile__begin - begin a sample, which has no frames, labels and values yet. */
void profile__begin(struct profile *p);
/** profile__frame - add a frame to the sample, the innermost one first. */
void profile__frame(struct profile *p, const struct profile_frame *frame);
/** profile__label - add a label to the sample. */
void profile__label(struct profile *p, const struct profile_label *label);
/** profile__end - end the sample; @values: one of each type. A sample without any is left out. */
void profile__end(struct profile *p, const uint64_t *values);

/**
 * profile__close - write what is left, and free it; NULL is allowed
 * Return: 0, or the negative errno of the first failure; then the file has no whole profile.
 */
int profile__close(struct profile *p);

#endif /* VMASCOPE_FORMAT_PROFILE_H */
