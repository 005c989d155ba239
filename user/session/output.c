// SPDX-License-Identifier: GPL-2.0-only
/* output.c - open the requested output, and determine what it can display. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "options/options.h"
#include "sys/memory.h"
#include "util/log.h"
#include "util/out_file.h"
#include "util/str.h"

/** Columns of a terminal that does not report its size, and of graphics outside a terminal. */
#define DEFAULT_WIDTH 80
#define LEAST_WIDTH 40

/**
 * output_width - width of a terminal; for a pipe or a file, COLUMNS (set by watch(1))
 * Return: columns; 0: lines are not truncated.
 */
static unsigned int output_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	uint64_t n;

	if (isatty(fd))
		return !ioctl(fd, TIOCGWINSZ, &w) && w.ws_col >= LEAST_WIDTH ? w.ws_col
									     : DEFAULT_WIDTH;
	return columns && !str_parse_u64(columns, UINT16_MAX, &n) && n >= LEAST_WIDTH ? n : 0;
}

static bool locale_is_utf8(void)
{
	const char *names[] = { getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG") };

	for (int i = 0; i < 3; i++)
		if (names[i] && *names[i])
			return strcasestr(names[i], "utf-8") || strcasestr(names[i], "utf8");
	return false;
}

/** takes_colour - the terminal has colours, and the user has not disabled them (no-color.org). */
static bool takes_colour(int fd)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

	return isatty(fd) && term && *term && strcmp(term, "dumb") && !(no_colour && *no_colour);
}

int options__output(const struct options *o, struct out_options *out)
{
	const bool to_file = o->output && strcmp(o->output, "-");
	const char *why = NULL;
	const int fd = to_file ? out_file__create(o->output, OUT_FILE_TEXT, &why) : STDOUT_FILENO;
	int err = fd < 0 ? fd : out_stream__open(&out->stream, fd);

	if (err) {
		vs_error("cannot write %s: %s", to_file ? o->output : "to stdout",
			 why ? why : strerror(-err));
		if (to_file && fd >= 0)
			close(fd);
		return err;
	}
	out->file = out_stream__file(out->stream);
	out->width = o->wide ? 0 : output_width(fd);
	out->drawn_width = o->wide ? 0 : DEFAULT_WIDTH;
	out->utf8 = !o->ascii && locale_is_utf8();
	out->colour = takes_colour(fd);
	return 0;
}

int options__close_output(struct out_options *out, int err)
{
	const int last = out_stream__close(out->stream);

	out->stream = NULL;
	out->file = NULL;
	if (!err)
		err = last;
	if (err == -ETIMEDOUT)
		vs_fail(VS_EXIT_FAILURE, "use -o FILE",
			"the output is incomplete: the reader did not read it in time");
	else if (err == -ENOMEM)
		vs_fail(VS_EXIT_FAILURE, memory__hint(),
			"the output is incomplete: not enough memory");
	else if (err)
		vs_error("cannot write the output: %s", strerror(-err));
	return err;
}
