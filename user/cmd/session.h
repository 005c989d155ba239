/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - what every live command does: open a capture, run a command or watch processes,
 * until the end of it, and close.
 */
#ifndef VMASCOPE_CMD_SESSION_H
#define VMASCOPE_CMD_SESSION_H

#include "capture/child.h"
#include "capture/live.h"
#include "cmd/options.h"

/**
 * struct session - a live command's run
 * @options: of the command line
 * @live: capture and model
 * @out: opened output
 * @child: the command, if there is one
 * @pidfds: of the targets, -1 where there is none; as many as options->nr_ids
 * @start_ns: counting began; @end_ns: it ended (CLOCK_MONOTONIC)
 * @read_ns: all ring records from before then have been handed to @event
 * @what: the command line or the targets, for people
 * @period_ns: how often @interval is called, 0: never; it may change while the run goes on
 * @interval: NULL: never. Return: 0 or a negative errno to end.
 * @event: called for each ring record; may be NULL
 * @woken: called when @wake_fd is readable, and as @interval; NULL: there is none
 */
struct session {
	struct options *options;
	struct live live;
	struct out_options out;
	struct child child;
	int *pidfds;
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t read_ns;
	char what[256];
	uint64_t period_ns;
	int (*interval)(struct session *s);
	void (*event)(struct session *s, const struct vs_event *e);
	int wake_fd;
	int (*woken)(struct session *s);
	void *private;
	int error;
};

/* What a command wants besides the counts of faults. */
#define SESSION_FAULT_EVENTS 1u	    /* a ring record for each fault */
#define SESSION_CALL_EVENTS 2u	    /* one for each memory call */
#define SESSION_SHOOTDOWN_EVENTS 4u /* one for each flush, and for each interrupt that flushes */
#define SESSION_SHOOTDOWNS 8u	    /* live.shootdown: memory calls, flushes, who interrupts whom */

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

/** session__stop - end session__run() as a signal does. */
void session__stop(struct session *s);

/** session__read_threads - bring live.threads up to date. Return: 0 or a negative errno. */
int session__read_threads(struct session *s);

/** session__hooks - which variants are in use; NR_HOOKS entries. */
void session__hooks(const struct session *s, struct run_hook *hooks_in_use);

uint64_t session__now(void);

#endif /* VMASCOPE_CMD_SESSION_H */
