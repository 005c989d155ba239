/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - memory calls, the flushes that they cause, and who interrupts whom.
 *
 * It takes rows and totals as they are; like model.h, it knows nothing of where they come from.
 */
#ifndef VMASCOPE_MODEL_SHOOTDOWN_H
#define VMASCOPE_MODEL_SHOOTDOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "model/model.h"
#include "model/stacks.h"

/**
 * struct call_row - what one process did by one call (and in one VMA, at one site, in one thread,
 * where asked for), or what one reason flushed
 * @number: from 1, never used again; 0: of row 0
 * @process: NULL: none, or not known (kernel threads; row 0); @image: number of its image when the row
 *	was last begun
 * @vma: at the first address of its calls; NULL: not asked for, none, or not known
 * @call: enum vs_call; @detail: advice, or VS_MMAP_*; @site, @tid: 0 where not asked for
 * @stack: NULL: not asked for, or not known
 * @pid, @comm: of the process or the kernel's thread
 * @map_count: the most VMAs that the process had after a call
 * @start, @end: lowest address and end of the highest range; both 0 without one
 * @counting: a row of BPF is in use for it
 * @ended: counted in rows of BPF that it had before; @counts: all
 * @moved: of what BPF has counted, what shootdown__move() gave to rows of stacks
 * @marked: what had been counted when the interval began
 * @exported: what somebody who wants differences has taken over of @counts
 */
struct call_row {
	uint32_t number;
	struct process *process;
	uint64_t image;
	const struct fault_row *vma;
	const struct stack *stack;
	uint32_t call;
	uint32_t detail;
	uint32_t pid;
	uint32_t tid;
	uint64_t site;
	char comm[VS_COMM_LEN];
	uint32_t map_count;
	uint64_t start;
	uint64_t end;
	bool counting;
	struct vs_call_counts ended;
	struct vs_call_counts moved;
	struct vs_call_counts counts;
	struct vs_call_counts marked;
	struct vs_call_counts exported;
};

/** struct call_pair - an initiator and a target, each on its CPU */
struct call_pair {
	struct vs_pair_key key;
	struct vs_pair pair;
};

/**
 * struct shootdown - all of it
 * @rows: in the order in which they were first seen
 * @nr_numbered: rows ever
 * @overflow: row 0: what found no row; its call is VS_NR_CALLS
 * @pairs: who interrupted whom; the first @nr_gone of them are of processes that have ended;
 *	@marked_pairs: when the interval began, in another order
 * @hist: by vs_call_class() and enum vs_call_time
 * @totals: over all CPUs; @marked: when the interval began
 * @nr_cpus: possible ones
 * @stacks: where rows name stacks; set by the caller, or NULL
 * @sites: where a row's call site becomes its stack, of one frame, so that it can be named; set by
 *	the caller, or NULL
 * @by_index: by BPF's row, while it is in use
 * @by_key: so that a row that comes back in another place stays one row
 */
struct shootdown {
	struct call_row **rows;
	size_t nr_rows;
	uint32_t nr_numbered;
	struct call_row overflow;
	struct call_pair *pairs;
	size_t nr_pairs;
	struct call_pair *marked_pairs;
	size_t nr_marked_pairs;
	size_t nr_gone;
	struct vs_hist hist[VS_NR_CALL_CLASSES][VS_NR_CALL_TIMES];
	struct vs_shootdowns totals;
	struct vs_shootdowns marked;
	uint32_t nr_cpus;
	const struct stacks *stacks;
	struct stacks *sites;
	struct call_row **by_index;
	uint32_t nr_index;
	struct hash by_key;
};

/** shootdown__init - @nr_index: rows of BPF, row 0 included. Return: 0 or -ENOMEM. */
int shootdown__init(struct shootdown *s, uint32_t nr_index, uint32_t nr_cpus);
/** shootdown__free - also of one that is all zero. */
void shootdown__free(struct shootdown *s);

/**
 * shootdown__row - row @index of BPF is in use
 * @m: knows the slots in its key, as far as they have been described to it
 *
 * A row of the same identity (process, VMA, call, site, thread) whose row of BPF was given back
 * goes on; the process's image may be another. May be called again while it is in use.
 * Return: the row; NULL without memory.
 */
struct call_row *shootdown__row(struct shootdown *s, const struct model *m, uint32_t index,
				const struct vs_call_row *row);

/** shootdown__update - take over what row @index of BPF has counted. */
void shootdown__update(struct shootdown *s, uint32_t index, const struct vs_call_row *row);

/**
 * shootdown__move - from a row that BPF does not split by stack to the one of its stack
 * @like: what both have in common, and the stack; its range and @map_count extend the row's
 * @counts: of events of such calls; the row without the stack keeps what no event described
 *
 * For stacks that are found in user space (--unwind dwarf), after BPF has counted.
 * Return: 0; -ENOENT: there is no such row yet; -ENOMEM.
 */
int shootdown__move(struct shootdown *s, const struct call_row *like,
		    const struct vs_call_counts *counts);

/** shootdown__row_ended - row @index of BPF is given back; what it was last updated to stays. */
void shootdown__row_ended(struct shootdown *s, uint32_t index);

/** shootdown__mark - an interval begins. */
void shootdown__mark(struct shootdown *s);

/**
 * shootdown__forget - rows of processes that have ended are added up, by call, in model__ended()'s;
 * those of VMAs that are gone in one of their process
 *
 * Between model__keep() and model__forget(): processes that a row still counts for are busy, too.
 * What has been exported of a row is moved, too. No pointer to a row may be kept across it.
 * Return: 0 or -ENOMEM (then some of it is kept).
 */
int shootdown__forget(struct shootdown *s, struct model *m);

/**
 * shootdown__end_row - @row becomes part of that of its call in @ended, model__ended(), and is freed
 *
 * The caller takes it out of @s->rows, to which one may be appended. Return: 0 or -ENOMEM.
 */
int shootdown__end_row(struct shootdown *s, struct process *ended, struct call_row *row);

/** shootdown__forget_pair - what @pair counted is kept by CPUs alone. Return: 0 or -ENOMEM. */
int shootdown__forget_pair(struct shootdown *s, const struct call_pair *pair);

/** shootdown__set_pairs - those of now; the gone ones stay. Return: 0 or -ENOMEM. */
int shootdown__set_pairs(struct shootdown *s, const struct vs_pair_key *keys,
			 const struct vs_pair *pairs, size_t nr);

/** call_counts_add - add @from to @to; maxima become the greater one. */
void call_counts_add(struct vs_call_counts *to, const struct vs_call_counts *from);

/** call_counts_sub - take @from away from @to; maxima stay: they have no difference. */
void call_counts_sub(struct vs_call_counts *to, const struct vs_call_counts *from);

/** shootdowns_sub - the same of totals, which have no maxima. */
void shootdowns_sub(struct vs_shootdowns *to, const struct vs_shootdowns *from);

#endif /* VMASCOPE_MODEL_SHOOTDOWN_H */
