// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_longest.c - the longest memory calls: time, task, address range and call site. */
#include <stdio.h>

#include "model/history/call_event.h"
#include "model/history/longest_calls.h"
#include "model/names.h"
#include "util/errno_name.h"
#include "util/str.h"
#include "view/common/words.h"
#include "view/shootdown/shootdown_parts.h"

/* clang-format off */
static const struct column columns[] = {
	{.key = "duration_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "at_ns", .head = "AT", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "pid", .head = "PID", .type = CELL_U64},
	{.key = "tid", .type = CELL_U64},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true, .spare = true},
	{.key = "errno", .head = "ERRNO", .type = CELL_STR, .left = true, .optional = true},
	CALL_NAME_COLUMNS,
	{.key = "label", .head = "CALL", .type = CELL_STR, .left = true, .keep_start = true,
	 .text_only = true},
	{.key = "bytes", .head = "SIZE", .type = CELL_U64, .unit = UNIT_BYTES},
	{.key = "start", .type = CELL_HEX},
	{.key = "end", .type = CELL_HEX},
	{.key = "vma", .type = CELL_STR},
	{.key = "where", .head = "VMA", .type = CELL_STR, .left = true, .text_only = true},
	{.key = "site", .type = CELL_HEX},
	{.key = "function", .type = CELL_STR},
	{.key = "function_offset", .type = CELL_U64},
	{.key = "module", .type = CELL_STR},
	{.key = "from", .head = "CALLED FROM", .type = CELL_STR, .left = true, .keep_start = true,
	 .text_only = true},
};
/* clang-format on */

static const struct table_def longest_table = TABLE_DEF("longest", columns);

/** from_text - format "parse+0x1f (redis-server)", or what is known of it. */
static void from_text(const struct long_call *c, char *buf, size_t size)
{
	*buf = '\0';
	if (c->function && c->module)
		snprintf(buf, size, "%s+0x%llx (%s)", c->function,
			 (unsigned long long)c->function_offset, str_last_part(c->module));
	else if (c->function)
		snprintf(buf, size, "%s+0x%llx", c->function,
			 (unsigned long long)c->function_offset);
	else if (c->call.site && c->module)
		snprintf(buf, size, "%llx (%s)", (unsigned long long)c->call.site,
			 str_last_part(c->module));
	else if (c->call.site)
		snprintf(buf, size, "%llx", (unsigned long long)c->call.site);
}

static void site_cells(struct table *t, const struct long_call *c)
{
	char text[512];

	from_text(c, text, sizeof(text));
	if (c->call.site)
		table__set_u64(t, "site", c->call.site);
	if (c->function)
		table__set_u64(t, "function_offset", c->function_offset);
	table__set_str(t, "function", c->function);
	table__set_str(t, "module", c->module);
	if (*text)
		table__set_str(t, "from", text);
}

static void error_cell(struct table *t, const struct vs_event_call *e)
{
	if (call_event__failed(e))
		table__set_str(t, "errno",
			       errno_name((int)-(e->result < 0 ? e->result : VS_BRK_FAILED)));
}

static void row(const struct shootdown_doc *d, struct table *t, const struct long_call *c)
{
	const struct vs_event_call *e = &c->call;
	const uint64_t start_ns = d->view->start_ns;
	char label[CALL_LABEL_LEN];
	uint64_t start, end;

	table__add_row(t);
	table__set_u64(t, "duration_ns", e->duration_ns);
	table__set_u64(t, "at_ns", e->head.time_ns > start_ns ? e->head.time_ns - start_ns : 0);
	table__set_u64(t, "pid", e->pid);
	table__set_u64(t, "tid", e->tid);
	call_event__range(e, &start, &end);
	if (end) {
		table__set_u64(t, "start", start);
		table__set_u64(t, "end", end);
	}
	if (call_event__bytes(e))
		table__set_u64(t, "bytes", call_event__bytes(e));
	call_label(label, sizeof(label), e->call, e->detail);
	table__set_str(t, "comm", e->comm);
	error_cell(t, e);
	call_name_cells(t, e->call, e->detail);
	table__set_str(t, "label", label);
	table__set_str(t, "vma", c->vma);
	if (c->vma)
		table__set_str(t, "where", str_last_part(c->vma));
	site_cells(t, c);
}

/** footer - summarize the calls after the first @shown, and report those that are not compared. */
static void footer(const struct shootdown_doc *d, struct table *t, size_t shown)
{
	const struct longest_calls *l = d->view->longest;
	uint64_t errors, ns = 0;
	const uint64_t calls = call_sums__calls(d, &errors);
	struct words w;

	for (size_t i = 0; i < shown; i++)
		ns += l->list[i].call.duration_ns;
	if (!words__open(&w, t))
		return;
	/* calls that are listed may not be counted for the VMA if its row was lost */
	if (shown && calls > shown && d->all.latency_ns >= ns)
		fprintf(w.file, "and %s more call%s, %s in total%s\n",
			str_count(calls - shown).text, str_plural(calls - shown),
			str_ns(d->all.latency_ns - ns).text, shown < l->nr ? " (use --top N)" : "");
	if (l->lost)
		fprintf(w.file, "%llu calls are not compared: %s\n", (unsigned long long)l->lost,
			l->of_events ? "the recording does not have their events"
				     : "their events were lost (use a larger --ring)");
	words__footer(&w);
}

void shootdown_longest__make(const struct shootdown_doc *d)
{
	const struct longest_calls *l = d->view->longest;
	struct table *t;
	size_t shown;

	if (!l)
		return;
	t = document__table(d->document, &longest_table);
	shown = d->view->limit && d->view->limit < l->nr ? d->view->limit : l->nr;
	for (size_t i = 0; i < shown; i++)
		row(d, t, &l->list[i]);
	if (shown)
		table__set_title(t, "Longest memory calls\n");
	if (!d->view->no_text)
		footer(d, t, shown);
}
