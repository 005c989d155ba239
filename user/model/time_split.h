/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * time_split.h - the time of faults or memory calls: on a CPU, waiting for one, and blocked.
 */
#ifndef VMASCOPE_MODEL_TIME_SPLIT_H
#define VMASCOPE_MODEL_TIME_SPLIT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "events.h"

/**
 * struct time_split - a time and its parts, ns
 * @total_ns: of completed faults or calls whose duration is known
 * @runqueue_ns: their threads could run, and waited for a CPU
 * @blocked_ns: their threads slept: for I/O, a lock, another process
 * @unsplit_ns: part of which this is unknown
 */
struct time_split {
	uint64_t total_ns;
	uint64_t runqueue_ns;
	uint64_t blocked_ns;
	uint64_t unsplit_ns;
};

/** struct time_waits - times by reason, by enum vs_wait; see bpf/waits.h */
struct time_waits {
	uint64_t ns[VS_NR_WAITS];
};

/** time_split__waited - the part in which the threads were not on a CPU */
static inline uint64_t time_split__waited(const struct time_split *s)
{
	return s->runqueue_ns + s->blocked_ns;
}

/** time_split__known - the part of the time of which it is known what it consists of */
static inline uint64_t time_split__known(const struct time_split *s)
{
	/* counters are read one by one while they change, and a recording may be forged */
	return s->unsplit_ns < s->total_ns ? s->total_ns - s->unsplit_ns : 0;
}

/** time_split__cpu - the part in which they were on a CPU */
static inline uint64_t time_split__cpu(const struct time_split *s)
{
	const uint64_t waited = time_split__waited(s), known = time_split__known(s);

	return waited < known ? known - waited : 0;
}

/** time_split__waits - more than a tenth of the known time was waiting. */
static inline bool time_split__waits(const struct time_split *s)
{
	return time_split__waited(s) > time_split__known(s) / 10;
}

/** time_split__of_counts and others - the split of a sum, and of a single event */
static inline struct time_split time_split__of_counts(const struct vs_counts *c)
{
	return (struct time_split){ c->latency_sum_ns, c->runqueue, c->blocked, c->unsplit };
}
static inline struct time_split time_split__of_hist(const struct vs_hist *h)
{
	return (struct time_split){ h->sum_ns, h->runqueue_ns, h->blocked_ns, h->unsplit_ns };
}
static inline struct time_split time_split__of_calls(const struct vs_call_counts *c)
{
	return (struct time_split){ c->latency_ns, c->runqueue_ns, c->blocked_ns, c->unsplit_ns };
}
static inline struct time_split time_split__of_fault(const struct vs_event_fault *e)
{
	return (struct time_split){ e->duration_ns, e->runqueue, e->blocked, e->unsplit };
}
static inline struct time_split time_split__of_call(const struct vs_event_call *e)
{
	return (struct time_split){ e->duration_ns, e->runqueue_ns, e->blocked_ns, e->unsplit_ns };
}

/** time_waits__of_counts and others - times by reason of a sum, and of a single fault */
#define TIME_WAIT(member, ...) from->member,
static inline struct time_waits time_waits__of_counts(const struct vs_counts *from)
{
	return (struct time_waits){ { VS_EACH_WAIT(TIME_WAIT) } };
}
static inline struct time_waits time_waits__of_fault(const struct vs_event_fault *from)
{
	return (struct time_waits){ { VS_EACH_WAIT(TIME_WAIT) } };
}
#undef TIME_WAIT
static inline struct time_waits time_waits__of_calls(const struct vs_call_counts *c)
{
	struct time_waits w;

	memcpy(w.ns, c->wait_ns, sizeof(w.ns));
	return w;
}

#endif /* VMASCOPE_MODEL_TIME_SPLIT_H */
