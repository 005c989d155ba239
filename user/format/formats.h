/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * formats.h - what each output's file gives to the table in formats.c.
 */
#ifndef VMASCOPE_FORMAT_FORMATS_H
#define VMASCOPE_FORMAT_FORMATS_H

#include "format/out.h"

/**
 * EACH_FORMAT - formats that print tables: X(name, help, flags), as in struct out_format; a file of this
 *	folder has name_document() and name_row()
 */
/* clang-format off */
#define EACH_FORMAT(X)                                                                             \
	X(text, "columns for people", FORMAT_FOR_PEOPLE | FORMAT_MIXED)                            \
	X(json, "JSON, schema 1; one object a line for a stream",                                  \
	  FORMAT_MESSAGES | FORMAT_NESTED | FORMAT_MIXED | FORMAT_SUMMARY)                         \
	X(csv, "RFC 4180; the first table, nested ones joined to it", 0)
/* clang-format on */

/* text_document(), text_row() and others: as document() and row() of struct out_format. */
#define FORMAT_FUNCTIONS(name, help, flags)                                                        \
	int name##_document(const struct document *d, const struct out_options *o);                \
	int name##_row(const struct table *t, const struct out_options *o, bool first);
EACH_FORMAT(FORMAT_FUNCTIONS)
#undef FORMAT_FUNCTIONS

/** pprof_document - as document(): a stream has no profile */
int pprof_document(const struct document *d, const struct out_options *o);

#endif /* VMASCOPE_FORMAT_FORMATS_H */
