/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown_parts.h - the parts of the document of `vmascope shootdown`: one file each, combined in
 * shootdown.c. Text has separate, narrow tables; those of JSON and CSV have all data.
 */
#ifndef VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_PARTS_H
#define VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_PARTS_H

#include <stdio.h>

#include "view/common/figure_cells.h"
#include "view/shootdown/shootdown.h"

/**
 * struct call_sum - sum of all rows of one call
 * @call: enum vs_call; VS_NR_CALLS: calls that found no free row; @detail: as in struct vs_call_key
 */
struct call_sum {
	uint32_t call;
	uint32_t detail;
	struct vs_call_counts counts;
};

/**
 * struct shootdown_doc - a document that is being made
 * @sums: sums by call, highest remote cost first; @all: sum over all of them
 */
struct shootdown_doc {
	const struct shootdown_view *view;
	const struct shootdown *model;
	const struct model *processes;
	struct document *document;
	struct call_sum *sums;
	size_t nr_sums;
	struct vs_call_counts all;
};

/* --- sums (shootdown_sums.c) --------------------------------------------------------------- */

/** call_sums__make - fill the sums of @d, which the caller frees. */
void call_sums__make(struct shootdown_doc *d);

/**
 * call_sums__calls - number of memory calls that --vma selects; totals by VMA are unknown, so these
 * are sums of rows
 * @errors: set to the number of those that failed
 */
uint64_t call_sums__calls(const struct shootdown_doc *d, uint64_t *errors);

/** call_selected - the row is selected by --vma. */
bool call_selected(const struct shootdown_view *v, const struct call_row *row);

/** call_is_followed - its entry and exit are traced: it has a latency, and may fail. */
bool call_is_followed(uint32_t call);

/** call_counts_any - the counts are not all 0: there are calls, flushes or interrupts. */
bool call_counts_any(const struct vs_call_counts *c);

/** call_counts_cheaper - for qsort(): the remote cost of @a is lower than that of @b. */
int call_counts_cheaper(const struct vs_call_counts *a, const struct vs_call_counts *b);

/** call_pid, call_comm - process of a row, or the kernel thread. */
uint32_t call_pid(const struct call_row *row);
const char *call_comm(const struct call_row *row);

/* --- cells (shootdown_cells.c) ------------------------------------------------------------- */

extern const struct table_def call_latency_table;
extern const struct table_def call_flush_table;
extern const struct table_def call_delay_table;
extern const struct table_def call_wx_table;
extern const struct table_def call_errnos_table;

/** Columns of the kind of call, filled by call_name_cells(). */
#define CALL_NAME_COLUMNS                                                                          \
	{ .key = "call", .type = CELL_STR, .label = true }, { .key = "advice", .type = CELL_STR }, \
	{                                                                                          \
		.key = "fixed", .type = CELL_BOOL                                                  \
	}

/** Columns of every sum of calls in JSON and CSV, filled by call_cells(). */
#define CALL_COUNT_COLUMNS                                                                         \
	{ .key = "count", .type = CELL_U64, .sample = "calls" },                                   \
		{ .key = "errors", .type = CELL_U64 },                                             \
		{ .key = "errnos", .type = CELL_TABLE, .object = &call_errnos_table },             \
		{ .key = "latency_ns", .type = CELL_TABLE, .object = &call_latency_table },        \
		TIME_COLUMN, WAITS_COLUMN,                                                         \
		{ .key = "flushes", .type = CELL_TABLE, .object = &call_flush_table },             \
		{ .key = "pages", .type = CELL_U64 }, { .key = "bytes", .type = CELL_U64 },        \
		{ .key = "interrupts", .type = CELL_U64 },                                         \
		{ .key = "ipi_delay_ns", .type = CELL_TABLE, .object = &call_delay_table },        \
		{ .key = "stolen_ns", .type = CELL_U64, .unit = UNIT_NS, .sample = "stolen" },     \
		{ .key = "targets_per_call", .type = CELL_F64 },                                   \
		{ .key = "splits", .type = CELL_U64 }, { .key = "merges", .type = CELL_U64 },      \
		{ .key = "splits_unknown", .type = CELL_U64 },                                     \
		{ .key = "wx", .type = CELL_TABLE, .object = &call_wx_table },                     \
		{ .key = "refaults", .type = CELL_U64 },                                           \
	{                                                                                          \
		.key = "refault_ns", .type = CELL_U64                                              \
	}

/** call_name_cells - set the name of @call, its advice, and whether it is MAP_FIXED. */
void call_name_cells(struct table *t, uint32_t call, uint32_t detail);

/** refault_time_cell - set @key to the time of refaults, ns; leave it unset where it is unknown */
void refault_time_cell(struct table *t, const char *key, const struct vs_call_counts *c);

/**
 * call_cells - fill CALL_COUNT_COLUMNS
 * @latency, @delay: histograms of exactly these calls; NULL: quantiles are unknown
 */
void call_cells(const struct shootdown_view *v, struct table *t, uint32_t call,
		const struct vs_call_counts *c, const struct vs_hist *latency,
		const struct vs_hist *delay);

/* clang-format off */
/** Errors of the calls of a text row, filled by call_errnos_cell(). */
#define CALL_ERRNOS_COLUMN                                                                         \
	{.key = "errnos", .head = "ERRNO", .type = CELL_STR, .left = true, .keep_start = true,     \
	 .optional = true, .blank = true}

/** The calls that a text row counts, and their cost, filled by call_text_cells(). */
#define CALL_TEXT_COLUMNS                                                                          \
	{.key = "count", .head = "CALLS", .type = CELL_U64, .unit = UNIT_COUNT},                   \
	{.key = "errors", .head = "FAILED", .type = CELL_U64, .unit = UNIT_COUNT,                  \
	 .optional = true}, CALL_ERRNOS_COLUMN,                                                    \
	{.key = "interrupts", .head = "IPIS", .type = CELL_U64, .unit = UNIT_COUNT},               \
	{.key = "stolen_ns", .head = "STOLEN", .type = CELL_U64, .unit = UNIT_NS},                 \
	{.key = "refaults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT,                \
	 .optional = true},                                                                        \
	{.key = "sum_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS, .optional = true},    \
	WAITED_COLUMN, REASON_COLUMN,                                                              \
	{.key = "max_ns", .head = "MAX", .type = CELL_U64, .unit = UNIT_NS, .optional = true}

#define CALL_TEXT_COLUMN                                                                           \
	{.key = "call", .head = "CALL", .type = CELL_STR, .left = true, .keep_start = true}
/* clang-format on */

/** call_errnos_cell - set "ENOMEM", or "ENOMEM 12, EINVAL 3"; nothing if none failed. */
void call_errnos_cell(struct table *t, const struct vs_call_counts *c);

/** call_text_cells - fill CALL_TEXT_COLUMNS except refaults, and CALL_TEXT_COLUMN. */
void call_text_cells(const struct shootdown_view *v, struct table *t, const struct call_row *row,
		     const struct vs_call_counts *c);

/** call_stack_cells - fill the JSON and CSV cells for calls of the kind of @row from one stack. */
void call_stack_cells(const struct shootdown_view *v, struct table *t, const struct call_row *row,
		      const struct vs_call_counts *c);

/** call_targets - IPIs for each flush that was sent; negative: unknown. */
double call_targets(const struct shootdown_view *v, const struct vs_call_counts *c);

/* --- parts: each adds its tables ---------------------------------------------------------------- */

/** shootdown_calls__text - make two tables: what calls did, and their remote cost. */
void shootdown_calls__text(const struct shootdown_doc *d);
/** shootdown_calls__rows - make the table `calls`. */
void shootdown_calls__rows(const struct shootdown_doc *d);

/**
 * shootdown_rows__make - make rows by VMA, process, command name, thread or call site, as
 * requested.
 */
void shootdown_rows__make(const struct shootdown_doc *d);
/** shootdown_rows__say_worst - print a line about the highest remote cost, if there is any. */
void shootdown_rows__say_worst(const struct shootdown_doc *d, FILE *f);

/** shootdown_stacks__make - make rows by stack. */
void shootdown_stacks__make(const struct shootdown_doc *d);
/** shootdown_functions__make - make rows by function on the stacks. */
void shootdown_functions__make(const struct shootdown_doc *d);
/**
 * shootdown_stacks__say - print " by FUNCTION" for the caller of the row's call, if it is known.
 */
void shootdown_stacks__say(const struct shootdown_doc *d, const struct call_row *row, FILE *f);

/** shootdown_longest__make - make the table of the longest calls. */
void shootdown_longest__make(const struct shootdown_doc *d);

/** shootdown_pairs__make - make the pairs of initiator and target. */
void shootdown_pairs__make(const struct shootdown_doc *d);
/** pair_known - the initiator is known. */
bool pair_known(const struct call_pair *p);

/** pairs_scope - what follows the title of a table of pairs, which --vma cannot select. */
static inline const char *pairs_scope(const struct shootdown_doc *d)
{
	return d->view->vma_glob ? " (calls on all VMAs)" : "";
}

/**
 * shootdown_cpus__rows - make rows of --by cpu; shootdown_cpus__matrix - text: target by initiator.
 */
void shootdown_cpus__rows(const struct shootdown_doc *d);
void shootdown_cpus__matrix(const struct shootdown_doc *d);
/** shootdown_cpus__warn - print warnings about IPIs to isolated CPUs. */
void shootdown_cpus__warn(const struct shootdown_doc *d, FILE *f);

/** shootdown_faults__make - make the table of faults that followed calls. */
void shootdown_faults__make(const struct shootdown_doc *d);
/** shootdown_unowned__make - make the table of flushes outside of memory calls, by reason. */
void shootdown_unowned__make(const struct shootdown_doc *d);

/**
 * shootdown_limits__make - show the number of VMAs of each process, and, below all tables,
 * warnings.
 */
void shootdown_limits__make(const struct shootdown_doc *d);

#endif /* VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_PARTS_H */
