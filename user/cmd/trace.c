// SPDX-License-Identifier: GPL-2.0-only
/* trace.c - `vmascope trace`: print each fault as it comes. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/session.h"
#include "util/log.h"
#include "util/str.h"
#include "view/trace.h"

/**
 * struct trace - the stream's state
 * @table: one row, filled anew for each event
 * @clock_ns: added to an event's time to make it the time of day, or taken away to make it
 *	relative to the start
 */
struct trace {
	struct table *table;
	uint64_t printed;
	int64_t clock_ns;
};

/** slot_row - what the event's slot stood for when it began. */
static const struct counted *slot_row(struct live *l, const struct vs_event_fault *e)
{
	const struct counted *row;

	if (e->slot >= l->model.nr_slots)
		return NULL;
	if (!l->model.by_slot[e->slot])
		live__discover(l);
	row = l->model.by_slot[e->slot];
	return row && row->generation == e->generation ? row : NULL;
}

static void on_event(struct session *s, const struct vs_event *event)
{
	const struct vs_event_fault *e = (const void *)event;
	struct trace *t = s->private;
	const struct counted *row;

	if (event->type != VS_EVENT_FAULT || s->error)
		return;
	row = slot_row(&s->live, e);
	if (s->options->vma && (!row || !row->is_vma || !str_glob(s->options->vma, row->name)))
		return;
	s->error = trace_row(t->table, e, row, event->time_ns + t->clock_ns);
	if (!s->error)
		s->error = s->options->format->row(t->table, &s->out, !t->printed);
	t->printed++;
}

static int summary(struct session *s)
{
	struct trace *t = s->private;
	struct table *table = table__new(&trace_summary_table);
	struct vs_stats stats;
	uint64_t lost;
	int err = -1;

	capture__stats(s->live.capture, &stats);
	lost = stats.lost[VS_LOST_EVENTS];
	if (table && table__add_row(table) >= 0) {
		err = table__set_str(table, "type", "summary");
		table__set_u64(table, "events", t->printed);
		table__set_u64(table, "lost", lost);
		table__set_u64(table, "generated", stats.emitted + lost);
	}
	if (!err && !strcmp(s->options->format->name, "json"))
		err = s->options->format->row(table, &s->out, false);
	table__free(table);
	if (lost)
		vs_warn("%llu of %llu events were lost: the reader was too slow (a larger --ring, "
			"or "
			"a filter, helps; `vmascope stat` counts them all)",
			(unsigned long long)lost, (unsigned long long)(stats.emitted + lost));
	return err;
}

int cmd_trace(struct options *o)
{
	struct trace t = { .table = table__new(&trace_table) };
	struct session s = { .event = on_event, .private = &t };
	struct timespec wall;
	int status;

	if (!t.table)
		return VS_EXIT_FAILURE;
	clock_gettime(CLOCK_REALTIME, &wall);
	t.clock_ns = o->wall_clock
			     ? wall.tv_sec * 1000000000LL + wall.tv_nsec - (int64_t)session__now()
			     : -(int64_t)session__now();
	status = session__open(&s, o, true);
	if (!status)
		status = session__run(&s);
	if (!status && !s.error)
		s.error = summary(&s);
	table__free(t.table);
	return session__close(&s, status);
}
