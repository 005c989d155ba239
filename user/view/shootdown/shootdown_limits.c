// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_limits.c - number of VMAs of each process against the limit, and warnings. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/str.h"
#include "view/common/words.h"
#include "view/shootdown/shootdown_parts.h"

/** A process is reported as near vm.max_map_count from this percentage on. */
#define NEAR_PERCENT 90

/* clang-format off */
static const struct column map_columns[] = {
	{.key = "pid", .type = CELL_U64},
	{.key = "comm", .type = CELL_STR},
	{.key = "vmas", .type = CELL_U64},
	{.key = "limit", .type = CELL_U64},
	{.key = "near", .type = CELL_BOOL},
};
static const struct table_def map_table = TABLE_DEF("map_counts", map_columns, .json_only = true);

static const struct column line_columns[] = {{.key = "line", .type = CELL_STR}};
static const struct table_def line_table = TABLE_DEF("warnings", line_columns, .text_only = true);
/* clang-format on */

/** struct owner - a process, with data from its rows */
struct owner {
	uint32_t pid;
	const char *comm;
	uint32_t map_count;
	uint64_t wx_both;
	uint64_t wx_flip;
};

static int by_pid(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return strcmp(x->comm, y->comm);
}

static int by_maps(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	if (x->map_count != y->map_count)
		return x->map_count < y->map_count ? 1 : -1;
	return by_pid(a, b);
}

/**
 * owners_of - make an owner for each process, most VMAs first. Return: to be freed; NULL: out of
 * memory.
 */
static struct owner *owners_of(const struct shootdown *s, size_t *nr)
{
	struct owner *o = calloc(s->nr_rows + 1, sizeof(*o));
	size_t kept = 0;

	*nr = 0;
	if (!o)
		return NULL;
	for (size_t i = 0; i < s->nr_rows; i++)
		o[i] = (struct owner){
			.pid = call_pid(s->rows[i]),
			.comm = call_comm(s->rows[i]),
			.map_count = s->rows[i]->map_count,
			.wx_both = s->rows[i]->counts.wx_both,
			.wx_flip = s->rows[i]->counts.wx_flip,
		};
	qsort(o, s->nr_rows, sizeof(*o), by_pid);
	for (size_t i = 0; i < s->nr_rows; i++) {
		if (!kept || by_pid(&o[kept - 1], &o[i])) {
			o[kept++] = o[i];
			continue;
		}
		if (o[i].map_count > o[kept - 1].map_count)
			o[kept - 1].map_count = o[i].map_count;
		o[kept - 1].wx_both += o[i].wx_both;
		o[kept - 1].wx_flip += o[i].wx_flip;
	}
	qsort(o, kept, sizeof(*o), by_maps);
	*nr = kept;
	return o;
}

static bool near(const struct shootdown_view *v, const struct owner *o)
{
	return v->max_map_count && o->map_count * 100ULL >= v->max_map_count * NEAR_PERCENT;
}

static void map_row(const struct shootdown_view *v, struct table *t, const struct owner *o)
{
	table__add_row(t);
	table__set_u64(t, "pid", o->pid);
	table__set_u64(t, "vmas", o->map_count);
	if (v->max_map_count) {
		table__set_u64(t, "limit", v->max_map_count);
		table__set_bool(t, "near", near(v, o));
	}
	table__set_str(t, "comm", o->comm);
}

/* --- warnings ------------------------------------------------------------------------------ */

static void say_maps(const struct shootdown_view *v, FILE *f, const struct owner *o)
{
	if (!near(v, o))
		return;
	fprintf(f,
		"%s (pid %u) had %s VMAs; the limit is %s (vm.max_map_count): beyond it, mmap, "
		"munmap and mprotect fail with ENOMEM\n",
		o->comm, o->pid, str_count(o->map_count).text, str_count(v->max_map_count).text);
}

static void say_wx(FILE *f, const struct owner *o)
{
	char both[STR_NUMBER_LEN];

	str_format_count(both, sizeof(both), o->wx_both);
	if (o->wx_flip)
		fprintf(f, "%s (pid %u) made writable memory executable %s time%s", o->comm, o->pid,
			str_count(o->wx_flip).text, str_plural(o->wx_flip));
	if (o->wx_flip && o->wx_both)
		fprintf(f, "; writable and executable memory was requested %s time%s", both,
			str_plural(o->wx_both));
	if (!o->wx_flip && o->wx_both)
		fprintf(f, "%s (pid %u) requested writable and executable memory %s time%s",
			o->comm, o->pid, both, str_plural(o->wx_both));
	if (o->wx_flip || o->wx_both)
		fputc('\n', f);
}

static void warnings(const struct shootdown_doc *d, const struct owner *o, size_t nr)
{
	struct table *t = document__table(d->document, &line_table);
	struct words w;

	if (!words__open(&w, t))
		return;
	for (size_t i = 0; i < nr; i++)
		say_maps(d->view, w.file, &o[i]);
	for (size_t i = 0; i < nr; i++)
		say_wx(w.file, &o[i]);
	shootdown_cpus__warn(d, w.file);
	run_view__print_losses(&d->view->run, w.file);
	words__title(&w);
}

void shootdown_limits__make(const struct shootdown_doc *d)
{
	struct table *t = document__table(d->document, &map_table);
	struct owner *o;
	size_t nr;

	o = owners_of(d->model, &nr);
	if (!o)
		document__fail(d->document, -ENOMEM);
	for (size_t i = 0; o && i < nr && !d->view->no_json; i++)
		if (o[i].map_count)
			map_row(d->view, t, &o[i]);
	if (o && !d->view->no_text)
		warnings(d, o, nr);
	free(o);
}
