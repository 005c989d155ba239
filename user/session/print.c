// SPDX-License-Identifier: GPL-2.0-only
/* print.c - print documents of views, without columns that the source does not provide. */
#include "record/format/unknown.h"
#include "session/session.h"

int session__document(struct session *s, struct document *d)
{
	const struct unknown_columns *unknown = s->source->facts(s).unknown;
	int err;

	for (size_t i = 0; unknown && i < unknown->nr; i++)
		document__forget(d, unknown->key[i]);
	s->out.time_ns = s->start_ns + wall_clock__add_ns(&s->wall, s->start_ns);
	err = out_format__document(s->options->format, d, &s->out);
	document__free(d);
	return err;
}

int session__row(struct session *s, struct table *t, bool first)
{
	const struct unknown_columns *unknown = s->source->facts(s).unknown;

	for (size_t i = 0; unknown && i < unknown->nr; i++)
		table__forget(t, unknown->key[i]);
	return out_format__row(s->options->format, t, &s->out, first);
}
