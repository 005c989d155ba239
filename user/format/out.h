/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out.h - outputs: rows to text, JSON and others, one file each, listed in one table.
 *
 * An output includes rows and util, nothing else (make lint checks it).
 */
#ifndef VMASCOPE_FORMAT_OUT_H
#define VMASCOPE_FORMAT_OUT_H

#include <stdio.h>

#include "format/stream.h"
#include "table/rows.h"

/**
 * struct out_options - how to print
 * @stream: where to; @file: to print to it
 * @width: columns of the text, 0: no limit
 * @drawn_width: columns that lines with a drawn column aim at where @width is 0; 0: as wide as they get
 * @utf8: text may use Unicode
 * @colour: text may use colour
 * @time_ns: Unix time at which the run began, 0: unknown; for formats that have it
 */
struct out_options {
	struct out_stream *stream;
	FILE *file;
	unsigned int width;
	unsigned int drawn_width;
	bool utf8;
	bool colour;
	uint64_t time_ns;
};

/* Properties of a format: flags of struct out_format. */
#define FORMAT_FOR_PEOPLE 1u /* headings, units and notes; lists are cut to what a screen has */
#define FORMAT_MESSAGES 2u   /* errors and warnings are printed in it, too */
#define FORMAT_NESTED 4u     /* tables in cells, and all tables of a document */
#define FORMAT_MIXED 8u	     /* rows of several kinds in one stream */
#define FORMAT_SUMMARY 16u   /* a stream ends with a row about all of it */
#define FORMAT_OF_EVENTS 32u /* it is made of recorded events, not of tables */
#define FORMAT_OF_STACKS 64u /* it is made of rows with stacks: one document, no stream */
#define FORMAT_BINARY 128u   /* it is not written to a terminal */

/**
 * struct out_format - an output format
 * @name: as --format takes it
 * @help: one line for --help
 * @flags: FORMAT_*; without FORMAT_FOR_PEOPLE, columns and tables that only text shows are left out
 * @document: print a whole document; Return: 0 or a negative errno of the first failed write
 * @row: print one row of a stream (trace), the newest row of @t; @first on the first call
 *
 * Both are NULL with FORMAT_OF_EVENTS, @row with FORMAT_OF_STACKS; they are called by
 * out_format__document() and out_format__row().
 */
struct out_format {
	const char *name;
	const char *help;
	unsigned int flags;
	int (*document)(const struct document *d, const struct out_options *o);
	int (*row)(const struct table *t, const struct out_options *o, bool first);
};

/** out_formats - all of them, ended by a NULL name */
extern const struct out_format out_formats[];

/** out_format__find - find by name; NULL: none. */
const struct out_format *out_format__find(const char *name);

/**
 * out_format__document - print @d, unless it has failed
 * Return: 0, the negative errno of the first failed write, or that of @d, of which nothing is printed.
 */
int out_format__document(const struct out_format *f, const struct document *d,
			 const struct out_options *o);

/** out_format__row - print the newest row of @t, the same; @first on the first call. */
int out_format__row(const struct out_format *f, const struct table *t, const struct out_options *o,
		    bool first);

#endif /* VMASCOPE_FORMAT_OUT_H */
