// SPDX-License-Identifier: GPL-2.0-only
/* trace_stack.c - the stack of an event of `vmascope trace`: arrays for scripts, lines for text. */
#include "view/common/stack_cells.h"
#include "view/common/words.h"
#include "view/trace/trace_parts.h"

static void put_line(void *ctx, const char *line)
{
	fprintf(ctx, "      %s\n", line);
}

void trace_stack(struct table *t, const struct named_stack *stack)
{
	struct words w;

	if (!t->no_json)
		stack_cells(t, stack);
	if (t->no_text || !words__open(&w, t))
		return;
	if (t->footer)
		fprintf(w.file, "%s\n", t->footer);
	stack_each_line(stack, 0, put_line, w.file);
	words__footer(&w);
}
