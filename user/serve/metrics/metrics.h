/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * metrics.h - THE table of what /metrics shows: names, help, units, and where each value is kept.
 *
 * Values are u64 in two arrays of cells: one array for each group of processes, one for the rest. A
 * metric is a run of cells, one for each value of its label.
 */
#ifndef VMASCOPE_SERVE_METRICS_METRICS_H
#define VMASCOPE_SERVE_METRICS_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"

/** Buckets of exported histograms: up to 2^8 ns, 2^9, … 2^31 ns (2.1 s), and all above. */
#define LE_FIRST_BIT 8
#define LE_BUCKETS 25
/** A histogram's cells: the buckets, not cumulative, then the sum, ns. */
#define LE_SUM LE_BUCKETS
#define LE_CELLS (LE_BUCKETS + 1)
/** The series of one: a _bucket each, _sum and _count. */
#define LE_SERIES (LE_BUCKETS + 2)

/** enum call_field - counters of each class of calls (vs_call_class()) */
enum call_field {
	CALL_COUNT,
	CALL_ERRORS,
	CALL_NS,
	CALL_LOCAL,
	CALL_REMOTE,
	CALL_FULL,
	CALL_QUEUED,
	CALL_RECEIVED,
	CALL_DELAY_NS,
	CALL_STOLEN_NS,
	CALL_REFAULTS,
	CALL_REFAULT_NS,
	NR_CALL_FIELDS,
};

/** Cells of a group; those before GROUP_CALLS are of its processes' faults. */
enum group_cell {
	GROUP_FAULTS,
	GROUP_FAULT_NS = GROUP_FAULTS + VS_NR_CAUSES,
	GROUP_OUTCOMES = GROUP_FAULT_NS + VS_NR_CAUSES,
	GROUP_FIGURES = GROUP_OUTCOMES + VS_NR_OUTCOME,
	GROUP_FAULT_HIST = GROUP_FIGURES + VS_NR_FIGURES,
	GROUP_CALLS = GROUP_FAULT_HIST + LE_CELLS,
	GROUP_MAPPINGS = GROUP_CALLS + NR_CALL_FIELDS * VS_NR_CALL_CLASSES,
	NR_GROUP_CELLS,
};

/** group_call - the cell of @field of a class of calls. */
static inline unsigned int group_call(enum call_field field, unsigned int class)
{
	return GROUP_CALLS + field * VS_NR_CALL_CLASSES + class;
}

/** enum serve_map - tables whose fill level is exported */
enum serve_map {
	MAP_SLOTS,
	MAP_HISTS,
	MAP_CALL_ROWS,
	MAP_PAIRS,
	NR_SERVE_MAPS,
};

/**
 * EACH_SINGLE_METRIC - metrics with one value each, of the exporter itself and of what it keeps:
 *	X(id, type, name, unit, decimals, help), as in struct metric; the value is in cell FIXED_id
 */
/* clang-format off */
#define EACH_SINGLE_METRIC(X)                                                                      \
	X(PROCESSES, GAUGE, "vmascope_processes", NULL, 0, "Processes with slots in use.")         \
	X(GROUPS, GAUGE, "vmascope_groups", NULL, 0,                                               \
	  "Groups with their own series, including other.")                                        \
	X(SERIES, GAUGE, "vmascope_series", NULL, 0,                                               \
	  "Series of groups in use, without those of other.")                                      \
	X(SERIES_LIMIT, GAUGE, "vmascope_series_limit", NULL, 0, "Limit of series (--max-series).") \
	X(LATENCY_PERIOD, GAUGE, "vmascope_latency_sample_period", NULL, 0,                        \
	  "Minor faults for each measured latency: 1: every one, 0: none (--latency).")            \
	X(REFRESHES, COUNTER, "vmascope_refreshes", NULL, 0, "Reads of all counters.")             \
	X(REFRESH_NS, COUNTER, "vmascope_refresh_seconds", "seconds", 9,                           \
	  "Time spent reading all counters.")                                                      \
	X(CPU_NS, COUNTER, "process_cpu_seconds", "seconds", 9,                                    \
	  "Total user and system CPU time spent in seconds.")                                      \
	X(RSS, GAUGE, "process_resident_memory_bytes", "bytes", 0,                                 \
	  "Resident memory size in bytes.")                                                        \
	X(VSIZE, GAUGE, "process_virtual_memory_bytes", "bytes", 0,                                \
	  "Virtual memory size in bytes.")                                                         \
	X(FDS, GAUGE, "process_open_fds", NULL, 0, "Number of open file descriptors.")             \
	X(MAX_FDS, GAUGE, "process_max_fds", NULL, 0,                                              \
	  "Maximum number of open file descriptors.")                                              \
	X(START_MS, GAUGE, "process_start_time_seconds", "seconds", 3,                             \
	  "Start time of the process since unix epoch in seconds.")
/* clang-format on */

/** Programs of BPF at most. */
#define MAX_PROGRAMS 64

/** Cells of metrics without groups. */
enum fixed_cell {
	FIXED_CAUSE_HIST,
	FIXED_CALL_HIST = FIXED_CAUSE_HIST + VS_NR_CAUSES * LE_CELLS,
	FIXED_DELAY_HIST = FIXED_CALL_HIST + VS_NR_CALL_CLASSES * LE_CELLS,
	FIXED_STOLEN_HIST = FIXED_DELAY_HIST + LE_CELLS,
	FIXED_SENT = FIXED_STOLEN_HIST + LE_CELLS,
	FIXED_RECEIVED = FIXED_SENT + VS_NR_IPI,
	FIXED_LOST = FIXED_RECEIVED + VS_NR_IPI,
	FIXED_UNATTRIBUTED = FIXED_LOST + VS_NR_LOST,
	FIXED_MAP_USED,
	FIXED_MAP_SIZE = FIXED_MAP_USED + NR_SERVE_MAPS,
	FIXED_RUNS = FIXED_MAP_SIZE + NR_SERVE_MAPS,
	FIXED_RUN_NS = FIXED_RUNS + MAX_PROGRAMS,
	FIXED_MAPPINGS_LIMIT = FIXED_RUN_NS + MAX_PROGRAMS,
#define FIXED_CELL(id, ...) FIXED_##id,
	EACH_SINGLE_METRIC(FIXED_CELL)
#undef FIXED_CELL
	NR_FIXED_CELLS,
};

/** What a metric's values need to be known; a metric whose need is not met is left out. */
#define NEEDS_CALLS 1u
#define NEEDS_FLUSHES 2u
#define NEEDS_INTERRUPTS 4u
#define NEEDS_QUEUED 8u
#define NEEDS_RUN_STATS 16u

enum metric_type {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_HISTOGRAM,
};

/**
 * struct metric - a run of cells; those of one name follow each other in the table
 * @name: without the suffix _total
 * @unit: as OpenMetrics has it, the end of the name; NULL: none
 * @help: a sentence
 * @grouped: the cells are of each group
 * @all: values that are 0 are shown, too
 * @label: that distinguishes the cells, NULL: there is one; @values: of it
 * @also: one more label, as text; NULL: none
 * @first: cell; @nr: of cells, or of histograms
 * @decimals: the cells hold 10^-decimals of the unit
 * @needs: NEEDS_*
 */
struct metric {
	const char *name;
	const char *unit;
	const char *help;
	enum metric_type type;
	bool grouped;
	bool all;
	const char *label;
	const char *const *values;
	const char *also;
	unsigned int first;
	unsigned int nr;
	unsigned int decimals;
	unsigned int needs;
};

extern const struct metric metrics[];
extern const size_t nr_metrics;

/** metric_programs - names of the programs of BPF; set once, before the first answer */
extern const char *metric_programs[MAX_PROGRAMS];

/** metric_classes - labels of the classes of calls: "mprotect", "madvise DONTNEED" */
extern const char *metric_classes[VS_NR_CALL_CLASSES];

/** metrics__init - make these labels; before all else. */
void metrics__init(void);

/** metric_series - series that @metric has at most, of one group if it is @grouped. */
unsigned int metric_series(const struct metric *metric);

/** metrics_series - the same of all metrics that are @grouped, or are not. */
unsigned int metrics_series(bool grouped);

/** le_add - the latencies of @h into a histogram's cells. */
void le_add(uint64_t *cells, const struct vs_hist *h);

/** le_bucket - of a latency in ns. */
unsigned int le_bucket(uint64_t ns);

#endif /* VMASCOPE_SERVE_METRICS_METRICS_H */
