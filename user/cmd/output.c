// SPDX-License-Identifier: GPL-2.0-only
/* output.c - open the output that the options ask for, and see what it can show. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/options.h"
#include "util/log.h"

/** terminal_width - of the output: a terminal's own, else 80. */
static unsigned int terminal_width(FILE *f)
{
	struct winsize w;

	if (isatty(fileno(f)) && !ioctl(fileno(f), TIOCGWINSZ, &w) && w.ws_col >= 40)
		return w.ws_col;
	return 80;
}

static bool locale_is_utf8(void)
{
	const char *names[] = { getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG") };

	for (int i = 0; i < 3; i++)
		if (names[i] && *names[i])
			return strcasestr(names[i], "utf-8") || strcasestr(names[i], "utf8");
	return false;
}

/** takes_colour - a terminal that knows colours, and a user who wants them (no-color.org). */
static bool takes_colour(FILE *f)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

	return isatty(fileno(f)) && term && *term && strcmp(term, "dumb") &&
	       !(no_colour && *no_colour);
}

int options__output(const struct options *o, struct out_options *out)
{
	out->file = o->output && strcmp(o->output, "-") ? fopen(o->output, "we") : stdout;
	if (!out->file) {
		int err = -errno;

		vs_error("cannot write %s: %s", o->output, strerror(-err));
		return err;
	}
	out->width = o->wide ? 0 : terminal_width(out->file);
	out->utf8 = !o->ascii && locale_is_utf8();
	out->colour = takes_colour(out->file);
	return 0;
}

int options__close_output(struct out_options *out, int err)
{
	if (!err && fflush(out->file))
		err = -errno;
	if (out->file != stdout && fclose(out->file) && !err)
		err = -errno;
	if (err)
		vs_error("cannot write the output: %s", strerror(-err));
	return err;
}
