/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rule.h - what a rule of advice is made of: its texts, and a function that looks at a process.
 */
#ifndef VMASCOPE_ADVISE_RULE_H
#define VMASCOPE_ADVISE_RULE_H

#include "advise/advise.h"

/** Size of a base page; the model counts pages of this size. */
#define ADVICE_PAGE 4096

/** Least number of faults, calls or threads that make a pattern; fewer are how programs start and end. */
#define ADVICE_PATTERN 64

/**
 * struct suspect - a process that rules look at
 * @calls: its @nr_calls rows of memory calls and other flushes
 * @all_calls: rows of all processes, ordered by process; @nr_all_calls of them
 */
struct suspect {
	const struct run_model *run;
	const struct process *process;
	const struct call_row *const *calls;
	size_t nr_calls;
	const struct call_row *const *all_calls;
	size_t nr_all_calls;
	uint64_t start_ns;
	uint64_t end_ns;
	struct findings *found;
};

/**
 * struct advice_rule - a rule
 * @look: report what the rule finds in a process with suspect__report(). Return: 0 or -ENOMEM.
 */
struct advice_rule {
	struct advice_text text;
	int (*look)(const struct suspect *s);
};

#define RULE_ROW(ID, name) extern const struct advice_rule rule_##name;
ADVICE_EACH_RULE(RULE_ROW)
#undef RULE_ROW

/**
 * suspect__report - add a finding, unless its cost is too small a share of the process's time
 * @f: copied; its process and wall time are set here, its lowest gain later
 * Return: 0 or -ENOMEM.
 */
int suspect__report(const struct suspect *s, enum advice_number rule, struct finding *f);

/** suspect__calls - rows of calls of process @p. Return: the first one; @nr is set. */
const struct call_row *const *suspect__calls(const struct suspect *s, const struct process *p,
					     size_t *nr);

/** call_rows__by_process - for qsort(): the order of @all_calls in struct suspect */
int call_rows__by_process(const void *a, const void *b);

/** finding_set - set a figure of the evidence. */
void finding_set(struct finding *f, enum advice_evidence which, uint64_t value);

/** finding_set_calls - set the figures of calls: their number, time, bytes and interrupts. */
void finding_set_calls(struct finding *f, const struct vs_call_counts *c);

/** finding_set_refaults - set the figures of the faults that followed from calls. */
void finding_set_refaults(struct finding *f, uint64_t refaults, uint64_t ns);

/* --- rows of VMAs ------------------------------------------------------------------------------ */

/** vma_is_private_anon - it is one VMA of private anonymous memory, and no stack. */
bool vma_is_private_anon(const struct fault_row *row);

/** suspect__vma - the VMA that has most of the addresses from @start to @end; NULL: none is known */
const struct fault_row *suspect__vma(const struct suspect *s, uint64_t start, uint64_t end);

/** vma_overlap - bytes of the VMA between @start and @end */
uint64_t vma_overlap(const struct fault_row *row, uint64_t start, uint64_t end);

/** vma_pages - base pages of the addresses at which the VMA was seen */
uint64_t vma_pages(const struct fault_row *row);

/** vma_faults - completed faults of the VMA */
uint64_t vma_faults(const struct fault_row *row);

/** vma_part_ns - time in @part of the completed faults of the VMA, at their mean latency, ns */
uint64_t vma_part_ns(const struct fault_row *row, uint64_t part);

/**
 * vma_repeated - the least number of base pages that faulted in more than once
 *
 * Faults mapped more pages than there are at the addresses at which the VMA was seen.
 */
uint64_t vma_repeated(const struct fault_row *row);

/* --- memory calls, summed up ------------------------------------------------------------------- */

/**
 * struct call_sums - calls of one process from one call site
 * @row: the row with most calls, for what they have in common
 * @start, @end: range of all calls, both 0 without one
 */
struct call_sums {
	const struct call_row *row;
	struct vs_call_counts counts;
	uint64_t start;
	uint64_t end;
	uint64_t most;
};

/** call_drops - the calls drop pages with MADV_DONTNEED. */
bool call_drops(const struct call_row *row);

/** suspect__ended_threads - threads of the process that ended during the run, as far as they are kept */
uint64_t suspect__ended_threads(const struct suspect *s);

/** drops_stacks - the calls drop stacks: glibc makes one call for each of @ended threads. */
bool drops_stacks(const struct call_sums *sum, uint64_t ended);

/** Call sites of a process that are distinguished; calls of all others are left out. */
#define ADVICE_SITES 64

/**
 * suspect__sum - sum up the calls that @wants selects, by call site
 * @sums: ADVICE_SITES elements. Return: number of sums.
 */
size_t suspect__sum(const struct suspect *s, bool (*wants)(const struct call_row *row),
		    struct call_sums *sums);

#endif /* VMASCOPE_ADVISE_RULE_H */
