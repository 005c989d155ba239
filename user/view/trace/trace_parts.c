// SPDX-License-Identifier: GPL-2.0-only
/* trace_parts.c - the first columns of trace's rows, and the text of the last one. */
#include "view/trace/trace_parts.h"

#include <stdio.h>
#include <time.h>

#define NS_PER_S 1000000000
/** Digits before the decimal point. */
#define SECONDS_WIDTH 3

/** say_time - print seconds, or the time of day if @wall */
static void say_time(struct text *to, int64_t time_ns, bool wall)
{
	const uint64_t distance = time_ns < 0 ? -(uint64_t)time_ns : (uint64_t)time_ns;
	const time_t seconds = distance / NS_PER_S;
	char negative[32];
	struct tm tm;

	if (wall && localtime_r(&seconds, &tm)) {
		text__padded(to, tm.tm_hour, 2, '0');
		text__putc(to, ':');
		text__padded(to, tm.tm_min, 2, '0');
		text__putc(to, ':');
		text__padded(to, tm.tm_sec, 2, '0');
	} else if (time_ns < 0) {
		snprintf(negative, sizeof(negative), "-%llu", (unsigned long long)seconds);
		text__printf(to, "%*s", SECONDS_WIDTH, negative);
	} else {
		text__padded(to, seconds, SECONDS_WIDTH, ' ');
	}
	text__putc(to, '.');
	text__padded(to, distance / 1000 % 1000000, 6, '0');
}

/**
 * time_cell - set the time with a fixed width, so that the columns of a stream are aligned
 *
 * Events that began before counting have a time before the start.
 */
static void time_cell(struct table *t, int64_t time_ns, bool wall)
{
	struct text text = {};

	if (t->no_text)
		return;
	say_time(&text, time_ns, wall);
	table__set_text(t, "time", &text);
	text__free(&text);
}

int64_t trace_time_ns(const struct trace_clock *clock, uint64_t ns)
{
	const uint64_t since = clock->wall ? (uint64_t)wall_clock__add_ns(clock->wall, ns)
					   : -clock->start_ns;

	return (int64_t)(ns + since);
}

void trace_begin(struct table *t, const struct vs_event *head, const struct trace_who *who,
		 const struct trace_clock *clock)
{
	const int64_t time_ns = trace_time_ns(clock, head->time_ns);

	table__truncate(t, 0);
	table__clear_footer(t);
	table__add_row(t);
	table__set_word(t, "type", who->type);
	table__set_i64(t, "time_ns", time_ns);
	time_cell(t, time_ns, clock->wall);
	table__set_str(t, "comm", who->comm);
	table__set_u64(t, "pid", who->pid);
	table__set_u64(t, "tid", who->tid);
	table__set_u64(t, "cpu", head->cpu);
}
