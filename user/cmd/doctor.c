// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor.c - `vmascope doctor`: each hook, the variant in use, and why no preferred one is
 * available; what of the program depends on libraries and files of this machine.
 */
#include <errno.h>
#include <sys/utsname.h>

#include "capture/capture.h"
#include "collect/cost.h"
#include "options/options.h"
#include "symbol/module/debug_file.h"
#include "tui/widget/screen.h"
#include "util/library.h"
#include "util/log.h"

static const struct column root_columns[] = {
	{ .key = "schema", .type = CELL_U64 },
	{ .key = "kernel", .type = CELL_STR },
	{ .key = "usable", .type = CELL_BOOL },
};
static const struct table_def root_table = OBJECT_DEF(NULL, root_columns, .json_only = true);

static const struct column hook_columns[] = {
	{ .key = "hook", .head = "HOOK", .type = CELL_STR, .left = true },
	{ .key = "in_use", .type = CELL_BOOL },
	{ .key = "mark", .head = "IN USE", .type = CELL_STR, .left = true, .text_only = true },
	{ .key = "variant", .head = "VARIANT", .type = CELL_STR, .left = true },
	{ .key = "reason", .head = "COST, OR WHY NOT USED", .type = CELL_STR, .keep_start = true },
};
static const struct table_def hook_table = TABLE_DEF("hooks", hook_columns);

static const struct column feature_columns[] = {
	{ .key = "feature", .head = "FEATURE", .type = CELL_STR, .left = true },
	{ .key = "available", .head = "AVAILABLE", .type = CELL_BOOL },
	{ .key = "disabled", .type = CELL_BOOL },
	{ .key = "since", .head = "SINCE", .type = CELL_STR, .left = true },
	{ .key = "what", .head = "DESCRIPTION", .type = CELL_STR, .left = true },
	{ .key = "reason", .type = CELL_STR },
};
static const struct table_def feature_table = TABLE_DEF("features", feature_columns);

static const struct column program_columns[] = {
	{ .key = "feature", .head = "FEATURE", .type = CELL_STR, .left = true },
	{ .key = "available", .head = "AVAILABLE", .type = CELL_BOOL },
	{ .key = "what", .head = "DESCRIPTION", .type = CELL_STR, .left = true },
	{ .key = "reason", .head = "WHY NOT", .type = CELL_STR, .left = true, .optional = true },
};
static const struct table_def program_table = TABLE_DEF("program_features", program_columns);

static void hook_row(struct table *t, const struct hook *hook, const struct hook_variant *v,
		     bool in_use)
{
	char why_not[256];

	table__add_row(t);
	hooks__why_not(v, why_not, sizeof(why_not));
	table__set_bool(t, "in_use", in_use);
	table__set_str(t, "hook", v == hook->variants ? hook->name : "");
	table__set_str(t, "mark", in_use ? "yes" : "-");
	table__set_str(t, "variant", v->name);
	table__set_str(t, "reason", in_use ? v->cost : why_not);
}

static void hook_rows(struct table *t, bool *usable)
{
	for (int i = 0; i < NR_HOOKS; i++) {
		const struct hook_variant *chosen = hooks__choose(i);

		if (!chosen && hooks[i].required)
			*usable = false;
		for (const struct hook_variant *v = hooks[i].variants; v->name; v++)
			hook_row(t, &hooks[i], v, v == chosen);
	}
}

static void feature_rows(struct table *t)
{
	const struct feature *f = features__probe();

	for (int i = 0; i < NR_FEATURES; i++) {
		table__add_row(t);
		table__set_bool(t, "available", f[i].available);
		table__set_bool(t, "disabled", f[i].disabled);
		table__set_str(t, "feature", f[i].name);
		table__set_str(t, "since", f[i].since);
		table__set_str(t, "what", f[i].what);
		if (!f[i].available)
			table__set_str(t, "reason", f[i].reason);
	}
}

static void program_row(struct table *t, const char *name, const char *what, const char *why_not)
{
	table__add_row(t);
	table__set_str(t, "feature", name);
	table__set_bool(t, "available", !why_not);
	table__set_str(t, "what", what);
	table__set_str(t, "reason", why_not);
}

/** program_rows - add a row for what a static build lacks, or a library or file provides */
static void program_rows(struct table *t)
{
	program_row(t, "debuginfod", "debug files from DEBUGINFOD_URLS", debug_file__no_fetch());
	program_row(t, "demangling", "C++ function names as in the source",
		    library__demangler() ? NULL : "libstdc++.so.6 is not installed");
	program_row(t, "nss", "-u NAME with users of all sources of nsswitch.conf",
		    LIBRARY_STATIC ? "a static build reads /etc/passwd only" : NULL);
	program_row(t, "terminfo", "top in a terminal of type TERM", screen__no_terminal());
}

static void make(struct document *d, bool *usable)
{
	struct table *root = document__table(d, &root_table);
	struct table *hook_list = document__table(d, &hook_table);
	struct table *features = document__table(d, &feature_table);
	struct table *program = document__table(d, &program_table);
	struct utsname u = {};

	document__fail(d, uname(&u) ? -errno : 0);
	hook_rows(hook_list, usable);
	table__set_title(hook_list, "Linux %s: %s\n\nHooks and their variants, preferred first\n",
			 u.release,
			 *usable ? "vmascope is supported"
				 : "vmascope is not supported (a required hook is missing)");
	feature_rows(features);
	table__set_title(features, "Kernel features\n");
	program_rows(program);
	table__set_title(program, "Program features\n");
	table__set_u64(root, "schema", VIEW_SCHEMA);
	table__set_bool(root, "usable", *usable);
	table__set_str(root, "kernel", u.release);
}

static int run_doctor(struct options *o)
{
	struct out_options out;
	struct document d = {};
	bool usable = true;
	int err;

	if (features__check() || options__output(o, &out))
		return VS_EXIT_FAILURE;
	make(&d, &usable);
	if (o->cost && usable && cost__measure(o, &d)) {
		document__free(&d);
		options__close_output(&out, 0);
		return VS_EXIT_FAILURE;
	}
	err = out_format__document(o->format, &d, &out);
	document__free(&d);
	if (options__close_output(&out, err))
		return VS_EXIT_FAILURE;
	return usable ? VS_EXIT_OK : VS_EXIT_FAILURE;
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "show which kernel features and hook variants are available",
	.doc = "Show which kernel features and hook variants are used, and why others are not.",
	.is = COMMAND_DOCTOR,
	.run = run_doctor,
};
