/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - what every live command does: open a capture, run a command or watch processes,
 * until the end of it, and close.
 */
#ifndef VMASCOPE_SESSION_SESSION_H
#define VMASCOPE_SESSION_SESSION_H

#include "capture/live.h"
#include "model/wall_clock.h"
#include "options/options.h"
#include "record/format/header.h"
#include "session/samples.h"
#include "session/source.h"
#include "symbol/namer.h"
#include "sys/child.h"
#include "sys/machine.h"
#include "util/clock.h"

/**
 * struct session - a command's run
 * @options: of the command line
 * @live: capture and model
 * @namer: of stacks, where they are asked for; else NULL
 * @samples: of stacks to be unwound, where @sampling; then records come through its queue
 * @out: opened output; @flame: that of --flame, NULL: none, or it is written
 * @child: the command, if there is one
 * @source: where the run comes from
 * @machine: see machine.h; only where it is asked for
 * @live: the model of the run: &@captured, or that of a recording
 * @pidfds: of the targets, -1 where there is none; as many as options->capture.nr_ids
 * @start_ns: counting began; @end_ns: it ended (CLOCK_MONOTONIC)
 * @read_ns: all ring records from before then have been handed to @event
 * @running: session__run() was called: records are handed on
 * @until_ns: what takes its time is to pause then, see session__pause(); 0: it need not
 * @unfinished: it did, so the next look is at once
 * @dropped: records that were read, and not handled as the run was to end
 * @hurry: slots run low: the next look is soon
 * @polled_ns: when they were looked for last; @backlog: bytes of records that @event keeps
 * @wall: the time of day, as it went so far
 * @what: the command line or the targets, for people
 * @period_ns: how often @interval is called, 0: never; it may change while the run goes on
 * @interval: NULL: never. Return: 0 or a negative errno to end.
 * @event: called for each ring record; may be NULL
 * @settle: NULL, or called after records were read, for what takes its time, such as naming stacks;
 *	meanwhile session__poll() has to read on. Return: 0 or a negative errno.
 * @input: called when stdin can be read, or the terminal has another size; NULL: never
 * @in_use_ns: NULL, or what ended at this time (CLOCK_MONOTONIC) or later may be in use: it is not
 *	forgotten beyond --max-processes; @naming, @forgetting: NULL, or called before the rest is: see
 *	live.h
 * @bounds_itself: the command forgets by itself
 * @quiet_child: the command reads and writes /dev/null
 * @woken: called when @wake_fd is readable, and as @interval; NULL: there is none
 */
struct session {
	struct options *options;
	struct live *live;
	struct live captured;
	struct namer *namer;
	bool sampling;
	struct samples samples;
	struct out_options out;
	FILE *flame;
	struct child child;
	const struct source *source;
	struct machine machine;
	int *pidfds;
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t read_ns;
	uint64_t until_ns;
	bool unfinished;
	uint64_t dropped;
	bool hurry;
	uint64_t polled_ns;
	size_t backlog;
	struct wall_clock wall;
	char what[256];
	uint64_t period_ns;
	int (*interval)(struct session *s);
	void (*event)(struct session *s, const struct vs_event *e);
	int (*settle)(struct session *s);
	void (*input)(struct session *s);
	uint64_t (*in_use_ns)(const struct session *s);
	void (*naming)(struct session *s);
	void (*forgetting)(struct session *s);
	bool running;
	bool bounds_itself;
	bool quiet_child;
	int wake_fd;
	int (*woken)(struct session *s);
	void *private;
	int error;
};

/* What a command wants besides the counts of faults. */
#define SESSION_FAULT_EVENTS 1u	    /* a ring record for each fault */
#define SESSION_CALL_EVENTS 2u	    /* one for each memory call */
#define SESSION_SHOOTDOWN_EVENTS 4u /* one for each flush, and for each interrupt that flushes */
#define SESSION_SHOOTDOWNS 8u	   /* live->shootdown: memory calls, flushes, who interrupts whom */
#define SESSION_FAULT_STACKS 16u   /* live->stacks: of faults, counted and in their records */
#define SESSION_CALL_STACKS 32u	   /* of memory calls and flushes, in their records */
#define SESSION_SITES 64u	   /* call sites of rows of memory calls get names */
#define SESSION_LONGEST_CALLS 256u /* for memory calls that may be among the longest */
#define SESSION_IPI_EVENTS 128u	   /* a ring record for each interrupt that flushes */

/**
 * session__wall_add_ns - what makes of CLOCK_MONOTONIC the time since 1970
 *
 * Of several readings the one between whose clocks the least time went by: this process may lose its
 * CPU between them.
 */
int64_t session__wall_add_ns(void);

/**
 * session__open - output, capture and command: all is ready, and counting
 * @wants: SESSION_*
 * Return: 0, or an exit status after an error message.
 */
int session__open(struct session *s, struct options *o, unsigned int wants);

/**
 * session__run - until the command or all targets end, the duration is over, or a signal comes;
 * then the hooks are gone, and the model holds the final counts
 * Return: 0, or an exit status after an error message.
 */
int session__run(struct session *s);

/**
 * session__close - free everything
 * @status: so far
 * Return: the exit status: the command's own if there is one and @status is 0.
 */
int session__close(struct session *s, int status);

/** session__stop - end session__run(), and the command, if there is one. */
void session__stop(struct session *s);

/**
 * session__poll - hand on the records that have come, if the last time was some time ago
 *
 * Not from @event. Naming stacks calls it while files are being read.
 */
void session__poll(struct session *s);

/**
 * session__pause - for what handles records one after another, from @event or @settle
 * Return: the rest is to be handled later: something else is due.
 */
bool session__pause(struct session *s);

/** session__stack - the stack of a record; NULL: none was asked for, or it is not known. */
const struct stack *session__stack(struct session *s, const struct vs_stack_ref *ref);

/** session__wants_vma - --vma is not given, or the VMA in this slot has a name that it matches. */
bool session__wants_vma(struct session *s, uint32_t slot, uint32_t generation);

/** session__count_sampled - --unwind dwarf: BPF counts no stacks, so each fault's record is counted */
void session__count_sampled(struct session *s, const struct vs_event *event);

/** session__stopped - by that or by a signal, and not because all that is traced has ended. */
bool session__stopped(const struct session *s);

/** session__stats - BPF's own bookkeeping, or what the recording has of it. */
void session__stats(const struct session *s, struct vs_stats *stats);

/** session__variant - of hook @id, NULL if there is none, or none that is known here. */
const struct hook_variant *session__variant(const struct session *s, enum hook_id id);

/** session__hooks - which variants are in use; NR_HOOKS entries. */
void session__hooks(const struct session *s, struct run_hook *hooks_in_use);

/**
 * session__document - print @d, without what the source does not know, and free it
 * Return: 0 or a negative errno, also of making it: then nothing is printed.
 */
int session__document(struct session *s, struct document *d);

/** session__row - print the newest row of @t, a stream's, likewise. Return: 0 or a negative errno. */
int session__row(struct session *s, struct table *t, bool first);

/**
 * session__larger_ring - "--ring 32768": the option that would have avoided lost events, in @buf
 * Return: @buf.
 */
const char *session__larger_ring(const struct session *s, char *buf, size_t size);

/** session__describe - what is traced, for people: into @what. */
void session__describe(struct session *s);

/** session__say_how - with -v: the hook variants in use, and the sizes of tables. */
void session__say_how(const struct session *s);

/** session__now - CLOCK_MONOTONIC of the kernel, ns. */
static inline uint64_t session__now(void)
{
	return clock__monotonic_ns();
}

#endif /* VMASCOPE_SESSION_SESSION_H */
