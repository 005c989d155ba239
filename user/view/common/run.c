// SPDX-License-Identifier: GPL-2.0-only
/* run.c - the head of a document, and what was lost. */
#include "view/common/run.h"

#include <errno.h>
#include <stdio.h>

#include "model/names.h"
#include "util/str.h"

/** More than these can't be asked for. */
#define MAX_SLOTS (1u << 22)

static const struct column root_columns[] = {
	{ .key = "schema", .type = CELL_U64 },
	{ .key = "command", .type = CELL_STR },
	{ .key = "interval", .type = CELL_U64 },
	{ .key = "duration_ns", .type = CELL_U64, .unit = UNIT_NS },
};
static const struct table_def root_table = {
	.key = NULL, .shape = TABLE_OBJECT, .json_only = true, TABLE_COLUMNS(root_columns)
};

static const struct column hook_columns[] = {
	{ .key = "hook", .head = "HOOK", .type = CELL_STR },
	{ .key = "variant", .head = "VARIANT", .type = CELL_STR },
};
static const struct table_def hook_table = {
	.key = "hooks", .shape = TABLE_MAP, .json_only = true, TABLE_COLUMNS(hook_columns)
};

static const struct column lost_columns[] = {
#define COLUMN(id, name) { .key = (name), .type = CELL_U64 },
	VS_EACH_LOST(COLUMN)
#undef COLUMN
		{ .key = "unattributed", .type = CELL_U64 },
};
static const struct table_def lost_table = {
	.key = "lost", .shape = TABLE_OBJECT, .json_only = true, TABLE_COLUMNS(lost_columns)
};

/** What people read where the name alone does not say it. */
static const char *const lost_texts[VS_NR_LOST] = {
	[VS_LOST_SLOTS] = "faults of VMAs without a slot of their own: counted by process and name",
	[VS_LOST_CALLS] = "calls and flushes without a row of their own: their process has one",
	[VS_LOST_PAIRS] = "interrupts that found no place among initiators and targets",
	[VS_LOST_RANGES] = "ranges of memory calls, for lack of room: faults that followed them "
			   "are not counted as refaults",
	[VS_LOST_REFAULTS] = "faults that may have followed a memory call: the kernel faulted "
			     "pages in by itself, at addresses that no hook shows",
	[VS_LOST_STACKS] = "stacks without a row of their own: one row has them all (--stacks)",
	[VS_LOST_SAMPLES] =
		"copies of stacks: the ring buffer was full, callers are unknown (--ring)",
	[VS_LOST_MISSED] = "runs of programs, skipped by the kernel",
};

struct table *run_view__add(struct document *d, const struct table_def *def)
{
	struct table *t = table__new(def);

	if (!t || document__add(d, t))
		return NULL;
	if (def->shape == TABLE_OBJECT && table__add_row(t) < 0)
		return NULL;
	return t;
}

struct table *run_view__sub(struct table *parent, const struct table_def *def)
{
	struct table *t = table__new(def);

	if (!t)
		return NULL;
	table__set_table(parent, def->key, t);
	if (def->shape == TABLE_OBJECT && table__add_row(t) < 0)
		return NULL;
	return t;
}

int run_view__header(const struct run_facts *run, struct document *d)
{
	struct table *t = run_view__add(d, &root_table);
	int err;

	if (!t)
		return -ENOMEM;
	table__set_u64(t, "schema", VIEW_SCHEMA);
	table__set_u64(t, "duration_ns", run->duration_ns);
	if (run->interval)
		table__set_u64(t, "interval", run->interval);
	err = table__set_str(t, "command", run->command);
	t = run_view__add(d, &hook_table);
	if (err || !t)
		return -ENOMEM;
	for (size_t i = 0; i < run->nr_hooks && !err; i++) {
		if (table__add_row(t) < 0)
			return -ENOMEM;
		err = table__set_str(t, "hook", run->hooks[i].name);
		if (!err)
			err = table__set_str(t, "variant", run->hooks[i].variant);
	}
	return err;
}

int run_view__lost(const struct run_facts *run, uint64_t unattributed, struct document *d)
{
	struct table *t = run_view__add(d, &lost_table);

	if (!t)
		return -ENOMEM;
	for (int i = 0; i < VS_NR_LOST; i++)
		table__set_u64(t, lost_names[i], run->stats.lost[i]);
	table__set_u64(t, "unattributed", unattributed);
	return 0;
}

/** written - what snprintf() put into @room bytes, when it returned @n. */
static size_t written(int n, size_t room)
{
	if (n < 0 || !room)
		return 0;
	return (size_t)n < room ? (size_t)n : room - 1;
}

size_t run_view__fallbacks(const struct run_facts *run, char *text, size_t size)
{
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < run->nr_hooks; i++)
		if (run->hooks[i].fallback)
			len += written(snprintf(text + len, size - len, "\n  %s by %s",
						run->hooks[i].name, run->hooks[i].variant),
				       size - len);
	return len;
}

/** more_slots - which option would have given VMAs slots, where that was what was lost. */
static void more_slots(const struct run_facts *run, int lost, char *text, size_t size)
{
	*text = '\0';
	if (lost == VS_LOST_SLOTS && run->nr_slots && run->nr_slots <= MAX_SLOTS / 2)
		snprintf(text, size, " (--slots %u)", run->nr_slots * 2);
}

size_t run_view__losses(const struct run_facts *run, char *text, size_t size)
{
	char count[STR_NUMBER_LEN], option[STR_NUMBER_LEN + 16];
	size_t len = 0;

	*text = '\0';
	for (int i = 0; i < VS_NR_LOST; i++) {
		if (!run->stats.lost[i])
			continue;
		str_format_count(count, sizeof(count), run->stats.lost[i]);
		more_slots(run, i, option, sizeof(option));
		len += written(snprintf(text + len, size - len, "lost: %s %s%s\n", count,
					lost_texts[i] ? lost_texts[i] : lost_names[i], option),
			       size - len);
	}
	return len;
}
