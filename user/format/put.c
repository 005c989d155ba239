// SPDX-License-Identifier: GPL-2.0-only
/*
 * put.c - the writing of put.h.
 */
#include "format/put.h"

#include <errno.h>
#include <stdlib.h>

int sink__open(struct sink *s)
{
	*s = (struct sink){ 0 };
	s->mem = open_memstream(&s->text, &s->len);
	return s->mem ? 0 : -errno;
}

int sink__close(struct sink *s, FILE *to, int err, bool flush)
{
	bool failed = ferror(s->mem);

	if (fclose(s->mem) || failed)
		err = err ? err : -ENOMEM;
	if (!err)
		err = put(to, s->text, s->len, flush);
	free(s->text);
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
