// SPDX-License-Identifier: GPL-2.0-only
/*
 * put.c - the writing of put.h.
 */
#include "format/put.h"

#include <errno.h>

int sink__open(struct sink *s)
{
	const int err = text_file__open(&s->mem);

	s->file = s->mem.file;
	return err;
}

int sink__close(struct sink *s, FILE *to, int err, bool flush)
{
	const int closed = text_file__close(&s->mem);

	err = err ? err : closed;
	if (!err)
		err = put(to, s->mem.text.at, s->mem.text.len, flush);
	text__free(&s->mem.text);
	return err;
}

int put(FILE *to, const char *text, size_t len, bool flush)
{
	/* An earlier write failed behind our back, its errno is gone. */
	if (ferror(to))
		return -EIO;
	errno = 0;
	if (fwrite(text, 1, len, to) != len || (flush && fflush(to)))
		return errno ? -errno : -EIO;
	return 0;
}

int put_out(FILE *to, struct text *t, bool flush)
{
	const int err = t->failed ? -ENOMEM : put(to, t->at, t->len, flush);

	t->len = 0;
	return err;
}
