// SPDX-License-Identifier: GPL-2.0-only
/* stream.c - stdio over stop__write(), and where rows end in it. */
#include "format/stream.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/array.h"
#include "util/stop.h"

/** Bytes that are written at one time, unless they are to be seen sooner. */
#define BUFFER_BYTES (64u << 10)

/**
 * struct out_stream - the stream's state
 * @received: bytes that stdio has handed over; @written: of these
 * @error: of the first write that failed, negative
 * @ends: of rows, in bytes from the beginning, which may not be written yet: from @first up to @nr
 */
struct out_stream {
	FILE *file;
	int fd;
	int error;
	uint64_t received;
	uint64_t written;
	uint64_t *ends;
	size_t first;
	size_t nr;
	size_t cap;
};

static ssize_t stream_write(void *cookie, const char *buf, size_t len)
{
	struct out_stream *s = cookie;
	size_t done = 0;

	s->received += len;
	if (!s->error)
		s->error = stop__write(s->fd, buf, len, &done);
	s->written += done;
	/* stdio takes anything less than all for a failure */
	errno = -s->error;
	return s->error ? 0 : (ssize_t)len;
}

int out_stream__open(struct out_stream **out, int fd)
{
	const cookie_io_functions_t functions = { .write = stream_write };
	struct out_stream *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->fd = fd;
	s->file = fopencookie(s, "w", functions);
	if (!s->file || setvbuf(s->file, NULL, isatty(fd) ? _IOLBF : _IOFBF, BUFFER_BYTES)) {
		if (s->file)
			fclose(s->file);
		free(s);
		return -ENOMEM;
	}
	*out = s;
	return 0;
}

FILE *out_stream__file(const struct out_stream *s)
{
	return s->file;
}

/** skip_written - forget rows that are written. */
static void skip_written(struct out_stream *s)
{
	while (s->first < s->nr && s->ends[s->first] <= s->written)
		s->first++;
	if (s->first == s->nr)
		s->first = s->nr = 0;
}

int out_stream__end_row(struct out_stream *s)
{
	if (s->nr == s->cap) {
		skip_written(s);
		if (s->nr > s->first)
			memmove(s->ends, s->ends + s->first, (s->nr - s->first) * sizeof(*s->ends));
		s->nr -= s->first;
		s->first = 0;
		if (array__reserve(&s->ends, &s->cap, s->nr + 1, sizeof(*s->ends)))
			return -ENOMEM;
	}
	s->ends[s->nr++] = s->received + __fpending(s->file);
	return 0;
}

uint64_t out_stream__unwritten(struct out_stream *s)
{
	skip_written(s);
	return s->nr - s->first;
}

int out_stream__close(struct out_stream *s)
{
	int err;

	if (!s)
		return 0;
	err = fclose(s->file) && !s->error ? -errno : s->error;
	if (s->fd != STDOUT_FILENO && close(s->fd) && !err)
		err = -errno;
	free(s->ends);
	free(s);
	return err;
}
