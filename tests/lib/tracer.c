// SPDX-License-Identifier: GPL-2.0-only
/* tracer.c - see tracer.h */
#include "tracer.h"
#include "check.h"
#include "run.h"
#include "system.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char instance[128];

static const char *file_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", instance, name);
	return path;
}

void vt_tracer_put(const char *name, const char *text)
{
	vt_write_file(file_of(name), text);
}

int vt_tracer_cancel(void)
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

void vt_tracer_open(const char *buffer_kb, const char *clock)
{
	vt_true(!instance[0]);
	/* its buffers are large, and two tracers would slow each other down */
	vt_lock_machine();
	snprintf(instance, sizeof(instance), VT_TRACEFS "/instances/vmascope_test_%d", getpid());
	vt_sys(mkdir(instance, 0700));
	vt_tracer_put("tracing_on", "0");
	vt_tracer_put("buffer_size_kb", buffer_kb);
	vt_tracer_put("trace_clock", clock);
	vt_tracer_put("options/irq-info", "0");
	vt_tracer_put("options/overwrite", "0");
}

/* Fails on losses. Return: number of events in the tracer's buffers. */
static int64_t count_entries(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	int64_t entries = 0;
	char name[64];

	for (long cpu = 0; cpu < cpus; cpu++) {
		char *text, *p;

		snprintf(name, sizeof(name), "per_cpu/cpu%ld/stats", cpu);
		text = vt_read_file(file_of(name), NULL);
		p = strstr(text, "dropped events: ");
		vt_true(p);
		vt_equal(atoll(p + 16), 0, "events that the tracer dropped");
		p = strstr(text, "\noverrun: ");
		vt_true(p);
		vt_equal(atoll(p + 10), 0, "events that the tracer lost");
		p = strstr(text, "entries: ");
		vt_true(p);
		entries += atoll(p + 9);
		free(text);
	}
	return entries;
}

/* Lines of events; an event has at least one. */
static int64_t count_lines(const char *text)
{
	int64_t n = 0;

	for (const char *end; (end = strchr(text, '\n')); text = end + 1)
		n += *text != '#';
	return n;
}

/** Readings of `trace` at most. */
#define MOST_READS 5

/*
 * The events as text, to be freed. A reader of `trace` may end before the last event (rb_iter_peek()
 * gives up after three steps); reading does not remove them, so it is read again.
 */
static char *read_trace(void)
{
	const int64_t entries = count_entries();
	char *text = vt_read_file(file_of("trace"), NULL);

	for (int reads = 1; reads < MOST_READS && count_lines(text) < entries; reads++) {
		print_message("# the tracer's text has %ld of %ld events: it is read again\n",
			      (long)count_lines(text), (long)entries);
		free(text);
		text = vt_read_file(file_of("trace"), NULL);
	}
	vt_cmp(count_lines(text), >=, entries, "events in the tracer's text");
	return text;
}

char *vt_tracer_read(void)
{
	char *text;

	vt_true(instance[0]);
	vt_tracer_put("tracing_on", "0");
	text = read_trace();
	vt_equal(vt_tracer_cancel(), 0, "removal of the tracer's instance");
	return text;
}
