// SPDX-License-Identifier: GPL-2.0-only
/* explain_rule.c - the view of the rules themselves: background, versions, trade-off, sources. */
#include "view/advise/advise.h"

#include <stdio.h>

#include "view/common/words.h"

static const struct column root_columns[] = { { .key = "schema", .type = CELL_U64 } };
static const struct table_def root_table = OBJECT_DEF(NULL, root_columns, .json_only = true);

static const struct column rule_columns[] = {
	{ .key = "rule", .type = CELL_STR },	     { .key = "title", .type = CELL_STR },
	{ .key = "background", .type = CELL_STR },   { .key = "change", .type = CELL_STR },
	{ .key = "gain_percent", .type = CELL_U64 }, { .key = "kernel", .type = CELL_STR },
	{ .key = "cost", .type = CELL_STR },	     { .key = "verify", .type = CELL_STR },
	{ .key = "expected", .type = CELL_STR },     { .key = "sources", .type = CELL_STR },
};
static const struct table_def rule_table = TABLE_DEF("rules", rule_columns);

static const struct column text_columns[] = { { .key = "text", .type = CELL_STR } };
static const struct table_def text_table = OBJECT_DEF("text", text_columns, .text_only = true);

static void rule_row(struct table *t, enum advice_number rule)
{
	const struct advice_text *a = advice_text(rule);

	table__add_row(t);
	table__set_word(t, "rule", a->name);
	table__set_word(t, "title", a->title);
	table__set_word(t, "background", a->background);
	table__set_word(t, "change", a->change);
	table__set_u64(t, "gain_percent", advice_gain_percent(rule));
	table__set_word(t, "kernel", a->kernel);
	table__set_word(t, "cost", a->cost);
	table__set_word(t, "verify", a->verify);
	table__set_word(t, "expected", a->expected);
	table__set_word(t, "sources", a->sources);
}

static void rule_text(struct document *d, enum advice_number rule)
{
	const struct advice_text *a = advice_text(rule);
	struct table *t = document__table(d, &text_table);
	struct words w;

	if (!words__open(&w, t))
		return;
	fprintf(w.file, "%s: %s\n  background: %s\n  change: %s\n", a->name, a->title,
		a->background, a->change);
	fprintf(w.file, "  gain: at least %u%% of the measured time, at most all of it\n",
		advice_gain_percent(rule));
	fprintf(w.file, "  versions: %s\n  may cost: %s\n  verify: %s (%s)\n  sources: ", a->kernel,
		a->cost, a->verify, a->expected);
	for (const char *c = a->sources; *c; c++)
		*c == '\n' ? fputs("; ", w.file) : fputc(*c, w.file);
	words__title(&w);
}

void advise_view__explain(enum advice_number rule, struct document *d)
{
	const int first = rule == NR_ADVICE_RULES ? 0 : (int)rule;
	const int end = rule == NR_ADVICE_RULES ? NR_ADVICE_RULES : (int)rule + 1;
	struct table *root = document__table(d, &root_table), *t;

	table__set_u64(root, "schema", VIEW_SCHEMA);
	t = document__table(d, &rule_table);
	for (int i = first; i < end; i++)
		rule_row(t, i);
	for (int i = first; i < end; i++)
		rule_text(d, i);
}
