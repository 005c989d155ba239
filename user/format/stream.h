/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stream.h - a stream to a descriptor that gives up where a run is to end and the output is not
 * read, and that knows which of its rows have been written.
 */
#ifndef VMASCOPE_FORMAT_STREAM_H
#define VMASCOPE_FORMAT_STREAM_H

#include <stdint.h>
#include <stdio.h>

struct out_stream;

/**
 * out_stream__open - a stream to @fd, which it closes at its end unless it is stdout's
 * @out: result
 * Return: 0 or -ENOMEM.
 */
int out_stream__open(struct out_stream **out, int fd);

/** out_stream__file - to print to; it is not to be closed. */
FILE *out_stream__file(const struct out_stream *s);

/**
 * out_stream__end_row - end and count the row that was printed
 * Return: 0 or -ENOMEM.
 */
int out_stream__end_row(struct out_stream *s);

/** out_stream__unwritten - rows that were printed and not written as a whole; after a failed write. */
uint64_t out_stream__unwritten(struct out_stream *s);

/**
 * out_stream__close - write the rest, and free it; may be NULL
 * Return: 0 or the negative errno of the first write that failed; -ETIMEDOUT: it was not read.
 */
int out_stream__close(struct out_stream *s);

#endif /* VMASCOPE_FORMAT_STREAM_H */
