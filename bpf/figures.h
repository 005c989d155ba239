/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figures.h - the part of the contract (events.h) that lists the figures measured for each fault
 * besides outcome, access, cause, size and latency.
 */
#ifndef VMASCOPE_FIGURES_H
#define VMASCOPE_FIGURES_H

#include "waits.h"

/**
 * VS_EACH_FIGURE - all figures, in the order in which they are shown:
 *	X(member, bits, how, key, head, unit, of_zero, metric, of_one, of_all)
 * @member: of struct pending_fault, set by a hook (0 when a fault begins), of
 *	struct vs_event_fault and of struct vs_counts; @bits: its width in a fault
 * @how: SUM or MAX, how the values of several faults are combined
 * @key: name in JSON, CSV, recordings and Perfetto
 * @head: heading in the text of `stat`, `top` and `trace`; "": not shown there
 * @unit: COUNT, BYTES, or NS: a part of the fault's latency that has no time in common with other
 *	such parts, and 0 where the latency is unknown; then @key ends in _ns, and sums are shown
 *	as @member of time_ns. If latencies are sampled, so are these: sums are estimates. WAIT: the
 *	same, for a reason (waits.h); sums are shown as @member of waits
 * @of_zero: meaning of 0 in a single fault: KNOWN, or UNKNOWN, which is printed as null
 * @metric: name of a SUM in OpenMetrics, without the suffix _total; with NS it ends in _seconds
 * @of_one, @of_all: description for a single fault and for several, for docs/ (a test compares)
 *
 * All code that shows figures uses this table: a new figure needs a row here, and a hook.
 */
/* clang-format off */
#define VS_EACH_FIGURE(X)                                                                          \
	X(mapped, 16, SUM, "mapped_pages", "", COUNT, UNKNOWN, "vmascope_page_fault_mapped_pages", \
	  "base pages that it mapped",                                                             \
	  "base pages that completed faults mapped, those around them in the page cache "          \
	  "(fault-around) included; 0 where page tables can't be read")                            \
	X(runqueue, 64, SUM, "runqueue_ns", "", NS, KNOWN,                                         \
	  "vmascope_page_fault_runqueue_seconds",                                                  \
	  "part of `duration_ns` in which its thread could run and waited for a CPU",              \
	  "time in completed faults in which their threads could run and waited for a CPU")        \
	X(blocked, 64, SUM, "blocked_ns", "", NS, KNOWN, "vmascope_page_fault_blocked_seconds",    \
	  "part of `duration_ns` in which its thread slept: for I/O, a lock, another process",     \
	  "time in completed faults in which their threads slept: for I/O, a lock, another "       \
	  "process")                                                                               \
	X(unsplit, 64, SUM, "unsplit_ns", "", NS, KNOWN, "vmascope_page_fault_unsplit_seconds",    \
	  "`duration_ns` if it is not known what its thread waited for; `runqueue_ns` and "        \
	  "`blocked_ns` are `null` then",                                                          \
	  "time in completed faults of which it is not known what their threads waited for")       \
	VS_EACH_WAIT(X)
/* clang-format on */

/* The members of one fault, and of the counters of a slot. */
#define VS_FIGURE_MEMBER(member, bits, ...) __u##bits member;
#define VS_FIGURE_COUNTER(member, ...) __u64 member;

/** enum vs_figure - indices of the rows */
enum vs_figure {
#define VS_FIGURE_NUMBER(member, ...) VS_FIGURE_##member,
	VS_EACH_FIGURE(VS_FIGURE_NUMBER)
#undef VS_FIGURE_NUMBER
	VS_NR_FIGURES,
};

#endif /* VMASCOPE_FIGURES_H */
