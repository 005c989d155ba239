// SPDX-License-Identifier: GPL-2.0-only
/* trace_stack.c - the stack of an event of `vmascope trace`: arrays for scripts, lines for people. */
#include <errno.h>
#include <stdlib.h>

#include "view/common/stack_cells.h"
#include "view/trace/trace_parts.h"

static int put_line(void *ctx, const char *line)
{
	FILE *f = ctx;

	return fprintf(f, "%s      %s", ftell(f) ? "\n" : "", line) < 0 ? -ENOMEM : 0;
}

int trace_stack(struct table *t, const struct named_stack *stack)
{
	size_t size;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);
	int err = f ? stack_cells(t, stack) : -ENOMEM;

	if (f && t->footer)
		fputs(t->footer, f);
	if (!err)
		err = stack_each_line(stack, 0, put_line, f);
	if (f && fclose(f) && !err)
		err = -ENOMEM;
	if (!err && text && *text)
		err = table__set_footer(t, "%s", text);
	free(text);
	return err;
}
