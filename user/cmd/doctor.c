// SPDX-License-Identifier: GPL-2.0-only
/* doctor.c - `vmascope doctor`: each hook, the variant in use, and why no better one is. */
#include <errno.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "capture/capture.h"
#include "collect/cost.h"
#include "options/options.h"
#include "sys/capabilities.h"
#include "util/log.h"

static const struct column root_columns[] = {
	{ .key = "schema", .type = CELL_U64 },
	{ .key = "kernel", .type = CELL_STR },
	{ .key = "usable", .type = CELL_BOOL },
};
static const struct table_def root_table = {
	.key = NULL, .shape = TABLE_OBJECT, .json_only = true, TABLE_COLUMNS(root_columns)
};

static const struct column hook_columns[] = {
	{ .key = "hook", .head = "HOOK", .type = CELL_STR, .left = true },
	{ .key = "in_use", .type = CELL_BOOL },
	{ .key = "mark", .head = "IN USE", .type = CELL_STR, .left = true, .text_only = true },
	{ .key = "variant", .head = "VARIANT", .type = CELL_STR, .left = true },
	{ .key = "reason", .head = "COST, OR WHY NOT USED", .type = CELL_STR },
};
static const struct table_def hook_table = { .key = "hooks", TABLE_COLUMNS(hook_columns) };

static const struct column feature_columns[] = {
	{ .key = "feature", .head = "FEATURE", .type = CELL_STR, .left = true },
	{ .key = "available", .head = "AVAILABLE", .type = CELL_BOOL },
	{ .key = "disabled", .type = CELL_BOOL },
	{ .key = "since", .head = "SINCE", .type = CELL_STR, .left = true },
	{ .key = "what", .head = "DESCRIPTION", .type = CELL_STR, .left = true },
	{ .key = "reason", .type = CELL_STR },
};
static const struct table_def feature_table = { .key = "features", TABLE_COLUMNS(feature_columns) };

static int hook_row(struct table *t, const struct hook *hook, const struct hook_variant *v,
		    bool in_use)
{
	char why_not[256];
	int err;

	if (table__add_row(t) < 0)
		return -ENOMEM;
	hooks__why_not(v, why_not, sizeof(why_not));
	table__set_bool(t, "in_use", in_use);
	err = table__set_str(t, "hook", v == hook->variants ? hook->name : "");
	err = err ? err : table__set_str(t, "mark", in_use ? "yes" : "-");
	err = err ? err : table__set_str(t, "variant", v->name);
	return err ? err : table__set_str(t, "reason", in_use ? v->cost : why_not);
}

static struct table *hook_rows(bool *usable)
{
	struct table *t = table__new(&hook_table);
	int err = 0;

	for (int i = 0; t && !err && i < NR_HOOKS; i++) {
		const struct hook_variant *chosen = hooks__choose(i);

		if (!chosen && hooks[i].required)
			*usable = false;
		for (const struct hook_variant *v = hooks[i].variants; v->name && !err; v++)
			err = hook_row(t, &hooks[i], v, v == chosen);
	}
	if (!err)
		return t;
	table__free(t);
	return NULL;
}

static struct table *feature_rows(void)
{
	const struct feature *f = features__probe();
	struct table *t = table__new(&feature_table);
	int err = 0;

	for (int i = 0; t && !err && i < NR_FEATURES; i++) {
		if (table__add_row(t) < 0) {
			err = -ENOMEM;
			break;
		}
		table__set_bool(t, "available", f[i].available);
		table__set_bool(t, "disabled", f[i].disabled);
		err = table__set_str(t, "feature", f[i].name);
		err = err ? err : table__set_str(t, "since", f[i].since);
		err = err ? err : table__set_str(t, "what", f[i].what);
		if (!err && !f[i].available)
			err = table__set_str(t, "reason", f[i].reason);
	}
	if (!err)
		return t;
	table__free(t);
	return NULL;
}

static int make(struct document *d, bool *usable)
{
	struct table *root = table__new(&root_table), *rows;
	struct utsname u;

	if (!root || document__add(d, root) || table__add_row(root) < 0 || uname(&u))
		return -ENOMEM;
	rows = hook_rows(usable);
	if (!rows || document__add(d, rows))
		return -ENOMEM;
	if (table__set_title(rows, "Linux %s: %s\n\nHooks and their variants, preferred first\n",
			     u.release,
			     *usable ? "vmascope is supported"
				     : "vmascope is not supported (a required hook is missing)"))
		return -ENOMEM;
	rows = feature_rows();
	if (!rows || document__add(d, rows) || table__set_title(rows, "Kernel features\n"))
		return -ENOMEM;
	table__set_u64(root, "schema", VIEW_SCHEMA);
	table__set_bool(root, "usable", *usable);
	return table__set_str(root, "kernel", u.release);
}

int cmd_doctor(struct options *o)
{
	struct out_options out;
	struct document d = {};
	bool usable = true;
	int err;

	if (capabilities__check() || features__check_limits() || options__output(o, &out))
		return VS_EXIT_FAILURE;
	err = make(&d, &usable);
	if (!err && o->cost && usable && cost__measure(o, &d)) {
		document__free(&d);
		options__close_output(&out, 0);
		return VS_EXIT_FAILURE;
	}
	if (!err)
		err = o->format->document(&d, &out);
	document__free(&d);
	if (options__close_output(&out, err))
		return VS_EXIT_FAILURE;
	return usable ? VS_EXIT_OK : VS_EXIT_FAILURE;
}
