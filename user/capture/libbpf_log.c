// SPDX-License-Identifier: GPL-2.0-only
/* libbpf_log.c - see libbpf_log.h */
#include "capture/libbpf_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/log.h"

int libbpf_log(enum libbpf_print_level level, const char *fmt, va_list args)
{
	char *text, *line, *rest;

	/* the verifier's log of a rejected program comes as one warning */
	if (log_verbosity() < (level == LIBBPF_DEBUG ? 3 : 1) || vasprintf(&text, fmt, args) < 0)
		return 0;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			vs_debug(1, "%s", line);
	free(text);
	return 0;
}
