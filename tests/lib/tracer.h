/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracer.h - the kernel's tracer, in a private tracefs instance: what ftrace.h and switches.h read.
 */
#ifndef VT_TRACER_H
#define VT_TRACER_H

#define VT_TRACEFS "/sys/kernel/tracing"

/**
 * vt_tracer_open - make the instance, with tracing off; only one at a time, and every test's teardown
 *	removes it
 * @buffer_kb: size of the buffer of each CPU, KiB; @clock: as in trace_clock
 */
void vt_tracer_open(const char *buffer_kb, const char *clock);
/** vt_tracer_put - write @text to file @name of the instance */
void vt_tracer_put(const char *name, const char *text);
/** vt_tracer_read - stop tracing, and remove the instance. Return: all events as text, to be freed */
char *vt_tracer_read(void);
/** vt_tracer_cancel - remove the instance if there is one; no assertion. Return: 0 or -1. */
int vt_tracer_cancel(void);

#endif /* VT_TRACER_H */
