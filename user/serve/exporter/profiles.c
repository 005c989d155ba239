// SPDX-License-Identifier: GPL-2.0-only
/* profiles.c - profiles of faults by stack: of the whole run, or of a window of time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/out.h"
#include "serve/exporter/exporter.h"
#include "util/text_file.h"

/**
 * While a profile is taken, processes that exit keep their stacks; with more processes than this, they
 * are in the profile without names.
 */
#define KEPT_PROCESSES 8192

void exporter__hide_paths(const struct exporter *e, struct document *d)
{
	if (e->expose_paths)
		return;
	document__forget(d, "module");
	document__forget(d, "file");
}

static struct body *refused(unsigned int status, const char *message)
{
	char *text;

	if (asprintf(&text, "{\"error\":{\"message\":\"%s\"}}\n", message) < 0)
		return NULL;
	return body__new(status, BODY_JSON, text, strlen(text));
}

/** unix_ns - of a time of CLOCK_MONOTONIC */
static uint64_t unix_ns(uint64_t ns)
{
	return clock__ns(CLOCK_REALTIME) - (clock__monotonic_ns() - ns);
}

/** make - the profile of what was counted from @from_ns on; @marked: that is since the mark */
static struct body *make(const struct exporter *e, uint64_t from_ns, bool marked)
{
	struct stat_view v = e->stat;
	struct document d = {};
	struct text_file t;
	int err;

	v.by = BY_STACK;
	v.profile = v.rows_only = true;
	v.interval = marked;
	v.end_ns = e->refreshed_ns;
	v.duration_ns = v.end_ns - from_ns;
	stat_view__make(&v, &e->live->run.model, &d);
	exporter__hide_paths(e, &d);
	err = text_file__open(&t);
	if (!err) {
		err = out_format__document(
			out_format__find("pprof"), &d,
			&(struct out_options){ .file = t.file, .time_ns = unix_ns(from_ns) });
		if (text_file__close(&t) || err) {
			text__free(&t.text);
			err = err ? err : -ENOMEM;
		}
	}
	document__free(&d);
	return err ? NULL : body__new(200, BODY_PROFILE, t.text.at, t.text.len);
}

struct body *profiles__answer(struct exporter *e, const struct query *q)
{
	if (!e->stat.stacks)
		return refused(404, "stacks are not counted: start serve with -U");
	if (q->seconds)
		return refused(503, "another profile is being taken: try again later");
	return make(e, e->start_ns, false);
}

bool profiles__begin(struct exporter *e, const struct query *q)
{
	struct profile_window *w = &e->window;

	if (q->question != ASK_PROFILE || !q->seconds || !e->stat.stacks || w->open)
		return false;
	stacks__mark(&e->live->run.stacks);
	*w = (struct profile_window){
		.open = true,
		.query = *q,
		.from_ns = e->refreshed_ns,
		.until_ns = e->refreshed_ns + q->seconds * 1000000000ULL,
	};
	return true;
}

bool profiles__is_due(const struct exporter *e)
{
	return e->window.open && clock__monotonic_ns() >= e->window.until_ns;
}

struct body *profiles__end(struct exporter *e)
{
	e->window.open = false;
	return make(e, e->window.from_ns, true);
}

uint64_t profiles__forget_before_ns(const struct exporter *e)
{
	const struct profile_window *w = &e->window;

	return w->open && e->live->run.model.nr_processes <= KEPT_PROCESSES ? w->from_ns
									    : UINT64_MAX;
}
