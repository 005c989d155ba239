/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stop.h - the end of a run, and time limits for what is still in progress then.
 *
 * A run ends after its duration or by a signal. A blocked write must not delay that: the pipe may
 * have no reader, or the terminal may be stopped. stop__write() gives up if nothing was read for a
 * while after the run was asked to end.
 */
#ifndef VMASCOPE_UTIL_STOP_H
#define VMASCOPE_UTIL_STOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Records that wait when the run is asked to end are handled for at most this long, ns. */
#define STOP_FINISH_NS 500000000ULL
/** A reader that reads nothing for so long is not waited for, once the run is asked to end, ns. */
#define STOP_STALL_NS 400000000ULL
/**
 * Names of stacks are looked for until so long after the run was asked to end, ns; before its hooks are
 * gone until STOP_NOTE_NS, as they go first. A sanitizer makes all of it slower.
 */
#ifdef __SANITIZE_ADDRESS__
#define STOP_NAME_NS 8000000000ULL
#else
#define STOP_NAME_NS 800000000ULL
#endif
#define STOP_NOTE_NS 100000000ULL
/** It gets at least this long after that, ns. */
#define STOP_GRACE_NS 100000000ULL

/**
 * stop__catch - SIGINT, SIGTERM and SIGHUP ask the run to end, and SIGPIPE is ignored; SIGHUP
 *	stays ignored if it was (nohup)
 * @enough: so many signals end it; with 2, the first one is for the command that is traced
 */
void stop__catch(unsigned int enough);

/** stop__release - the run is over: from now on these signals end the process. */
void stop__release(void);

/** stop__at - the run ends at @ns, CLOCK_MONOTONIC. */
void stop__at(uint64_t ns);

/** stop__ask - end the run now, as if signals had come. */
void stop__ask(void);

/**
 * stop__over - the run has ended, for whatever reason
 *
 * From now on a single signal means that the rest is to be skipped, even if @enough of
 * stop__catch() is 2.
 */
void stop__over(void);

/** stop__hurried - asked to end for the second time: the rest is skipped without waiting. */
bool stop__hurried(void);

/** stop__signals - how many have come, those of stop__ask() included. */
unsigned int stop__signals(void);

/** stop__asked - enough signals have come, or the time is over. */
bool stop__asked(void);

/** stop__to_forward - a signal that was sent to this process alone, once. Return: or 0. */
int stop__to_forward(void);

/**
 * stop__finish_by - until when records that wait may be handled, CLOCK_MONOTONIC
 *
 * With stop__hurried() that is over, whatever it was before.
 * Return: UINT64_MAX: the run was not asked to end.
 */
uint64_t stop__finish_by(void);

/** stop__asked_ns - when the run was asked to end, CLOCK_MONOTONIC. Return: UINT64_MAX: it was not. */
uint64_t stop__asked_ns(void);

/**
 * stop__write - write everything, unless the run was asked to end and the reader does not read in
 * time
 * @done: set to the number of bytes that were written
 *
 * The capacity of a pipe is increased once before giving up. Return: 0 or a negative errno;
 * -ETIMEDOUT: the reader did not read.
 */
int stop__write(int fd, const void *buf, size_t len, size_t *done);

/** stop__unread - the output is not read: only the message about that is still written. */
bool stop__unread(void);

/**
 * stop__guard - around writes that are made elsewhere (ncurses)
 * @give_up: called from a signal handler, maybe repeatedly, while the write blocks and would be
 *	given up. NULL: there is no such write any more.
 */
void stop__guard(void (*give_up)(void));

/** stop__child - the command that is traced: it is sent SIGTERM by stop__exit(). */
void stop__child(int pid);

/** stop__exit - end the process at once, with @status; also from a signal handler. */
_Noreturn void stop__exit(int status);

#endif /* VMASCOPE_UTIL_STOP_H */
