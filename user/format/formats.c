// SPDX-License-Identifier: GPL-2.0-only
/*
 * formats.c - the table of output formats.
 */
#include "format/formats.h"

#include <string.h>

const struct out_format out_formats[] = {
	{ "text", "columns for people", FORMAT_FOR_PEOPLE | FORMAT_MIXED, text_document, text_row },
	{ "json", "JSON, schema 1; one object a line for a stream",
	  FORMAT_MESSAGES | FORMAT_NESTED | FORMAT_MIXED | FORMAT_SUMMARY, json_document,
	  json_row },
	{ "csv", "RFC 4180; the first table, nested ones joined to it", 0, csv_document, csv_row },
	{ "perfetto", "a trace for ui.perfetto.dev; of report", FORMAT_OF_EVENTS, NULL, NULL },
	{ 0 },
};

const struct out_format *out_format__find(const char *name)
{
	for (const struct out_format *f = out_formats; f->name; f++) {
		if (!strcmp(f->name, name))
			return f;
	}
	return NULL;
}

int out_format__document(const struct out_format *f, const struct document *d,
			 const struct out_options *o)
{
	const int err = document__error(d);

	return err ? err : f->document(d, o);
}

int out_format__row(const struct out_format *f, const struct table *t, const struct out_options *o,
		    bool first)
{
	return t->err ? t->err : f->row(t, o, first);
}
