// SPDX-License-Identifier: GPL-2.0-only
/* perf_map.c - read a JIT's list of functions; of two at one place, the later line is true. */
#include "symbol/perf_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbol/table.h"

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

static int read_lines(struct table_builder *b, FILE *f)
{
	char *line = NULL;
	size_t cap = 0;
	uint64_t rank = 0;
	ssize_t len;
	int err = 0;

	while (!err && (len = getline(&line, &cap, f)) > 0) {
		uint64_t start, size;
		const char *name;

		/* One without an end is still being written. */
		if (line[len - 1] != '\n')
			break;
		line[len - 1] = '\0';
		if (parse(line, &start, &size, &name))
			err = table_builder__add(b, start, start + size, rank++, name,
						 strlen(name));
	}
	free(line);
	return err;
}

int perf_map__table(int fd)
{
	struct table_builder b = { 0 };
	const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *f = copy >= 0 ? fdopen(copy, "r") : NULL;
	int err;

	if (!f) {
		if (copy >= 0)
			close(copy);
		return -ENOMEM;
	}
	rewind(f);
	err = read_lines(&b, f);
	fclose(f);
	if (!err)
		err = table_builder__finish(&b);
	table_builder__free(&b);
	return err;
}
