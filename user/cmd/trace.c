// SPDX-License-Identifier: GPL-2.0-only
/* trace.c - `vmascope trace`: print each fault as it comes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/session.h"
#include "model/calls.h"
#include "util/log.h"
#include "util/str.h"
#include "view/stat.h"
#include "view/trace.h"

/**
 * struct trace - the stream's state
 * @table: one row, filled anew for each event
 * @clock_ns: added to an event's time to make it the time of day, or taken away to make it
 *	relative to the start
 * @calls: memory calls, if crashes are looked for
 * @crashes: by thread, the surroundings of its latest fault that may be a crash
 */
struct trace {
	struct table *table;
	uint64_t printed;
	int64_t clock_ns;
	struct calls calls;
	struct hash crashes;
};

/** slot_row - what slot @slot stood for at @generation. */
static const struct counted *slot_row(struct live *l, uint32_t slot, uint32_t generation)
{
	const struct counted *row;

	if (!slot || slot >= l->model.nr_slots)
		return NULL;
	if (!l->model.by_slot[slot])
		live__discover(l);
	row = l->model.by_slot[slot];
	return row && row->generation == generation ? row : NULL;
}

static void on_crash(struct trace *t, const struct vs_event_crash *e)
{
	struct vs_event_crash *copy = hash__get_u64(&t->crashes, e->tid);

	if (!copy) {
		copy = malloc(sizeof(*copy));
		if (!copy || hash__set_u64(&t->crashes, e->tid, copy)) {
			free(copy);
			return;
		}
	}
	*copy = *e;
}

/** find_crash - the surroundings of @e, which has not been resolved. */
static bool find_crash(struct session *s, const struct vs_event_fault *e, const struct counted *row,
		       struct crash *crash)
{
	struct trace *t = s->private;
	const struct vs_event_crash *event = hash__get_u64(&t->crashes, e->tid);

	if (e->outcome != VS_INCOMPLETE || e->origin != VS_ORIGIN_USER || !event ||
	    event->address != e->address)
		return false;
	*crash = (struct crash){ .fault = e,
				 .vma = row && row->is_vma ? row : NULL,
				 .event = event };
	for (int i = 0; i < VS_NR_NEAR; i++)
		if (event->near[i].end)
			crash->near[i] = slot_row(&s->live, event->near[i].slot,
						  event->near[i].generation);
	crash->call = calls__last(&t->calls, e->pid, e->address, e->head.time_ns);
	return true;
}

static void on_fault(struct session *s, const struct vs_event_fault *e)
{
	const struct counted *row = slot_row(&s->live, e->slot, e->generation);
	struct trace *t = s->private;
	struct crash crash;
	bool crashed;

	if (s->options->vma && (!row || !row->is_vma || !str_glob(s->options->vma, row->name)))
		return;
	crashed = find_crash(s, e, row, &crash);
	s->error = trace_row(t->table, e, row, crashed ? &crash : NULL,
			     e->head.time_ns + t->clock_ns);
	if (!s->error)
		s->error = s->options->format->row(t->table, &s->out, !t->printed);
	t->printed++;
}

static void on_event(struct session *s, const struct vs_event *event)
{
	struct trace *t = s->private;

	if (s->error)
		return;
	switch (event->type) {
	case VS_EVENT_FAULT:
		on_fault(s, (const void *)event);
		break;
	case VS_EVENT_CRASH:
		on_crash(t, (const void *)event);
		break;
	case VS_EVENT_CALL:
		calls__add(&t->calls, (const void *)event);
		break;
	case VS_EVENT_PROC_EXEC:
	case VS_EVENT_PROC_EXIT:
		calls__forget(&t->calls, ((const struct vs_event_proc *)event)->pid);
		break;
	}
}

static int summary(struct session *s)
{
	struct trace *t = s->private;
	struct table *table = table__new(&trace_summary_table);
	struct table *totals = stat_totals(&s->live.model);
	struct vs_stats stats;
	uint64_t lost;
	int err = -ENOMEM;

	capture__stats(s->live.capture, &stats);
	lost = stats.lost[VS_LOST_EVENTS];
	if (!table || !totals || table__add_row(table) < 0) {
		table__free(totals);
	} else {
		table__set_table(table, "totals", totals);
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
	calls__init(&t.calls);
	hash__init(&t.crashes, sizeof(uint64_t));
	clock_gettime(CLOCK_REALTIME, &wall);
	t.clock_ns = wall.tv_sec * 1000000000LL + wall.tv_nsec - (int64_t)session__now();
	status = session__open(&s, o, true);
	if (!status && !o->wall_clock)
		t.clock_ns = -(int64_t)capture__start_ns(s.live.capture);
	if (!status)
		status = session__run(&s);
	if (!status && !s.error)
		s.error = summary(&s);
	table__free(t.table);
	calls__free(&t.calls);
	hash__free(&t.crashes, free);
	return session__close(&s, status);
}
