// SPDX-License-Identifier: GPL-2.0-only
/* reasons.c - see reasons.h */
#include "reasons.h"
#include "check.h"
#include "run.h"
#include "tracer.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define BUFFER_KB "32768" /* for each CPU */
#define MOST_THREADS 64
#define NR_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *const vt_reason_names[VT_NR_REASONS] = {
	[VT_LOCK_READ] = "mmap_lock_read",	[VT_LOCK_WRITE] = "mmap_lock_write",
	[VT_DIRECT_RECLAIM] = "direct_reclaim", [VT_MEMCG_RECLAIM] = "memcg_reclaim",
	[VT_COMPACTION] = "compaction",
};

/* Events of a wait: where it begins and ends; of a lock, the mode is in the text of the begin. */
static const struct {
	const char *begin;
	const char *with;
	const char *end;
} waits[VT_NR_REASONS] = {
	[VT_LOCK_READ] = { "contention_begin: ", "flags=READ)", "contention_end: " },
	[VT_LOCK_WRITE] = { "contention_begin: ", "flags=WRITE)", "contention_end: " },
	[VT_DIRECT_RECLAIM] = { "mm_vmscan_direct_reclaim_begin: ", "",
				"mm_vmscan_direct_reclaim_end: " },
	[VT_MEMCG_RECLAIM] = { "mm_vmscan_memcg_reclaim_begin: ", "",
			       "mm_vmscan_memcg_reclaim_end: " },
	[VT_COMPACTION] = { "mm_compaction_begin: ", "", "mm_compaction_end: " },
};

/* Calls that the programs of the tests make, and that vmascope traces. */
static const long calls[] = { SYS_mmap, SYS_munmap, SYS_mprotect, SYS_madvise };

/** enum inside - what a thread is inside of */
enum inside {
	IN_OTHER,
	IN_FAULT,
	IN_CALL
};

/**
 * struct thread - as of its last event
 * @at: time of that, ns; @reason: it waits for that; -1: it does not, or the wait has just ended
 * @before: last event before the wait; @first: first one inside of it, 0: none; @last: the last
 * @over: the wait has ended, and its upper bound is the next event
 */
struct thread {
	long tid;
	enum inside inside;
	int64_t at;
	int reason;
	int64_t before, first, last;
	struct vt_bounds *over;
};

static char traced[32];
static struct thread threads[MOST_THREADS];
static size_t nr_threads;

static struct thread *thread_of(long tid)
{
	for (size_t i = 0; i < nr_threads; i++)
		if (threads[i].tid == tid)
			return &threads[i];
	vt_cmp(nr_threads, <, MOST_THREADS, "threads");
	threads[nr_threads] = (struct thread){ .tid = tid, .reason = -1 };
	return &threads[nr_threads++];
}

static void enable(const char *event, const char *field, const char *comm)
{
	char name[128], filter[160];

	snprintf(name, sizeof(name), "events/%s/filter", event);
	if (*field == 'p')
		snprintf(filter, sizeof(filter), "prev_comm == \"%s\" || next_comm == \"%s\"", comm,
			 comm);
	else
		snprintf(filter, sizeof(filter), "%s == \"%s\"", field, comm);
	vt_tracer_put(name, filter);
	snprintf(name, sizeof(name), "events/%s/enable", event);
	vt_tracer_put(name, "1");
}

void vt_reasons_start(const char *comm)
{
	static const char *const events[] = {
		"lock/contention_begin",
		"lock/contention_end",
		"vmscan/mm_vmscan_direct_reclaim_begin",
		"vmscan/mm_vmscan_direct_reclaim_end",
		"vmscan/mm_vmscan_memcg_reclaim_begin",
		"vmscan/mm_vmscan_memcg_reclaim_end",
		"vmscan/mm_vmscan_lru_isolate",
		"vmscan/mm_vmscan_lru_shrink_inactive",
		"compaction/mm_compaction_begin",
		"compaction/mm_compaction_end",
		"compaction/mm_compaction_isolate_migratepages",
		"exceptions/page_fault_user",
		"raw_syscalls/sys_enter",
		"raw_syscalls/sys_exit",
	};

	vt_tracer_open(BUFFER_KB, "mono");
	enable("sched/sched_switch", "prev_comm", comm);
	for (size_t i = 0; i < NR_OF(events); i++)
		enable(events[i], "COMM", comm);
	nr_threads = 0;
	snprintf(traced, sizeof(traced), "%s", comm);
	vt_tracer_put("tracing_on", "1");
}

/** wait_event - @event begins or ends a wait of @t. Return: whether it does. */
static bool wait_event(struct vt_reasons *r, struct thread *t, const char *event)
{
	for (int i = 0; i < VT_NR_REASONS; i++) {
		if (t->reason < 0 && !strncmp(event, waits[i].begin, strlen(waits[i].begin)) &&
		    strstr(event, waits[i].with)) {
			t->reason = i;
			t->before = t->at;
			t->first = t->last = 0;
			return true;
		}
		if (t->reason == i && !strncmp(event, waits[i].end, strlen(waits[i].end))) {
			struct vt_bounds *b = t->inside == IN_FAULT ? r->fault : r->call;

			t->reason = -1;
			if (t->inside == IN_OTHER)
				return true;
			b[i].count++;
			b[i].least += t->last - t->first;
			b[i].most -= t->before;
			t->over = &b[i];
			return true;
		}
	}
	return false;
}

static void take_event(struct vt_reasons *r, struct thread *t, const char *event, int64_t ns)
{
	long nr;

	if (t->over)
		t->over->most += ns;
	t->over = NULL;
	if (wait_event(r, t, event)) {
		t->at = ns;
		return;
	}
	t->at = ns;
	if (t->reason >= 0) {
		if (!t->first)
			t->first = ns;
		t->last = ns;
		return;
	}
	if (!strncmp(event, "page_fault_user: ", 17))
		t->inside = IN_FAULT;
	else if (!strncmp(event, "sys_exit: ", 10))
		t->inside = IN_OTHER;
	if (sscanf(event, "sys_enter: NR %ld", &nr) != 1)
		return;
	t->inside = IN_OTHER;
	for (size_t i = 0; i < NR_OF(calls); i++)
		if (nr == calls[i])
			t->inside = IN_CALL;
}

/** number_of - the number behind "NAME=" in @line; -1: it has none */
static long number_of(const char *line, const char *name)
{
	const char *p = strstr(line, name);

	return p ? strtol(p + strlen(name), NULL, 0) : -1;
}

/* " COMM-TID [CPU] SECONDS.MICROSECONDS: EVENT: ..." */
static void take_line(struct vt_reasons *r, const char *line)
{
	unsigned long seconds, micros;
	const char *p, *tid, *event;
	int cpu, at = 0;
	int64_t ns;

	for (p = line; (p = strstr(p, " [")); p++)
		if (sscanf(p, " [%d] %lu.%lu: %n", &cpu, &seconds, &micros, &at) == 3 && at)
			break;
	if (!p)
		return;
	for (tid = p; tid > line && *tid == ' '; tid--)
		;
	while (tid > line && *tid >= '0' && *tid <= '9')
		tid--;
	ns = (int64_t)(seconds * 1000000 + micros) * 1000;
	event = p + at;
	if (!strncmp(event, "sched_switch: ", 14)) {
		char name[64];

		snprintf(name, sizeof(name), "prev_comm=%s ", traced);
		if (strstr(event, name))
			take_event(r, thread_of(number_of(event, "prev_pid=")), event, ns);
		snprintf(name, sizeof(name), "next_comm=%s ", traced);
		if (strstr(event, name))
			take_event(r, thread_of(number_of(event, "next_pid=")), event, ns);
		return;
	}
	take_event(r, thread_of(atol(tid + 1)), event, ns);
}

void vt_reasons_stop(struct vt_reasons *r)
{
	char *text = vt_tracer_read(), *save;

	memset(r, 0, sizeof(*r));
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (*line != '#')
			take_line(r, line);
	free(text);
}
