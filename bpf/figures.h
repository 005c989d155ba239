/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figures.h - the part of the contract (events.h) that lists what is measured of each fault, beside
 * its outcome, access, cause, size and latency.
 */
#ifndef VMASCOPE_FIGURES_H
#define VMASCOPE_FIGURES_H

/**
 * VS_EACH_FIGURE - all of them, in the order in which they are shown:
 *	X(member, bits, how, key, head, unit, of_zero, metric, of_one, of_all)
 * @member: of struct pending_fault, which a hook sets (0 when a fault begins), of
 *	struct vs_event_fault and of struct vs_counts; @bits: its width in a fault
 * @how: SUM or MAX, how those of several faults become one
 * @key: in JSON, CSV, recordings and Perfetto
 * @head: heading in the text of `stat`, `top` and `trace`; "": not shown there
 * @unit: COUNT, BYTES or NS (then @key ends in _ns)
 * @of_zero: what 0 means in a single fault: KNOWN, or UNKNOWN, which prints as null
 * @metric: of a SUM, in OpenMetrics, without the suffix _total; of NS it ends in _seconds
 * @of_one, @of_all: what it is, of a single fault and of several, for docs/ (a test compares)
 *
 * All that shows figures goes by this table: a new one needs its row here, and its hook.
 */
/* clang-format off */
#define VS_EACH_FIGURE(X)                                                                          \
	X(mapped, 16, SUM, "mapped_pages", "", COUNT, UNKNOWN, "vmascope_page_fault_mapped_pages", \
	  "base pages that it mapped",                                                             \
	  "base pages that completed faults mapped, those around them in the page cache "          \
	  "(fault-around) included; 0 where page tables can't be read")
/* clang-format on */

/* The member of one fault, and of all that a slot counts. */
#define VS_FIGURE_MEMBER(member, bits, ...) __u##bits member;
#define VS_FIGURE_COUNTER(member, ...) __u64 member;

/** enum vs_figure - the numbers of their rows */
enum vs_figure {
#define VS_FIGURE_NUMBER(member, ...) VS_FIGURE_##member,
	VS_EACH_FIGURE(VS_FIGURE_NUMBER)
#undef VS_FIGURE_NUMBER
	VS_NR_FIGURES,
};

#endif /* VMASCOPE_FIGURES_H */
