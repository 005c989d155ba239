// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_rows.c - rows of memory calls by VMA, process, thread or call site. */
#include <stdio.h>
#include <string.h>

#include "model/names.h"
#include "util/str.h"
#include "view/common/call_site.h"
#include "view/common/stat_cells.h"
#include "view/common/words.h"
#include "view/shootdown/shootdown_groups.h"
#include "view/shootdown/shootdown_parts.h"

/* clang-format off */
#define WHO_COLUMNS                                                                                \
	{.key = "pid", .type = CELL_U64}, {.key = "comm", .type = CELL_STR}, CALL_NAME_COLUMNS,    \
	{.key = "start", .type = CELL_HEX}, {.key = "end", .type = CELL_HEX}

static const struct column vma_columns[] = {
	WHO_COLUMNS,
	{.key = "perms", .type = CELL_STR},
	{.key = "vma", .type = CELL_STR},
	CALL_COUNT_COLUMNS,
};
static const struct column process_columns[] = { WHO_COLUMNS, CALL_COUNT_COLUMNS };
static const struct column comm_columns[] = {
	{.key = "comm", .type = CELL_STR},
	{.key = "processes", .type = CELL_U64},
	CALL_NAME_COLUMNS,
	CALL_COUNT_COLUMNS,
};
static const struct column thread_columns[] = {
	{.key = "tid", .type = CELL_U64},
	{.key = "thread", .type = CELL_STR},
	WHO_COLUMNS,
	CALL_COUNT_COLUMNS,
};
static const struct column site_columns[] = {
	{.key = "site", .type = CELL_HEX},
	{.key = "vma", .type = CELL_STR},
	{.key = "offset", .type = CELL_U64},
	{.key = "function", .type = CELL_STR},
	{.key = "function_offset", .type = CELL_U64},
	WHO_COLUMNS,
	CALL_COUNT_COLUMNS,
};

#define TEXT_PROCESS_COLUMNS                                                                       \
	{.key = "pid", .head = "PID", .type = CELL_U64, .optional = true},                         \
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true, .optional = true}

static const struct column vma_text_columns[] = {
	CALL_TEXT_COLUMNS, TEXT_PROCESS_COLUMNS, CALL_TEXT_COLUMN,
	{.key = "start", .head = "START", .type = CELL_HEX, .spare = true},
	{.key = "size", .head = "SIZE", .type = CELL_U64, .unit = UNIT_BYTES, .spare = true},
	{.key = "vmas", .head = "VMAS", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true,
	 .spare = true},
	{.key = "perms", .head = "PERM", .type = CELL_STR, .optional = true, .spare = true},
	{.key = "where", .head = "VMA", .type = CELL_STR},
};
static const struct column process_text_columns[] = {
	CALL_TEXT_COLUMNS, {.key = "pid", .head = "PID", .type = CELL_U64},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true},
	CALL_TEXT_COLUMN,
};
static const struct column comm_text_columns[] = {
	CALL_TEXT_COLUMNS, {.key = "processes", .head = "PROCS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true},
	CALL_TEXT_COLUMN,
};
static const struct column thread_text_columns[] = {
	CALL_TEXT_COLUMNS, TEXT_PROCESS_COLUMNS,
	{.key = "tid", .head = "TID", .type = CELL_U64},
	{.key = "thread", .head = "THREAD", .type = CELL_STR, .left = true, .optional = true},
	CALL_TEXT_COLUMN,
};
static const struct column site_text_columns[] = {
	CALL_TEXT_COLUMNS, TEXT_PROCESS_COLUMNS, CALL_TEXT_COLUMN,
	{.key = "site", .head = "CALLED FROM", .type = CELL_HEX},
	{.key = "where", .head = "FUNCTION", .type = CELL_STR},
};
/* clang-format on */

/** struct rows_def - the tables of one --by; those that are made elsewhere have no columns */
static const struct rows_def {
	struct table_def json;
	struct table_def text;
	const char *title;
} rows_defs[NR_SHOOTDOWN_BY] = {
	[SHOOTDOWN_BY_VMA] = { TABLE_DEF("vmas", vma_columns),
			       TABLE_DEF("rows", vma_text_columns, .text_only = true),
			       "Memory calls by process and VMA (permissions before the call)" },
	[SHOOTDOWN_BY_PROCESS] = { TABLE_DEF("by_process", process_columns),
				   TABLE_DEF("rows", process_text_columns, .text_only = true),
				   "Memory calls by process" },
	[SHOOTDOWN_BY_COMM] = { TABLE_DEF("by_comm", comm_columns),
				TABLE_DEF("rows", comm_text_columns, .text_only = true),
				"Memory calls by command name" },
	[SHOOTDOWN_BY_THREAD] = { TABLE_DEF("threads", thread_columns),
				  TABLE_DEF("rows", thread_text_columns, .text_only = true),
				  "Memory calls by thread" },
	[SHOOTDOWN_BY_SITE] = { TABLE_DEF("sites", site_columns),
				TABLE_DEF("rows", site_text_columns, .text_only = true),
				"Memory calls by call site" },
};

/* --- JSON and CSV -------------------------------------------------------------------------- */

static void vma_cells(struct table *t, const struct call_row *row)
{
	if (!row->vma)
		return;
	perms_cell(t, row->vma->vma.key.flags);
	table__set_str(t, "vma", fault_row__name(row->vma));
}

static void thread_cells(const struct call_groups *g, struct table *t, const struct call_row *row)
{
	table__set_u64(t, "tid", row->tid);
	table__set_str(t, "thread", call_groups__thread(g, row->tid));
}

/** find_site - the call site of the row, as far as it is known */
static struct call_site find_site(const struct shootdown_doc *d, const struct call_row *row)
{
	struct call_site s;

	document__fail(d->document, call_site__find(&s, d->view->namer, row));
	return s;
}

static void site_cells(const struct shootdown_doc *d, struct table *t, const struct call_row *row)
{
	struct call_site s;

	if (!row->site)
		return;
	s = find_site(d, row);
	table__set_u64(t, "site", row->site);
	if (s.in_file)
		table__set_u64(t, "offset", s.offset);
	if (s.function)
		table__set_u64(t, "function_offset", s.function_offset);
	table__set_str(t, "function", s.function);
	table__set_str(t, "vma", s.module);
}

static void place_cells(struct table *t, const struct call_group *g)
{
	uint64_t start, end;

	call_group_range(g, &start, &end);
	if (end) {
		table__set_u64(t, "start", start);
		table__set_u64(t, "end", end);
	}
	if (call_pid(g->row))
		table__set_u64(t, "pid", call_pid(g->row));
}

static void json_row(const struct shootdown_doc *d, struct table *t, const struct call_groups *all,
		     const struct call_group *g)
{
	const struct call_row *row = g->row;

	table__add_row(t);
	if (d->view->by == SHOOTDOWN_BY_COMM)
		table__set_u64(t, "processes", g->processes);
	else
		place_cells(t, g);
	table__set_str(t, "comm", call_comm(row));
	call_name_cells(t, row->call, row->detail);
	if (d->view->by == SHOOTDOWN_BY_VMA)
		vma_cells(t, row);
	if (d->view->by == SHOOTDOWN_BY_THREAD)
		thread_cells(all, t, row);
	if (d->view->by == SHOOTDOWN_BY_SITE)
		site_cells(d, t, row);
	call_cells(d->view, t, row->call, &g->counts, NULL, NULL);
}

/* --- text ---------------------------------------------------------------------------------- */

static void vma_text(struct table *t, const struct call_group *g)
{
	uint64_t start, end;
	char perms[5];

	call_group_range(g, &start, &end);
	if (end) {
		table__set_u64(t, "start", start);
		table__set_u64(t, "size", end - start);
	}
	if (g->nr_vmas > 1)
		table__set_u64(t, "vmas", g->nr_vmas);
	call_group_perms(g, perms);
	table__set_str(t, "perms", perms);
	table__set_str(t, "where", g->row->vma ? fault_row__short(g->row->vma) : "");
}

static void thread_text(const struct call_groups *g, struct table *t, const struct call_row *row)
{
	const char *name = call_groups__thread(g, row->tid);

	table__set_u64(t, "tid", row->tid);
	/* most threads have the name of their process, which is redundant */
	table__set_str(t, "thread", name && strcmp(name, call_comm(row)) ? name : "");
}

static void site_text(const struct shootdown_doc *d, struct table *t, const struct call_row *row)
{
	char where[512];
	struct call_site s;

	if (!row->site)
		return;
	s = find_site(d, row);
	table__set_u64(t, "site", row->site);
	if (!s.module)
		return;
	call_site__print(&s, where, sizeof(where));
	table__set_str(t, "where", where);
}

static void text_row(const struct shootdown_doc *d, struct table *t, const struct call_groups *all,
		     const struct call_group *g, bool show_process)
{
	const struct shootdown_view *v = d->view;
	const struct call_row *row = g->row;

	table__add_row(t);
	call_text_cells(v, t, row, &g->counts);
	table__set_u64(t, "refaults", g->counts.refaults);
	if (v->by == SHOOTDOWN_BY_COMM)
		table__set_u64(t, "processes", g->processes);
	else if (show_process)
		table__set_u64(t, "pid", call_pid(row));
	if (show_process)
		table__set_str(t, "comm", call_comm(row));
	if (v->by == SHOOTDOWN_BY_VMA)
		vma_text(t, g);
	if (v->by == SHOOTDOWN_BY_THREAD)
		thread_text(all, t, row);
	if (v->by == SHOOTDOWN_BY_SITE)
		site_text(d, t, row);
}

static bool one_process(const struct call_groups *g)
{
	for (size_t i = 1; i < g->nr; i++)
		if (call_pid(g->list[i].row) != call_pid(g->list[0].row))
			return false;
	return true;
}

static void text_rows(const struct shootdown_doc *d, struct table *t, const struct call_groups *g)
{
	const bool show_process = d->view->by == SHOOTDOWN_BY_PROCESS ||
				  d->view->by == SHOOTDOWN_BY_COMM || !one_process(g);
	const size_t shown = d->view->limit && g->nr > d->view->limit ? d->view->limit : g->nr;
	struct words w;

	for (size_t i = 0; i < shown; i++)
		text_row(d, t, g, &g->list[i], show_process);
	waited_only_if_relevant(t);
	if (shown)
		table__set_title(t, "%s\n", rows_defs[d->view->by].title);
	if (shown && words__open(&w, t)) {
		call_groups__print_rest(g, d->view, shown, w.file);
		words__footer(&w);
	}
}

void shootdown_rows__make(const struct shootdown_doc *d)
{
	const struct rows_def *def = &rows_defs[d->view->by];
	struct table *text, *rows;
	struct call_groups g;

	if (!def->json.nr_columns)
		return;
	text = document__table(d->document, &def->text);
	rows = document__table(d->document, &def->json);
	if (!d->view->no_json) {
		call_groups__make(&g, d, d->view->by, false);
		for (size_t i = 0; i < g.nr; i++)
			json_row(d, rows, &g, &g.list[i]);
		call_groups__free(&g);
	}
	if (!d->view->no_text) {
		call_groups__make(&g, d, d->view->by, true);
		text_rows(d, text, &g);
		call_groups__free(&g);
	}
}

/**
 * say_group - print "mprotect of [anon] at 7f… (4.00KiB) by redis (12)", or "mprotect called from
 * …"
 */
static void say_group(const struct shootdown_doc *d, FILE *f, const struct call_group *g)
{
	/* rows of a recording always have one; other groups may have many */
	char where[512], label[CALL_LABEL_LEN];
	uint64_t start, end;

	call_label(label, sizeof(label), g->row->call, g->row->detail);
	fputs(label, f);
	if (d->view->by == SHOOTDOWN_BY_SITE && g->row->site) {
		const struct call_site s = find_site(d, g->row);

		if (s.module) {
			call_site__print(&s, where, sizeof(where));
			fprintf(f, " called from %s", where);
		}
	}
	if (shootdown_by_needs_stacks(d->view->by))
		shootdown_stacks__say(d, g->row, f);
	call_group_range(g, &start, &end);
	if (g->row->vma && end) {
		fprintf(f, " of %s at %llx (%s)", fault_row__short(g->row->vma),
			(unsigned long long)start, str_bytes(end - start).text);
	}
	if (g->processes > 1)
		fprintf(f, " by %s (%zu processes)", call_comm(g->row), g->processes);
	else
		fprintf(f, " by %s (%u)", call_comm(g->row), call_pid(g->row));
}

void shootdown_rows__say_worst(const struct shootdown_doc *d, FILE *f)
{
	const enum shootdown_by by = d->view->by;
	const bool from = by == SHOOTDOWN_BY_SITE || shootdown_by_needs_stacks(by);
	struct call_groups g = {};

	call_groups__make(&g, d, from ? by : SHOOTDOWN_BY_VMA, true);
	if (g.nr && g.list[0].counts.stolen_ns && d->all.stolen_ns) {
		fprintf(f, "\n  %s of this time for ",
			str_share(g.list[0].counts.stolen_ns, d->all.stolen_ns).text);
		say_group(d, f, &g.list[0]);
	}
	fputc('\n', f);
	call_groups__free(&g);
}
