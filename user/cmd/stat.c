// SPDX-License-Identifier: GPL-2.0-only
/* stat.c - `vmascope stat`: count until the end, then print. */
#include <string.h>

#include "cmd/session.h"
#include "util/log.h"

static int print(struct session *s, uint64_t interval, uint64_t from_ns, uint64_t to_ns)
{
	const struct options *o = s->options;
	const bool text = !strcmp(o->format->name, "text");
	struct stat_hook in_use[NR_HOOKS];
	struct document d = {};
	struct stat_view v = {
		.command = s->what,
		.duration_ns = to_ns - from_ns,
		.interval = interval,
		.start_ns = s->start_ns,
		.end_ns = to_ns,
		.threads = &s->live.threads,
		.by = o->by,
		.vma_glob = o->vma,
		.limit = text ? o->top : 0,
		.latency = o->latency,
		.hooks = in_use,
		.nr_hooks = NR_HOOKS,
	};
	int err;

	session__hooks(s, in_use);
	capture__stats(s->live.capture, &v.stats);
	err = stat_view__make(&v, &s->live.model, &d);
	if (!err)
		err = o->format->document(&d, &s->out);
	document__free(&d);
	return err;
}

/** struct intervals - where the present one began, and its number */
struct intervals {
	uint64_t from_ns;
	uint64_t number;
};

static int interval(struct session *s)
{
	struct intervals *i = s->private;
	const uint64_t now = session__now();
	int err = live__refresh(&s->live);

	if (!err)
		err = session__read_threads(s);
	if (!err)
		err = print(s, i->number++, i->from_ns, now);
	if (err) {
		s->error = err;
		return err;
	}
	model__mark(&s->live.model);
	i->from_ns = now;
	return 0;
}

int cmd_stat(struct options *o)
{
	struct intervals i = { .number = 1 };
	struct session s = { .interval = interval, .private = &i };
	int status = session__open(&s, o, false);

	if (!status) {
		i.from_ns = s.start_ns;
		status = session__run(&s);
	}
	if (!status && o->interval_ns)
		s.error = print(&s, i.number, i.from_ns, s.end_ns);
	if (!status && !s.error)
		s.error = print(&s, 0, s.start_ns, s.end_ns);
	return session__close(&s, status);
}
