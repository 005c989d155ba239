/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - common part of all live commands: open a capture, run a command or watch processes
 * until it ends, and close.
 */
#ifndef VMASCOPE_SESSION_SESSION_H
#define VMASCOPE_SESSION_SESSION_H

#include "capture/live.h"
#include "model/wall_clock.h"
#include "options/options.h"
#include "owner/owners.h"
#include "record/format/header.h"
#include "session/samples.h"
#include "session/source.h"
#include "symbol/namer.h"
#include "sys/child.h"
#include "sys/machine.h"
#include "util/clock.h"

/**
 * struct session - a run of a command
 * @options: of the command line
 * @captured: capture and model of a live run
 * @namer: names stacks, if they are requested; else NULL
 * @samples: of stacks to be unwound, if @sampling; then records pass through its queue
 * @owners: finds what memory without a name is used for
 * @out: opened output; @flame: output of --flame, NULL: none, or it has been written
 * @child: the command, if there is one
 * @source: source of the run's data
 * @machine: see machine.h; only if it is requested
 * @live: the model of the run: &@captured, or that of a recording
 * @pidfds: of the targets, -1 if there is none; options->capture.nr_ids of them
 * @start_ns: counting began; @end_ns: it ended (CLOCK_MONOTONIC)
 * @read_ns: all ring records from before then have been handed to @event
 * @running: session__run() was called: records are passed on
 * @until_ns: deadline for slow work, see session__pause(); 0: there is none
 * @unfinished: slow work was paused, so the loop runs again at once
 * @dropped: records that were read, but not handled because the run was to end
 * @hurry: slots run low: the next check is soon
 * @polled_ns: time of the last check for records; @backlog: bytes of records that @event keeps
 * @wall: history of the time of day
 * @what: the command line or the targets, as text
 * @period_ns: period of calls of @interval, 0: none; it may change during the run
 * @interval: NULL: not called. Return: 0 or a negative errno to end.
 * @event: called for each ring record; may be NULL
 * @settle: NULL, or called after records were read, for slow work such as naming stacks;
 *	meanwhile session__poll() has to continue reading. Return: 0 or a negative errno.
 * @input: called when stdin is readable, or the terminal has been resized; may be NULL
 * @in_use_ns: NULL, or data of processes that ended at this time (CLOCK_MONOTONIC) or later may be
 *	in use: it is not dropped by --max-processes; @naming, @forgetting: NULL, or called before
 *	the rest is: see live.h
 * @bounds_itself: the command applies --max-processes itself
 * @quiet_child: the command's stdin and stdout are /dev/null
 * @hide_names: VMAs are shown by their kind only, see live.h
 * @missing_hooks: of those that columns depend on, once @hooks_checked; see print.c
 * @woken: called when @wake_fd is readable, and like @interval; NULL: there is none
 */
struct session {
	struct options *options;
	struct live *live;
	struct live captured;
	struct namer *namer;
	bool sampling;
	struct samples samples;
	struct owners owners;
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
	bool hide_names;
	bool hooks_checked;
	unsigned int missing_hooks;
	int wake_fd;
	int (*woken)(struct session *s);
	void *private;
	int error;
};

/* Requests of a command in addition to the counts of faults. */
#define SESSION_FAULT_EVENTS 1u	    /* a ring record for each fault */
#define SESSION_CALL_EVENTS 2u	    /* one for each memory call */
#define SESSION_SHOOTDOWN_EVENTS 4u /* one for each flush, and for each IPI */
#define SESSION_SHOOTDOWNS 8u /* live->run.shootdown: memory calls, flushes, initiators, targets */
#define SESSION_FAULT_STACKS 16u   /* live->run.stacks: of faults, counted and in their records */
#define SESSION_CALL_STACKS 32u	   /* stacks of memory calls and flushes, in their records */
#define SESSION_SITES 64u	   /* call sites of rows of memory calls get names */
#define SESSION_LONGEST_CALLS 256u /* for memory calls that may be among the longest */
#define SESSION_IPI_EVENTS 128u	   /* a ring record for each IPI that flushes */

/**
 * session__wall_add_ns - offset from CLOCK_MONOTONIC to the time since 1970
 *
 * Takes the reading with the least time between the two clocks, as this process may be preempted
 * between them.
 */
int64_t session__wall_add_ns(void);

/**
 * session__open - open output, capture and command: all is ready, and counting
 * @wants: SESSION_*
 * Return: 0, or an exit status after an error message.
 */
int session__open(struct session *s, struct options *o, unsigned int wants);

/**
 * session__run - run until the command or all targets end, the duration is over, or a signal
 * arrives; then the hooks are detached, and the model has the final counts
 * Return: 0, or an exit status after an error message.
 */
int session__run(struct session *s);

/**
 * session__close - free everything
 * @status: exit status so far
 * Return: the exit status: that of the command if there is one and @status is 0.
 */
int session__close(struct session *s, int status);

/** session__stop - end session__run(), and the command, if there is one. */
void session__stop(struct session *s);

/**
 * session__poll - pass on the records that have arrived, unless the last time was very recent
 *
 * Not to be called from @event. Naming stacks calls it while files are being read.
 */
void session__poll(struct session *s);

/**
 * session__pause - for code that handles records one by one, from @event or @settle
 * Return: the rest has to be handled later, as other work is due.
 */
bool session__pause(struct session *s);

/** session__stack - the stack of a record; NULL: none was requested, or it is unknown. */
const struct stack *session__stack(struct session *s, const struct vs_stack_ref *ref);

/** session__wants_vma - --vma is not given, or it matches the name of the VMA in this slot. */
bool session__wants_vma(struct session *s, uint32_t slot, uint32_t generation);

/** session__count_sampled - --unwind dwarf: BPF counts no stacks, so each fault's record is counted */
void session__count_sampled(struct session *s, const struct vs_event *event);

/** session__stopped - by session__stop() or a signal, not because all traced tasks have ended. */
bool session__stopped(const struct session *s);

/** session__stats - BPF's statistics, or those in the recording. */
void session__stats(const struct session *s, struct vs_stats *stats);

/** session__note_losses - at the end of the run: set stacks.all_unwound of the model. */
void session__note_losses(struct session *s);

/** session__variant - variant of hook @id, NULL if there is none, or an unknown one. */
const struct hook_variant *session__variant(const struct session *s, enum hook_id id);

/** session__hooks - the variants in use; NR_HOOKS entries. */
void session__hooks(const struct session *s, struct run_hook *hooks_in_use);

/**
 * session__document - print @d, without columns that the source does not provide, and free it
 * Return: 0 or a negative errno, including that of building it: then nothing is printed.
 */
int session__document(struct session *s, struct document *d);

/** session__row - the same for the newest row of stream @t. Return: 0 or a negative errno. */
int session__row(struct session *s, struct table *t, bool first);

/**
 * session__larger_ring - "--ring 32768": the option that would have avoided lost events, in @buf
 * Return: @buf.
 */
const char *session__larger_ring(const struct session *s, char *buf, size_t size);

/** session__describe - write what is traced into @what, as text. */
void session__describe(struct session *s);

/** session__say_how - with -v: print the hook variants in use, and the sizes of tables. */
void session__say_how(const struct session *s);

/** session__now - CLOCK_MONOTONIC of the initial time namespace, ns. */
static inline uint64_t session__now(void)
{
	return clock__monotonic_ns();
}

#endif /* VMASCOPE_SESSION_SESSION_H */
