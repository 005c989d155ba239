/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * formats.h - what each output's file gives to the table in formats.c.
 */
#ifndef VMASCOPE_FORMAT_FORMATS_H
#define VMASCOPE_FORMAT_FORMATS_H

#include "format/out.h"

/** text_document, text_row and others - as document() and row() of struct out_format (out.h). */
int text_document(const struct document *d, const struct out_options *o);
int text_row(const struct table *t, const struct out_options *o, bool first);
int json_document(const struct document *d, const struct out_options *o);
int json_row(const struct table *t, const struct out_options *o, bool first);
int csv_document(const struct document *d, const struct out_options *o);
int csv_row(const struct table *t, const struct out_options *o, bool first);

#endif /* VMASCOPE_FORMAT_FORMATS_H */
