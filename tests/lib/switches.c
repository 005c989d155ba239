// SPDX-License-Identifier: GPL-2.0-only
/* switches.c - see switches.h */
#include "switches.h"
#include "check.h"
#include "run.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"
#define BUFFER_KB "16384" /* for each CPU */

static char instance[128];

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

static void put(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", instance, name);
	vt_write_file(path, text);
}

static void enable(const char *event, const char *filter)
{
	char name[128];

	snprintf(name, sizeof(name), "events/%s/filter", event);
	put(name, filter);
	snprintf(name, sizeof(name), "events/%s/enable", event);
	put(name, "1");
}

int vt_switches_cancel(void)
{
	int err;

	if (!instance[0])
		return 0;
	err = rmdir(instance);
	if (err)
		fprintf(stderr, "test: cannot remove %s: %s\n", instance, strerror(errno));
	instance[0] = 0;
	return err;
}

void vt_switches_start(const char *comm)
{
	char filter[128];

	vt_true(!instance[0]);
	vt_lock_machine();
	snprintf(instance, sizeof(instance), TRACEFS "/instances/vmascope_test_%d", getpid());
	vt_sys(mkdir(instance, 0700));
	put("tracing_on", "0");
	put("buffer_size_kb", BUFFER_KB);
	/* the scheduler's, where that is stable */
	put("trace_clock", "local");
	put("options/irq-info", "0");
	put("options/overwrite", "0");
	snprintf(filter, sizeof(filter), "prev_comm == \"%s\" || next_comm == \"%s\"", comm, comm);
	enable("sched/sched_switch", filter);
	snprintf(filter, sizeof(filter), "comm == \"%s\"", comm);
	enable("sched/sched_waking", filter);
	snprintf(filter, sizeof(filter), "COMM == \"%s\"", comm);
	enable("exceptions/page_fault_user", filter);
	put("tracing_on", "1");
}

static void check_losses(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	char path[256];

	for (long cpu = 0; cpu < cpus; cpu++) {
		char *text, *p;

		snprintf(path, sizeof(path), "%s/per_cpu/cpu%ld/stats", instance, cpu);
		text = vt_read_file(path, NULL);
		p = strstr(text, "dropped events: ");
		vt_true(p);
		vt_equal(atoll(p + 16), 0, "events that the tracer dropped");
		p = strstr(text, "\noverrun: ");
		vt_true(p);
		vt_equal(atoll(p + 10), 0, "events that the tracer lost");
		free(text);
	}
}

/** last - the fault that an event belongs to; NULL: none yet */
static struct vt_waits *last(const struct sleeper *s)
{
	return s->nr ? &s->waits[s->nr - 1] : NULL;
}

static void begin_fault(struct sleeper *s, int64_t us, uint64_t address)
{
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
	s->out_us = us;
	s->asleep = !runnable;
	s->waking_us = -1;
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
	char path[256], *text, *save;

	vt_true(instance[0]);
	put("tracing_on", "0");
	check_losses();
	snprintf(path, sizeof(path), "%s/trace", instance);
	text = vt_read_file(path, NULL);
	vt_equal(vt_switches_cancel(), 0, "removal of the tracer's instance");
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (*line != '#')
			take_line(&s, line);
	free(text);
	vt_cmp(s.nr, >, 0, "faults that the tracer saw");
	*n = s.nr;
	return s.waits;
}
