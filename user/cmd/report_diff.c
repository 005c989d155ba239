// SPDX-License-Identifier: GPL-2.0-only
/* report_diff.c - `vmascope report --diff A B`: two recordings side by side. */
#include <string.h>

#include "cmd/print.h"
#include "cmd/recording.h"
#include "util/log.h"
#include "view/diff.h"

static int load(struct recording *r, char *path)
{
	char *const paths[] = { path, NULL };
	int status = recording__open(r, paths);

	if (!status && recording__read(r, NULL, NULL))
		status = VS_EXIT_FAILURE;
	return status;
}

static struct diff_side side_of(const struct recording *r, const char *path)
{
	return (struct diff_side){
		.name = path,
		.command = r->header.what,
		.duration_ns = r->end_ns - r->header.start_ns,
		.model = &r->live.model,
		.shootdown = r->header.shootdowns ? &r->live.shootdown : NULL,
	};
}

static int print(const struct options *o, const struct recording *a, const struct recording *b)
{
	const struct diff_side side_a = side_of(a, o->argv[0]), side_b = side_of(b, o->argv[1]);
	const size_t limit = strcmp(o->format->name, "text") ? 0 : o->top;
	struct document d = {};
	struct out_options out;
	int err;

	if (options__output(o, &out))
		return VS_EXIT_FAILURE;
	err = diff_view__make(&side_a, &side_b, limit, &d);
	if (!err)
		err = o->format->document(&d, &out);
	document__free(&d);
	if (options__close_output(&out, err))
		return VS_EXIT_FAILURE;
	return a->whole && b->whole ? 0 : VS_EXIT_PARTIAL;
}

int report_diff(const struct options *o)
{
	struct recording a = {}, b = {};
	int status;

	if (!o->argv || !o->argv[0] || !o->argv[1] || o->argv[2])
		return vs_fail(VS_EXIT_USAGE, "vmascope report --diff A B",
			       "--diff takes two recordings");
	status = load(&a, o->argv[0]);
	if (!status)
		status = load(&b, o->argv[1]);
	if (!status)
		status = print(o, &a, &b);
	recording__close(&a);
	recording__close(&b);
	return status;
}
