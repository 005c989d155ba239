/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - memory calls, the TLB flushes that they cause, and initiators and targets of IPIs.
 *
 * Like model.h, it does not depend on the source of rows and totals.
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
 * struct call_row - one call of one process (and optionally one VMA, call site or thread), or one
 * reason of flushes
 * @number: from 1, never reused; 0: row 0
 * @process: NULL: none, or unknown (kernel threads; row 0); @image: number of its image when the
 *	row was last begun
 * @vma: at the first address of its calls; NULL: not requested, none, or unknown
 * @call: enum vs_call; @detail: advice, or VS_MMAP_*; @site, @tid: 0 if not requested
 * @stack: NULL: not requested, or unknown
 * @pid, @comm: of the process or the kernel thread
 * @map_count: the maximum number of VMAs of the process after a call
 * @start, @end: lowest start and highest end of its ranges; both 0 without one
 * @counting: it is assigned to a row of BPF
 * @ended: counts of rows of BPF to which it was assigned before; @counts: total
 * @moved: part of BPF's counts that shootdown__move() has moved to rows of stacks
 * @marked: counts when the interval began
 * @exported: part of @counts that has been exported as differences
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

/** struct call_pair - an initiator and a target, each on a CPU */
struct call_pair {
	struct vs_pair_key key;
	struct vs_pair pair;
};

/**
 * struct shootdown - all rows and totals
 * @rows: in the order in which they were first seen
 * @nr_numbered: number of rows ever created
 * @overflow: row 0: events for which no row was left; its call is VS_NR_CALLS
 * @pairs: initiators and targets; the first @nr_gone are of processes that have exited;
 *	@marked_pairs: pairs when the interval began, in another order
 * @hist: by vs_call_class() and enum vs_call_time
 * @totals: over all CPUs; @marked: totals when the interval began
 * @nr_cpus: number of possible CPUs
 * @stacks: the stacks to which rows refer; set by the caller, or NULL
 * @sites: where the call site of a row is stored as a stack of one frame, so that it can be named;
 *	set by the caller, or NULL
 * @by_index: by number of BPF's row, while it is in use
 * @by_key: lookup by identity, so that a row that gets another row of BPF stays one row
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

/** shootdown__init - @nr_index: number of rows of BPF, including row 0. Return: 0 or -ENOMEM. */
int shootdown__init(struct shootdown *s, uint32_t nr_index, uint32_t nr_cpus);
/** shootdown__free - free everything; @s may be all zero. */
void shootdown__free(struct shootdown *s);

/**
 * shootdown__row - assign row @index of BPF, which is in use
 * @m: model with the slots in its key, as far as they have been described to it
 *
 * If a row of the same identity (process, VMA, call, site, thread) exists whose row of BPF was
 * given back, it is continued; the process's image may be another. May be called again while it is
 * in use.
 * Return: the row; NULL without memory.
 */
struct call_row *shootdown__row(struct shootdown *s, const struct model *m, uint32_t index,
				const struct vs_call_row *row);

/** shootdown__update - read the counts of row @index of BPF. */
void shootdown__update(struct shootdown *s, uint32_t index, const struct vs_call_row *row);

/**
 * shootdown__move - move counts from a row that BPF does not split by stack to that of its stack
 * @like: fields that both have in common, and the stack; its range and @map_count extend the row's
 * @counts: counts of events of such calls; counts without an event remain in the row without a
 *	stack
 *
 * For stacks that are unwound in user space (--unwind dwarf), after BPF has counted.
 * Return: 0; -ENOENT: there is no such row yet; -ENOMEM.
 */
int shootdown__move(struct shootdown *s, const struct call_row *like,
		    const struct vs_call_counts *counts);

/** shootdown__row_ended - row @index of BPF is given back; the counts last read are kept. */
void shootdown__row_ended(struct shootdown *s, uint32_t index);

/** shootdown__mark - an interval begins. */
void shootdown__mark(struct shootdown *s);

/**
 * shootdown__forget - merge rows of processes that have exited, by call, into rows of
 * model__ended(); rows of VMAs that are gone into one of their process
 *
 * Between model__keep() and model__forget(): also sets processes busy for which a row still counts.
 * Exported counts are moved, too. Pointers to rows are invalid afterwards.
 * Return: 0 or -ENOMEM (then some rows are kept).
 */
int shootdown__forget(struct shootdown *s, struct model *m);

/**
 * shootdown__end_row - merge @row into that of its call in model__ended(), and free it
 *
 * The caller removes it from @s->rows, to which a row may be appended. Return: 0 or -ENOMEM.
 */
int shootdown__end_row(struct shootdown *s, struct process *ended, struct call_row *row);

/** shootdown__forget_pair - merge @pair into one identified by CPUs. Return: 0 or -ENOMEM. */
int shootdown__forget_pair(struct shootdown *s, const struct call_pair *pair);

/** shootdown__set_pairs - replace pairs of live processes. Return: 0 or -ENOMEM. */
int shootdown__set_pairs(struct shootdown *s, const struct vs_pair_key *keys,
			 const struct vs_pair *pairs, size_t nr);

/** call_site_vma - the VMA of the file that contains the row's call site; NULL: unknown. */
const struct fault_row *call_site_vma(const struct call_row *row);

/** call_site_offset - offset of @site in the file of @vma. */
uint64_t call_site_offset(const struct fault_row *vma, uint64_t site);

/** call_counts_add - add @from to @to; maxima become the greater value. */
void call_counts_add(struct vs_call_counts *to, const struct vs_call_counts *from);

/** call_counts_sub - subtract @from from @to; maxima are unchanged: they have no difference. */
void call_counts_sub(struct vs_call_counts *to, const struct vs_call_counts *from);

/** shootdowns_sub - the same for totals, which have no maxima. */
void shootdowns_sub(struct vs_shootdowns *to, const struct vs_shootdowns *from);

#endif /* VMASCOPE_MODEL_SHOOTDOWN_H */
