/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - the view of `vmascope trace`: a row for each fault, memory call, flush and interrupt.
 *
 * Each kind has columns of its own. In text all of them but trace_table have the same ones, of the
 * same widths, the last of which tells in words what happened: they go into one stream.
 */
#ifndef VMASCOPE_VIEW_TRACE_TRACE_H
#define VMASCOPE_VIEW_TRACE_TRACE_H

#include "events.h"
#include "model/model.h"
#include "model/wall_clock.h"
#include "table/rows.h"
#include "view/trace/crash.h"

/** trace_table - columns of faults, where nothing else is in the stream */
extern const struct table_def trace_table;
/** trace_mixed_table - the same in JSON; in text those of the others */
extern const struct table_def trace_mixed_table;
/** trace_call_table - columns of a memory call */
extern const struct table_def trace_call_table;
/** trace_flush_table - columns of a flush */
extern const struct table_def trace_flush_table;
/** trace_interrupt_table - columns of an interrupt that made a CPU flush */
extern const struct table_def trace_interrupt_table;

/** trace_summary_table - the last record of a stream: what was generated, printed and dropped */
extern const struct table_def trace_summary_table;

/**
 * struct trace_clock - how times are shown
 * @start_ns: the start of the run (CLOCK_MONOTONIC): they are since then
 * @wall: if not NULL, they are since 1970: text shows the time of day
 */
struct trace_clock {
	uint64_t start_ns;
	const struct wall_clock *wall;
};

/** trace_time_ns - of @ns (CLOCK_MONOTONIC), as it is shown. */
int64_t trace_time_ns(const struct trace_clock *clock, uint64_t ns);

/**
 * struct trace_fault - a fault, and what is known of it
 * @row: what its slot stands for, NULL if not known
 * @crash: if it ended in a signal; NULL: nothing
 * @in_flight: it has not ended: its duration is the time so far, 0: it began before counting did
 * @after: id of the memory call that changed or took away its address, 0: none is known
 */
struct trace_fault {
	const struct vs_event_fault *event;
	const struct fault_row *row;
	const struct crash *crash;
	bool in_flight;
	uint64_t after;
};

/**
 * struct trace_call - a memory call, and what is known of it
 * @vmas: what the slots in its VMAs stand for, NULL where that is not known
 * @code: the VMA that it was made from: of its site, else of its ip; NULL if not known
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
 * trace_fault_row - replace the only row of @t by a fault
 * @t: of trace_table or trace_mixed_table
 */
void trace_fault_row(struct table *t, const struct trace_fault *fault,
		     const struct trace_clock *clock);

/** trace_call_row - by a memory call; @t: of trace_call_table */
void trace_call_row(struct table *t, const struct trace_call *call,
		    const struct trace_clock *clock);

/** trace_flush_row - by a flush; @t: of trace_flush_table */
void trace_flush_row(struct table *t, const struct vs_event_flush *e,
		     const struct trace_clock *clock);

/** trace_interrupt_row - by an interrupt; @t: of trace_interrupt_table */
void trace_interrupt_row(struct table *t, const struct vs_event_ipi *e,
			 const struct trace_clock *clock);

struct named_stack;

/**
 * trace_stack - add the stack of what is in the only row of @t: of any table but that of interrupts
 *
 * In text its lines follow the row, after what is there already.
 */
void trace_stack(struct table *t, const struct named_stack *stack);

#endif /* VMASCOPE_VIEW_TRACE_TRACE_H */
