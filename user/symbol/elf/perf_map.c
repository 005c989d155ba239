// SPDX-License-Identifier: GPL-2.0-only
/* perf_map.c - read a JIT's list of functions; of two at one place, the later line is true. */
#include "symbol/elf/perf_map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbol/table/table.h"

#define CHUNK (64u << 10)
/* Two numbers and a name that is just too long to be kept whole. */
#define LINE_ROOM (64 + TABLE_MAX_NAME + 1)

/** struct perf_map_input - a file that is read line by line: @len bytes of it from @at, at @pos of @chunk */
struct perf_map_input {
	int fd;
	off_t at;
	size_t pos;
	size_t len;
	char chunk[CHUNK];
};

/* "7f0a1c000000 1a0 LazyCompile:~run /srv/a.js:3": numbers are hexadecimal, 0x may be there. */
static bool parse(const char *line, uint64_t *start, uint64_t *size, const char **name)
{
	char *end;

	errno = 0;
	*start = strtoull(line, &end, 16);
	if (end == line || *end != ' ' || errno)
		return false;
	line = end + 1;
	*size = strtoull(line, &end, 16);
	if (end == line || *end != ' ' || errno || *start + *size < *start)
		return false;
	*name = end + 1;
	return **name;
}

/* Return: the number of bytes that can be read; 0: end. */
static size_t fill(struct perf_map_input *in)
{
	size_t want = sizeof(in->chunk);
	ssize_t n;

	if (in->pos < in->len)
		return in->len - in->pos;
	if (PERF_MAP_MAX_BYTES - (uint64_t)in->at < want)
		want = PERF_MAP_MAX_BYTES - (uint64_t)in->at;
	n = pread(in->fd, in->chunk, want, in->at);
	in->pos = 0;
	in->len = n > 0 ? (size_t)n : 0;
	in->at += (off_t)in->len;
	return in->len;
}

/**
 * next_line - copy one line without its end; of a long one, as much as there is room for
 * Return: false: the end of the file. A line without an end is still being written.
 */
static bool next_line(struct perf_map_input *in, char line[LINE_ROOM])
{
	size_t len = 0, left;

	while ((left = fill(in))) {
		const char *from = in->chunk + in->pos, *end = memchr(from, '\n', left);
		const size_t part = end ? (size_t)(end - from) : left;
		const size_t room = LINE_ROOM - 1 - len, kept = part < room ? part : room;

		memcpy(line + len, from, kept);
		len += kept;
		in->pos += part + !!end;
		if (!end)
			continue;
		line[len] = '\0';
		return true;
	}
	return false;
}

static int read_lines(struct table_builder *b, struct perf_map_input *in)
{
	char line[LINE_ROOM];
	int err = 0;

	while (!err && next_line(in, line)) {
		uint64_t start, size;
		const char *name;

		if (!parse(line, &start, &size, &name))
			continue;
		if (b->nr_symbols == PERF_MAP_MAX_FUNCTIONS)
			return -EFBIG;
		err = table_builder__add(b, start, start + size, b->nr_symbols, name, strlen(name));
	}
	return err;
}

int perf_map__table(int fd)
{
	struct perf_map_input *in = calloc(1, sizeof(*in));
	struct table_builder b = { 0 };
	int err;

	if (!in)
		return -ENOMEM;
	in->fd = fd;
	err = read_lines(&b, in);
	if (!err)
		err = table_builder__finish(&b);
	table_builder__free(&b);
	free(in);
	return err;
}
