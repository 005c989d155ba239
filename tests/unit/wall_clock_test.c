// SPDX-License-Identifier: GPL-2.0-only
/*
 * wall_clock_test.c - the time of day follows the clock, also where it is recorded: each event has the
 * time that held then.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "record/format/reader.h"
#include "record/load/load.h"
#include "record/save/save.h"
#include "view/trace/trace.h"

#define SECOND 1000000000LL
#define HOUR (3600 * SECOND)
#define START (100 * SECOND)
/** What makes CLOCK_MONOTONIC the time since 1970 at first. */
#define ADD (1700000000 * SECOND)

static void each_time_uses_the_offset_of_then(void **state)
{
	struct wall_clock w;

	(void)state;
	wall_clock__init(&w, ADD);
	assert_int_equal(wall_clock__add_ns(&w, 0), ADD);
	assert_int_equal(wall_clock__add_ns(&w, UINT64_MAX), ADD);
	wall_clock__set(&w, START, ADD + HOUR);
	wall_clock__set(&w, START + HOUR, ADD - HOUR);
	assert_int_equal(wall_clock__add_ns(&w, START - 1), ADD);
	assert_int_equal(wall_clock__add_ns(&w, START), ADD + HOUR);
	assert_int_equal(wall_clock__add_ns(&w, START + HOUR - 1), ADD + HOUR);
	assert_int_equal(wall_clock__add_ns(&w, START + HOUR), ADD - HOUR);
	/* of what is repeated, or comes late */
	wall_clock__set(&w, START, ADD + HOUR);
	wall_clock__set(&w, START + SECOND, ADD + 2 * HOUR);
	assert_int_equal(w.nr, 4);
	assert_int_equal(wall_clock__add_ns(&w, START + SECOND - 1), ADD + HOUR);
	assert_int_equal(wall_clock__add_ns(&w, START + SECOND), ADD + 2 * HOUR);
	assert_int_equal(wall_clock__add_ns(&w, START + HOUR), ADD - HOUR);
}

static void latest_steps_are_kept(void **state)
{
	const uint64_t nr = 3 * WALL_CLOCK_STEPS;
	struct wall_clock w;

	(void)state;
	wall_clock__init(&w, ADD);
	for (uint64_t i = 1; i <= nr; i++)
		wall_clock__set(&w, START + i, ADD + (int64_t)i);
	assert_int_equal(w.nr, WALL_CLOCK_STEPS);
	for (uint64_t i = nr - WALL_CLOCK_STEPS + 1; i <= nr; i++)
		assert_int_equal(wall_clock__add_ns(&w, START + i), ADD + (int64_t)i);
	/* one that is older than all of them changes nothing */
	wall_clock__set(&w, START, 0);
	assert_int_equal(wall_clock__add_ns(&w, 0), ADD + (int64_t)(nr - WALL_CLOCK_STEPS + 1));
	assert_int_equal(w.nr, WALL_CLOCK_STEPS);
}

static void trace_rows_follow_the_clock(void **state)
{
	struct trace_clock clock = { .start_ns = START };
	struct wall_clock w;

	(void)state;
	assert_int_equal(trace_time_ns(&clock, START - 5), -5);
	wall_clock__init(&w, ADD);
	wall_clock__set(&w, START + SECOND, ADD - HOUR);
	clock.wall = &w;
	assert_int_equal(trace_time_ns(&clock, START), START + ADD);
	assert_int_equal(trace_time_ns(&clock, START + SECOND), START + SECOND + ADD - HOUR);
}

/* --- recorded ------------------------------------------------------------------------------------- */

static char dir[] = "/tmp/vmascope-clock.XXXXXX";

/** path_of - @name in a directory of this test's. */
static void path_of(char *buf, size_t size, const char *name)
{
	snprintf(buf, size, "%s/%s", dir, name);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

/** struct saved - a recording of no process: its counts are nothing, its time of day is @wall */
struct saved {
	struct header header;
	struct run_model run;
	struct wall_clock wall;
	struct writer writer;
	struct saver saver;
};

static void begin_saving(struct saved *s, const struct writer_options *o)
{
	memset(s, 0, sizeof(*s));
	s->header = (struct header){
		.run = 1, .start_ns = START, .wall_ns = START + ADD, .nr_cpus = 1, .events = 1
	};
	assert_int_equal(run_model__init(&s->run, 2, 1, 1, 1), 0);
	wall_clock__init(&s->wall, ADD);
	s->writer.file.fd = -1;
	assert_int_equal(writer__init(&s->writer, o, &s->header), 0);
	saver__init(&s->saver, &s->writer, &s->run);
	s->saver.wall = &s->wall;
}

static void end_saving(struct saved *s)
{
	assert_int_equal(s->saver.error, 0);
	saver__free(&s->saver);
	writer__close(&s->writer);
	run_model__free(&s->run);
}

static void checkpoint(struct saved *s, uint64_t ns, bool full)
{
	const struct vs_stats stats = {};

	saver__checkpoint(&s->saver, &stats, ns, full);
}

static void fault(struct saved *s, uint64_t ns)
{
	const struct vs_event_fault e = { .head.time_ns = ns };

	saver__event(&s->saver, RECORD_FAULT, &e, ns);
}

static void set_clock(struct saved *s, uint64_t ns, int64_t add_ns)
{
	wall_clock__set(&s->wall, ns, add_ns);
	saver__clock(&s->saver, ns);
}

/** add_at - what is known at the fault of @ns, as it is read. Return: faults in the file. */
static unsigned int add_at(const char *path, uint64_t ns, int64_t *add_ns)
{
	struct run_model run;
	struct loader loader;
	struct reader reader;
	struct wall_clock wall;
	unsigned int faults = 0;
	union record r;
	int type;

	assert_int_equal(reader__open(&reader, path), 0);
	assert_int_equal(loader__init(&loader, &run, 1), 0);
	wall_clock__init(&wall, (int64_t)(reader.header.wall_ns - reader.header.start_ns));
	loader.wall = &wall;
	while (reader__block(&reader) > 0) {
		while ((type = reader__record(&reader, &r)) >= 0) {
			if (!record_is_event(type))
				assert_int_equal(loader__take(&loader, type, &r), 0);
			else if (r.head.time_ns == ns)
				*add_ns = wall_clock__add_ns(&wall, ns);
			faults += type == RECORD_FAULT;
		}
	}
	assert_true(reader__whole(&reader));
	reader__close(&reader);
	loader__free(&loader);
	run_model__free(&run);
	return faults;
}

static void assert_add(const char *path, uint64_t ns, unsigned int faults, int64_t expected)
{
	int64_t add_ns = 0;

	assert_int_equal(add_at(path, ns, &add_ns), faults);
	assert_int_equal(add_ns, expected);
}

static void recording_follows_the_clock(void **state)
{
	char path[64];
	struct saved s;

	(void)state;
	path_of(path, sizeof(path), "rec");
	begin_saving(&s, &(struct writer_options){ .path = path });
	assert_int_equal(writer__begin(&s.writer, false), 0);
	fault(&s, START + 1 * SECOND);
	set_clock(&s, START + 2 * SECOND, ADD + HOUR);
	fault(&s, START + 3 * SECOND);
	checkpoint(&s, START + 4 * SECOND, false);
	set_clock(&s, START + 5 * SECOND, ADD - HOUR);
	fault(&s, START + 6 * SECOND);
	checkpoint(&s, START + 7 * SECOND, true);
	assert_int_equal(writer__end(&s.writer), 0);
	end_saving(&s);
	assert_add(path, START + 1 * SECOND, 3, ADD);
	assert_add(path, START + 3 * SECOND, 3, ADD + HOUR);
	assert_add(path, START + 6 * SECOND, 3, ADD - HOUR);
	assert_int_equal(remove(path), 0);
}

/* The file in which the clock was set may be gone. */
static void ring_files_follow_the_clock(void **state)
{
	char path[64], first[64], second[64];
	struct saved s;

	(void)state;
	path_of(path, sizeof(path), "ring");
	path_of(first, sizeof(first), "ring.1");
	path_of(second, sizeof(second), "ring.2");
	begin_saving(&s, &(struct writer_options){ .path = path, .max_bytes = 8 << 20 });
	assert_int_equal(writer__begin(&s.writer, true), 0);
	checkpoint(&s, START, true);
	set_clock(&s, START + 2 * SECOND, ADD + HOUR);
	checkpoint(&s, START + 3 * SECOND, false);
	assert_int_equal(writer__end(&s.writer), 0);
	assert_int_equal(writer__begin(&s.writer, true), 0);
	checkpoint(&s, START + 3 * SECOND, true);
	fault(&s, START + 4 * SECOND);
	checkpoint(&s, START + 5 * SECOND, true);
	assert_int_equal(writer__end(&s.writer), 0);
	end_saving(&s);
	assert_int_equal(remove(first), 0);
	assert_add(second, START + 4 * SECOND, 1, ADD + HOUR);
	assert_int_equal(remove(second), 0);
}

/* Events of a snapshot are behind all counts, from before the clock was set and after. */
static void snapshot_follows_the_clock(void **state)
{
	char path[64];
	struct saved s;

	(void)state;
	path_of(path, sizeof(path), "snapshot");
	begin_saving(&s, &(struct writer_options){ .path = path, .snapshot_ns = 60 * SECOND });
	fault(&s, START + 1 * SECOND);
	set_clock(&s, START + 2 * SECOND, ADD + HOUR);
	fault(&s, START + 3 * SECOND);
	assert_int_equal(writer__flush(&s.writer), 0);
	assert_int_equal(writer__begin(&s.writer, false), 0);
	checkpoint(&s, START + 4 * SECOND, true);
	assert_int_equal(writer__put_kept(&s.writer), 0);
	assert_int_equal(writer__end(&s.writer), 0);
	end_saving(&s);
	assert_add(path, START + 1 * SECOND, 2, ADD);
	assert_add(path, START + 3 * SECOND, 2, ADD + HOUR);
	assert_int_equal(remove(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_time_uses_the_offset_of_then),
		cmocka_unit_test(latest_steps_are_kept),
		cmocka_unit_test(trace_rows_follow_the_clock),
		cmocka_unit_test(recording_follows_the_clock),
		cmocka_unit_test(ring_files_follow_the_clock),
		cmocka_unit_test(snapshot_follows_the_clock),
	};

	return cmocka_run_group_tests_name("wall_clock", tests, make_dir, remove_dir);
}
