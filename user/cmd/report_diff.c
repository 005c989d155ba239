// SPDX-License-Identifier: GPL-2.0-only
/* report_diff.c - `vmascope report --diff A B`: compare two recordings. */
#include "cmd/print.h"
#include "session/recording.h"
#include "sys/memory.h"
#include "util/log.h"
#include "view/diff/diff.h"

/** struct run - a recording, and the symbolizer for its stacks */
struct run {
	const char *path;
	struct recording recording;
	struct namer *namer;
};

/** load - load a whole recording, or print an error. Return: 0 or an exit status. */
static int load(struct run *run, char *path, size_t max_processes)
{
	char *const paths[] = { path, NULL };
	const struct namer_options names = {
		.recorded = loaded_stacks__name,
		.ctx = &run->recording.loader.stacks,
	};
	int status = recording__open(&run->recording, paths, max_processes);

	run->path = path;
	if (status)
		return status;
	if (namer__new(&run->namer, &names))
		return vs_fail(VS_EXIT_FAILURE, memory__hint(), "not enough memory");
	return recording__read(&run->recording, NULL, NULL) ? VS_EXIT_FAILURE : 0;
}

static void unload(struct run *run)
{
	namer__free(run->namer);
	recording__close(&run->recording);
}

static struct diff_side side_of(const struct run *run)
{
	const struct recording *r = &run->recording;

	return (struct diff_side){
		.name = run->path,
		.command = r->header.what,
		.duration_ns = r->end_ns - r->header.start_ns,
		.model = &r->live.run.model,
		.shootdown = r->header.shootdowns ? &r->live.run.shootdown : NULL,
		.stacks = r->header.stacks ? &r->live.run.stacks : NULL,
		.namer = run->namer,
	};
}

/** report_missing - report data that only one of the recordings has, and that is not compared. */
static void report_missing(const struct diff *diff)
{
	const struct diff_side *a = &diff->side[SIDE_A], *b = &diff->side[SIDE_B];

	if (!a->shootdown != !b->shootdown)
		vs_note("%s has no memory calls (record it with --events "
			"memcall,shootdown)",
			a->shootdown ? b->name : a->name);
	if (!a->stacks != !b->stacks)
		vs_note("%s has no stacks (record it with -U)", a->stacks ? b->name : a->name);
}

static int print(const struct options *o, const struct run *a, const struct run *b)
{
	const bool text = o->format->flags & FORMAT_FOR_PEOPLE;
	const struct diff diff = {
		.side = { side_of(a), side_of(b) },
		.all_frames = o->wide,
		.limit = o->top,
		.no_text = !text,
		.no_json = text,
	};
	struct document d = {};
	struct out_options out;
	int err;

	if (options__output(o, &out))
		return VS_EXIT_FAILURE;
	report_missing(&diff);
	diff_view__make(&diff, &d);
	err = out_format__document(o->format, &d, &out);
	document__free(&d);
	if (options__close_output(&out, err))
		return VS_EXIT_FAILURE;
	return a->recording.whole && b->recording.whole ? 0 : VS_EXIT_PARTIAL;
}

int report_diff(const struct options *o)
{
	struct run a = {}, b = {};
	int status;

	if (!o->argv || !o->argv[0] || !o->argv[1] || o->argv[2])
		return vs_fail(VS_EXIT_USAGE, "vmascope report --diff A B",
			       "--diff requires two recordings");
	status = load(&a, o->argv[0], o->max_processes);
	if (!status)
		status = load(&b, o->argv[1], o->max_processes);
	if (!status)
		status = print(o, &a, &b);
	unload(&a);
	unload(&b);
	return status;
}
