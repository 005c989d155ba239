// SPDX-License-Identifier: GPL-2.0-only
/* switches.c - see switches.h */
#include "switches.h"
#include "check.h"
#include "run.h"
#include "system.h"
#include "tracer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_KB "16384" /* for each CPU */

/** struct sleeper - the thread, as of the last event: where it is, since when */
struct sleeper {
	pid_t tid;
	struct vt_waits *waits;
	size_t nr, room;
	int64_t on_us;	/* last event on a CPU */
	int64_t out_us; /* switched out, -1: it is on a CPU */
	bool asleep;
	int64_t waking_us;
};

static void enable(const char *event, const char *filter)
{
	char name[128];

	snprintf(name, sizeof(name), "events/%s/filter", event);
	vt_tracer_put(name, filter);
	snprintf(name, sizeof(name), "events/%s/enable", event);
	vt_tracer_put(name, "1");
}

void vt_switches_start(const char *comm)
{
	char filter[128];

	/* the scheduler's clock, where that is stable */
	vt_tracer_open(BUFFER_KB, "local");
	snprintf(filter, sizeof(filter), "prev_comm == \"%s\" || next_comm == \"%s\"", comm, comm);
	enable("sched/sched_switch", filter);
	snprintf(filter, sizeof(filter), "comm == \"%s\"", comm);
	enable("sched/sched_waking", filter);
	snprintf(filter, sizeof(filter), "COMM == \"%s\"", comm);
	enable("exceptions/page_fault_user", filter);
	vt_tracer_put("tracing_on", "1");
}

/** last - the fault that an event belongs to; NULL: none yet */
static struct vt_waits *last(const struct sleeper *s)
{
	return s->nr ? &s->waits[s->nr - 1] : NULL;
}

static void switch_in(struct sleeper *s, int64_t us)
{
	struct vt_waits *w = last(s);

	if (w && s->out_us >= 0) {
		if (s->asleep && s->waking_us >= s->out_us) {
			w->blocked_least += s->waking_us - s->out_us;
			w->queued_most += us - s->waking_us;
		} else if (s->asleep) {
			/* woken while it was being switched out */
			w->queued_most += us - s->on_us;
		} else {
			w->queued_most += us - s->on_us;
			w->preempted_most += us - s->on_us;
		}
		w->events += 2;
	}
	s->on_us = us;
	s->out_us = -1;
}

/**
 * runs - the thread has an event of its own: it is on a CPU
 *
 * Not every kernel traces each switch from the idle task. Then it was switched in at this time at the
 * latest: what depends on it is an upper bound.
 */
static void runs(struct sleeper *s, int64_t us)
{
	if (s->out_us >= 0)
		switch_in(s, us);
}

static void begin_fault(struct sleeper *s, int64_t us, uint64_t address)
{
	runs(s, us);
	if (s->nr == s->room) {
		s->room = s->room * 2 + 64;
		s->waits = realloc(s->waits, s->room * sizeof(*s->waits));
		vt_true(s->waits);
	}
	s->waits[s->nr++] = (struct vt_waits){ .address = address };
	s->on_us = us;
}

static void switch_out(struct sleeper *s, int64_t us, bool runnable)
{
	runs(s, us);
	s->out_us = us;
	s->asleep = !runnable;
	s->waking_us = -1;
}

/** number_of - the number behind "NAME=" in @line; -1: it has none */
static long number_of(const char *line, const char *name)
{
	const char *p = strstr(line, name);

	return p ? strtol(p + strlen(name), NULL, 0) : -1;
}

/* " COMM-TID [CPU] SECONDS.MICROSECONDS: EVENT: ..." */
static void take_line(struct sleeper *s, const char *line)
{
	unsigned long seconds, micros;
	const char *p, *tid, *event;
	int cpu, at = 0;
	int64_t us;

	for (p = line; (p = strstr(p, " [")); p++)
		if (sscanf(p, " [%d] %lu.%lu: %n", &cpu, &seconds, &micros, &at) == 3 && at)
			break;
	if (!p)
		return;
	for (tid = p; tid > line && *tid == ' '; tid--)
		;
	while (tid > line && *tid >= '0' && *tid <= '9')
		tid--;
	us = (int64_t)(seconds * 1000000 + micros);
	event = p + at;
	if (!strncmp(event, "sched_switch: ", 14)) {
		if (number_of(event, "prev_pid=") == s->tid)
			switch_out(s, us, strstr(event, "prev_state=R"));
		if (number_of(event, "next_pid=") == s->tid)
			switch_in(s, us);
	} else if (!strncmp(event, "sched_waking: ", 14)) {
		if (number_of(event, " pid=") == s->tid && s->out_us >= 0 && s->waking_us < 0)
			s->waking_us = us;
	} else if (!strncmp(event, "page_fault_user: ", 17) && atoi(tid + 1) == s->tid) {
		begin_fault(s, us, (uint64_t)number_of(event, "address="));
	}
}

struct vt_waits *vt_switches_stop(pid_t tid, size_t *n)
{
	struct sleeper s = { .tid = tid, .out_us = -1 };
	char *text = vt_tracer_read(), *save;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (*line != '#')
			take_line(&s, line);
	free(text);
	vt_cmp(s.nr, >, 0, "faults that the tracer saw");
	*n = s.nr;
	return s.waits;
}
