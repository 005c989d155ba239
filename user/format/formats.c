// SPDX-License-Identifier: GPL-2.0-only
/*
 * formats.c - the table of output formats.
 */
#include "format/formats.h"

#include <string.h>

/* clang-format off */
const struct out_format out_formats[] = {
#define FORMAT_ROW(name, help, flags) {#name, help, flags, name##_document, name##_row},
	EACH_FORMAT(FORMAT_ROW)
#undef FORMAT_ROW
	{"pprof", "a profile for `go tool pprof`; of stacks", FORMAT_OF_STACKS | FORMAT_BINARY, pprof_document, NULL},
	{"perfetto", "a trace for ui.perfetto.dev; of report", FORMAT_OF_EVENTS | FORMAT_BINARY, NULL, NULL},
	{0},
};
/* clang-format on */

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
