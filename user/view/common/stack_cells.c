// SPDX-License-Identifier: GPL-2.0-only
/* stack_cells.c - frames of stacks, in three representations. */
#include "view/common/stack_cells.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/str.h"

/** Default number of frames of a stack in text. */
#define FRAMES_SHOWN 16

static const struct column frame_columns[] = {
	{ .key = "name", .type = CELL_STR },	 { .key = "offset", .type = CELL_U64 },
	{ .key = "module", .type = CELL_STR },	 { .key = "module_offset", .type = CELL_HEX },
	{ .key = "file", .type = CELL_STR },	 { .key = "line", .type = CELL_U64 },
	{ .key = "inlined", .type = CELL_BOOL }, { .key = "address", .type = CELL_HEX },
};
static const struct table_def frames_table = TABLE_DEF("frames", frame_columns);
static const struct table_def kernel_frames_table = TABLE_DEF("kernel_frames", frame_columns);

static void frame_row(struct table *t, const struct symbol_frame *f)
{
	table__add_row(t);
	table__set_str(t, "name", f->name);
	table__set_str(t, "module", f->module);
	table__set_str(t, "file", f->file);
	if (f->name)
		table__set_u64(t, "offset", f->offset);
	if (f->in_file)
		table__set_u64(t, "module_offset", f->module_offset);
	if (f->line)
		table__set_u64(t, "line", f->line);
	table__set_bool(t, "inlined", f->inlined);
	table__set_u64(t, "address", f->ip);
}

static void frames_cell(struct table *t, const struct table_def *def,
			const struct symbol_frame *frames, size_t nr)
{
	struct table *list = table__sub(t, def);

	for (size_t i = 0; i < nr; i++)
		frame_row(list, &frames[i]);
}

void stack_cells(struct table *t, const struct named_stack *s)
{
	frames_cell(t, &frames_table, s->user, s->nr_user);
	frames_cell(t, &kernel_frames_table, s->kernel, s->nr_kernel);
}

void stack_cells_named(struct table *t, const char *name)
{
	const struct symbol_frame frame = { .name = name };

	frames_cell(t, &frames_table, &frame, 1);
}

/* --- lines --------------------------------------------------------------------------------- */

static const char *base(const char *path)
{
	const char *last = strrchr(path, '/');

	return last && last[1] ? last + 1 : path;
}

void frame_text(const struct symbol_frame *f, char *buf)
{
	int len = symbol_print(f, !f->file, buf, FRAME_TEXT_LEN);

	if (len < 0 || len >= FRAME_TEXT_LEN)
		return;
	if (f->file && f->line)
		snprintf(buf + len, FRAME_TEXT_LEN - len, "%s (%s:%u)",
			 f->inlined ? " inlined" : "", base(f->file), f->line);
	else if (f->module && (f->name || !f->in_file))
		snprintf(buf + len, FRAME_TEXT_LEN - len, "%s (%s)", f->inlined ? " inlined" : "",
			 base(f->module));
}

void stack_each_line(const struct named_stack *s, size_t limit, stack_line_fn fn, void *ctx)
{
	const size_t nr = s->nr_kernel + s->nr_user;
	const size_t shown = limit && nr > limit ? limit - 1 : nr;
	char line[FRAME_TEXT_LEN];

	for (size_t i = 0; i < shown; i++) {
		frame_text(i < s->nr_kernel ? &s->kernel[i] : &s->user[i - s->nr_kernel], line);
		fn(ctx, line);
	}
	if (shown == nr)
		return;
	snprintf(line, sizeof(line), "and %zu more frame%s (-w shows all)", nr - shown,
		 str_plural(nr - shown));
	fn(ctx, line);
}

void stack_owner(char *buf, const char *comm, uint32_t pid, size_t processes)
{
	if (processes == 1)
		snprintf(buf, STACK_OWNER_LEN, "%s (%u)", comm, pid);
	else
		snprintf(buf, STACK_OWNER_LEN, "%s (%zu processes)", comm, processes);
}

void stack_line(struct table *t, const char *text)
{
	char indented[FRAME_TEXT_LEN + 2];

	snprintf(indented, sizeof(indented), "  %s", text);
	table__add_row(t);
	table__set_str(t, "stack", indented);
}

static void frame_line(void *ctx, const char *line)
{
	stack_line(ctx, line);
}

void stack_lines(struct table *t, const struct named_stack *named, bool all)
{
	stack_each_line(named, all ? 0 : FRAMES_SHOWN, frame_line, t);
}

/* --- flame graphs -------------------------------------------------------------------------- */

/** folded_name - the name with the suffix by which flame graphs distinguish kinds of functions. */
static char *folded_name(const struct symbol_frame *f, bool kernel)
{
	const bool jit = f->name && f->module && !f->in_file && !kernel;
	const char *kind = kernel ? "_[k]" : f->inlined ? "_[i]" : jit ? "_[j]" : "";
	char text[FRAME_TEXT_LEN], *name;

	symbol_print(f, false, text, sizeof(text));
	return asprintf(&name, "%s%s", text, kind) < 0 ? NULL : name;
}

void stack_folded_free(char **names, size_t nr)
{
	for (size_t i = 0; names && i < nr; i++)
		free(names[i]);
	free(names);
}

int stack_folded(const struct named_stack *s, const char *comm, const char *call, char ***names,
		 size_t *nr)
{
	const size_t most = 2 + s->nr_user + s->nr_kernel;
	char **list = calloc(most, sizeof(*list));
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	list[n++] = strdup(comm);
	for (size_t i = s->nr_user; i-- > 0;)
		list[n++] = folded_name(&s->user[i], false);
	for (size_t i = s->nr_kernel; i-- > 0;)
		list[n++] = folded_name(&s->kernel[i], true);
	if (call && asprintf(&list[n++], "[%s]_[k]", call) < 0)
		list[n - 1] = NULL;
	for (size_t i = 0; i < n; i++) {
		if (list[i])
			continue;
		stack_folded_free(list, n);
		return -ENOMEM;
	}
	*names = list;
	*nr = n;
	return 0;
}
