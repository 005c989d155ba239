/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace_record.h - an event of the ring buffer, with copies of what it refers to.
 *
 * Slots are reused, and crash details replaced, while an event waits to be printed, so everything
 * is looked up on arrival.
 */
#ifndef VMASCOPE_COLLECT_TRACE_RECORD_H
#define VMASCOPE_COLLECT_TRACE_RECORD_H

#include "capture/live.h"
#include "model/history/calls.h"
#include "model/history/ranges.h"
#include "view/trace/crash.h"

/** struct trace_crash - a crash, and copies of what it points to */
struct trace_crash {
	struct crash crash;
	struct vs_event_fault fault;
	struct vs_event_crash event;
	struct vs_event_call call;
};

/**
 * struct trace_record - an event
 * @row: rows of its slots, NULL: unknown; one for a fault, one for each VMA of a call
 * @code: of a call, the VMA of the code that made it
 * @stack: NULL: not requested or unknown; set by the caller
 * @after: of a fault, id of the call that changed or unmapped its address; 0: unknown
 * @crash: of a fault that raised a signal, to be freed; NULL: unknown
 * @head: start of the event, which is as long as its type requires
 */
struct trace_record {
	const struct fault_row *row[VS_CALL_VMAS];
	const struct fault_row *code;
	const struct stack *stack;
	uint64_t after;
	struct trace_crash *crash;
	union {
		struct vs_event head;
		struct vs_event_fault fault;
		struct vs_event_call call;
		struct vs_event_flush flush;
		struct vs_event_ipi ipi;
	};
};

/**
 * struct trace_resolver - what earlier events say about later ones
 * @vma_glob: faults and calls in other VMAs are not wanted; NULL: all are
 * @explain_crashes: crashes are looked for
 * @calls: then, memory calls, by process
 * @crashes: by thread, the surroundings of its latest fault that may be a crash
 * @ranges: what calls changed or took away
 * @codes: by image and address of calls' code, the VMA
 */
struct trace_resolver {
	const char *vma_glob;
	bool explain_crashes;
	struct calls calls;
	struct hash crashes;
	struct ranges ranges;
	struct hash codes;
};

/** trace_resolver__init - @vma_glob: of --vma; @explain_crashes: details of crashes are needed */
void trace_resolver__init(struct trace_resolver *x, const char *vma_glob, bool explain_crashes);
void trace_resolver__free(struct trace_resolver *x);

/**
 * trace_resolve - look up what @event refers to
 * @r: result
 * Return: false: it is nothing to be printed, or --vma is against it.
 */
bool trace_resolve(struct trace_resolver *x, struct live *l, const struct vs_event *event,
		   struct trace_record *r);

/** trace_resolver__forget - let go of rows: some are about to be freed. */
void trace_resolver__forget(struct trace_resolver *x);

/** trace_record_size - bytes that are in use. */
size_t trace_record_size(const struct trace_record *r);

/** trace_record_end_ns - the end of the event, when its record was made. */
uint64_t trace_record_end_ns(const struct trace_record *r);

#endif /* VMASCOPE_COLLECT_TRACE_RECORD_H */
