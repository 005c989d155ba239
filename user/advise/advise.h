/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * advise.h - findings: what a run shows to be expensive, what to change, and what that gains.
 *
 * Rules look at the model of a run, whether it was captured or read from a recording. Each rule is a
 * file (rule.h); to add one, add a row here and the file.
 */
#ifndef VMASCOPE_ADVISE_ADVISE_H
#define VMASCOPE_ADVISE_ADVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/run_model.h"

/** ADVICE_EACH_RULE - X(ID, name): rules; rule_NAME is in the rule's file, its name has dashes */
#define ADVICE_EACH_RULE(X)                                                                        \
	X(POPULATE, populate)                                                                      \
	X(READ_BEFORE_WRITE, read_before_write)                                                    \
	X(MALLOC_TRIM, malloc_trim)                                                                \
	X(MPROTECT_SMALL, mprotect_small)                                                          \
	X(DONTNEED_REFAULT, dontneed_refault)                                                      \
	X(FORK_COW, fork_cow)                                                                      \
	X(THREAD_CHURN, thread_churn)                                                              \
	X(FILE_POPULATE, file_populate)                                                            \
	X(FILE_WRITEBACK, file_writeback)

/** enum advice_number - by ADVICE_EACH_RULE */
enum advice_number {
#define ADVICE_NUMBER(ID, name) ADVICE_##ID,
	ADVICE_EACH_RULE(ADVICE_NUMBER)
#undef ADVICE_NUMBER
	NR_ADVICE_RULES,
};

/* clang-format off */
/**
 * ADVICE_EACH_EVIDENCE - X(ID, key, unit, text): the figures that findings may have
 * @key: in JSON; @unit: COUNT, BYTES or NS; @text: what follows the figure in text
 */
#define ADVICE_EACH_EVIDENCE(X)                                                                    \
	X(FAULTS, "faults", COUNT, "page faults")                                                  \
	X(FAULT_NS, "fault_ns", NS, "in these faults")                                             \
	X(PAGES, "pages", COUNT, "pages in the range")                                             \
	X(READ_FAULTS, "read_faults", COUNT, "of them waited for the file")                         \
	X(MAPPED, "mapped_pages", COUNT, "pages mapped by them")                                   \
	X(REPEATED, "repeated_faults", COUNT, "faults on pages that had faulted before")           \
	X(REMAINING, "remaining_faults", COUNT, "faults with huge pages")                          \
	X(FORKS, "forks", COUNT, "forks")                                                          \
	X(PROGRAMS, "programs", COUNT, "children that executed a program")                         \
	X(THREADS, "threads", COUNT, "threads that ended")                                         \
	X(CALLS, "calls", COUNT, "memory calls")                                                   \
	X(CALL_NS, "call_ns", NS, "in these calls")                                                \
	X(BYTES, "bytes", BYTES, "requested by the calls in all")                                  \
	X(REFAULTS, "refaults", COUNT, "faults that followed from the calls (refaults)")           \
	X(REFAULT_NS, "refault_ns", NS, "in the refaults")                                         \
	X(IPIS, "interrupts", COUNT, "interrupts of other CPUs")                                   \
	X(STOLEN_NS, "stolen_ns", NS, "of other CPUs in their handlers")
/* clang-format on */

/** enum advice_evidence - by ADVICE_EACH_EVIDENCE */
enum advice_evidence {
#define ADVICE_EVIDENCE(ID, ...) EVIDENCE_##ID,
	ADVICE_EACH_EVIDENCE(ADVICE_EVIDENCE)
#undef ADVICE_EVIDENCE
	NR_EVIDENCE,
};

/** enum advice_confidence - how certain it is that the advice fits */
enum advice_confidence {
	CONFIDENCE_HIGH,   /* the counts leave no other explanation */
	CONFIDENCE_MEDIUM, /* the counts have another, less probable explanation */
	NR_CONFIDENCES,
};

/** Size of the text of an advice. */
#define ADVICE_LEN 768

/**
 * struct advice_text - what a rule says that does not depend on a run
 * @name: with dashes; @title: the pattern, as a noun phrase
 * @background: why the pattern costs time; @change: what to change, in general
 * @kernel: versions of the kernel and of libraries that matter
 * @cost: what the change may cost; @verify: command that shows whether it worked; @expected: what
 *	that command shows then
 * @sources: where the facts are from, separated by newlines
 */
struct advice_text {
	const char *name;
	const char *title;
	const char *background;
	const char *change;
	const char *kernel;
	const char *cost;
	const char *verify;
	const char *expected;
	const char *sources;
};

/**
 * struct finding - a pattern that costs a process time
 * @process: the process that pays; @wall_ns: how long it ran during the run
 * @cost_ns: time that the pattern cost, which is the highest gain; @gain_ns: the lowest gain
 * @figure: evidence, by enum advice_evidence; @known: bit set of those that are set
 * @vma: the VMA that has most of it, or NULL; @start, @end: range of addresses, both 0 without one
 * @call: a row of the calls, for their name and call site, or NULL
 * @advice: what to change
 */
struct finding {
	enum advice_number rule;
	const struct process *process;
	uint64_t wall_ns;
	uint64_t cost_ns;
	uint64_t gain_ns;
	uint64_t figure[NR_EVIDENCE];
	uint32_t known;
	const struct fault_row *vma;
	uint64_t start;
	uint64_t end;
	const struct call_row *call;
	enum advice_confidence confidence;
	char advice[ADVICE_LEN];
};

/** struct findings - the @nr findings, highest cost first; its pointers are into the model */
struct findings {
	struct finding *list;
	size_t nr;
};

/** advice_rule_names - names of rules by enum advice_number, and "all" */
extern const char *const advice_rule_names[NR_ADVICE_RULES + 1];

/** advice_confidence_names - by enum advice_confidence */
extern const char *const advice_confidence_names[NR_CONFIDENCES];

/** advice_text - the texts of @rule. */
const struct advice_text *advice_text(enum advice_number rule);

/**
 * advice_gain_percent - which part of the cost a change gains at least, in percent
 *
 * A rule is tested with this share: tests/e2e/advise_test.c.
 */
unsigned int advice_gain_percent(enum advice_number rule);

/** advice_least_percent - findings below this share of the wall time are not reported, percent. */
double advice_least_percent(void);

/**
 * findings__make - apply all rules to a run
 * @start_ns, @end_ns: the run, CLOCK_MONOTONIC
 * Return: 0 or -ENOMEM; to be freed in any case.
 */
int findings__make(struct findings *f, const struct run_model *run, uint64_t start_ns,
		   uint64_t end_ns);
void findings__free(struct findings *f);

/**
 * finding_share - @ns as a share of the time for which the process ran, from 0 to 1
 *
 * 1 also where several threads together spent more than that.
 */
double finding_share(const struct finding *f, uint64_t ns);

/** finding_is_minor - the pattern costs less than 1 % of the time. */
bool finding_is_minor(const struct finding *f);

#endif /* VMASCOPE_ADVISE_ADVISE_H */
