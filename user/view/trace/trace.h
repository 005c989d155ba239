/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - the view of `vmascope trace`: a row for each fault, memory call, flush and interrupt.
 *
 * Each kind of event has its own columns. In text all tables except trace_table have the same
 * columns of the same widths, so that they form one stream; the last column describes the event in
 * words.
 */
#ifndef VMASCOPE_VIEW_TRACE_TRACE_H
#define VMASCOPE_VIEW_TRACE_TRACE_H

#include "events.h"
#include "model/model.h"
#include "model/wall_clock.h"
#include "table/rows.h"
#include "view/trace/crash.h"

/** trace_table - columns of faults, if the stream has no other events */
extern const struct table_def trace_table;
/** trace_mixed_table - the same in JSON; in text the columns of the other events */
extern const struct table_def trace_mixed_table;
/** trace_call_table - columns of a memory call */
extern const struct table_def trace_call_table;
/** trace_flush_table - columns of a flush */
extern const struct table_def trace_flush_table;
/** trace_interrupt_table - columns of a TLB flush IPI */
extern const struct table_def trace_interrupt_table;

/**
 * trace_summary_table - the last record of a stream: events that were generated, printed and
 * dropped
 */
extern const struct table_def trace_summary_table;

/**
 * struct trace_clock - how times are shown
 * @start_ns: start of the run (CLOCK_MONOTONIC): times are relative to it
 * @wall: if not NULL, times are since 1970, and text shows the time of day
 */
struct trace_clock {
	uint64_t start_ns;
	const struct wall_clock *wall;
};

/** trace_time_ns - convert @ns (CLOCK_MONOTONIC) to the time that is shown. */
int64_t trace_time_ns(const struct trace_clock *clock, uint64_t ns);

/**
 * struct trace_fault - a fault, and what is known about it
 * @row: the row of its slot, NULL: unknown
 * @crash: set if it ended in a signal, otherwise NULL
 * @in_flight: it has not ended: its duration is the time so far; 0: it began before counting
 * @after: id of the memory call that changed or unmapped its address, 0: unknown
 */
struct trace_fault {
	const struct vs_event_fault *event;
	const struct fault_row *row;
	const struct crash *crash;
	bool in_flight;
	uint64_t after;
};

/**
 * struct trace_call - a memory call, and what is known about it
 * @vmas: rows of the slots of its VMAs, NULL if unknown
 * @code: the VMA that it was called from, by its site or else its ip; NULL if unknown
 * @flushes_known, @interrupts_known: these are counted
 */
struct trace_call {
	const struct vs_event_call *event;
	const struct fault_row *const *vmas;
	const struct fault_row *code;
	bool flushes_known;
	bool interrupts_known;
};

/**
 * trace_fault_row - replace the only row of @t with a fault
 * @t: a trace_table or trace_mixed_table
 */
void trace_fault_row(struct table *t, const struct trace_fault *fault,
		     const struct trace_clock *clock);

/** trace_call_row - the same with a memory call; @t: a trace_call_table */
void trace_call_row(struct table *t, const struct trace_call *call,
		    const struct trace_clock *clock);

/** trace_flush_row - the same with a flush; @t: a trace_flush_table */
void trace_flush_row(struct table *t, const struct vs_event_flush *e,
		     const struct trace_clock *clock);

/** trace_interrupt_row - the same with an IPI; @t: a trace_interrupt_table */
void trace_interrupt_row(struct table *t, const struct vs_event_ipi *e,
			 const struct trace_clock *clock);

struct named_stack;

/**
 * trace_stack - add a stack to the only row of @t, which may be any table but that of interrupts
 *
 * In text the lines follow the row and any lines after it.
 */
void trace_stack(struct table *t, const struct named_stack *stack);

#endif /* VMASCOPE_VIEW_TRACE_TRACE_H */
