// SPDX-License-Identifier: GPL-2.0-only
/* metrics.c - the table of metrics. docs/serve.md lists them for people; a test compares the two. */
#include "serve/metrics/metrics.h"

#include "model/hist.h"
#include "model/names.h"
#include "util/array.h"

const char *metric_programs[MAX_PROGRAMS];

const char *metric_classes[VS_NR_CALL_CLASSES];

static const char *const map_names[NR_SERVE_MAPS] = {
	[MAP_SLOTS] = "slots",
	[MAP_HISTS] = "hists",
	[MAP_CALL_ROWS] = "call_rows",
	[MAP_PAIRS] = "pairs",
};

#define COUNTER .type = METRIC_COUNTER
#define GAUGE .type = METRIC_GAUGE
#define HISTOGRAM .type = METRIC_HISTOGRAM
#define SECONDS .unit = "seconds", .decimals = 9
#define BY_CAUSE .label = "cause", .values = cause_names, .nr = VS_NR_CAUSES
#define BY_OUTCOME .label = "outcome", .values = outcome_names, .nr = VS_NR_OUTCOME
#define BY_KIND .label = "kind", .values = ipi_names, .nr = VS_NR_IPI
#define BY_MAP .label = "map", .values = map_names, .nr = NR_SERVE_MAPS
#define BY_PROGRAM .label = "program", .values = metric_programs, .nr = MAX_PROGRAMS
#define CALLS .label = "call", .values = metric_classes, .nr = VS_NR_CALL_CLASSES
#define OF_CALLS(field) .grouped = true, CALLS, .first = GROUP_CALLS + (field)*VS_NR_CALL_CLASSES

/* clang-format off */
/* A sum has a metric for its group; a maximum since the start has none. */
#define UNIT_OF_COUNT .unit = NULL
#define UNIT_OF_BYTES .unit = "bytes"
#define UNIT_OF_NS SECONDS
#define UNIT_OF_WAIT SECONDS
#define FIGURE_METRIC_MAX(name, what, member, unit)
#define FIGURE_METRIC_SUM(name, what, member, unit)                                                \
	{name, .help = what ".", COUNTER, UNIT_OF_##unit, .grouped = true,                         \
	 .first = GROUP_FIGURES + VS_FIGURE_##member, .nr = 1},
#define FIGURE_METRIC(member, bits, how, key, head, unit, of_zero, metric, of_one, of_all)         \
	FIGURE_METRIC_##how(metric, of_all, member, unit)

#define SINGLE_METRIC(id, kind, of, in, digits, what)                                              \
	{of, in, what, kind, .first = FIXED_##id, .nr = 1, .decimals = digits, .all = true},

const struct metric metrics[] = {
	{"vmascope_page_faults", NULL, "Page faults, by cause.",
	 COUNTER, .grouped = true, BY_CAUSE, .first = GROUP_FAULTS},
	{"vmascope_page_fault_outcomes", NULL,
	 "Page faults by outcome: minor, major, or incomplete (ended by a signal).",
	 COUNTER, .grouped = true, BY_OUTCOME, .first = GROUP_OUTCOMES},
	VS_EACH_FIGURE(FIGURE_METRIC)
	{"vmascope_page_fault_seconds", .help = "Time spent in completed page faults, by cause.",
	 COUNTER, SECONDS, .grouped = true, BY_CAUSE, .first = GROUP_FAULT_NS},
	{"vmascope_page_fault_duration_seconds", .help = "Latency of completed page faults, by group.",
	 HISTOGRAM, SECONDS, .grouped = true, .first = GROUP_FAULT_HIST, .nr = 1},
	{"vmascope_page_fault_cause_duration_seconds",
	 .help = "Latency of completed page faults, by cause.",
	 HISTOGRAM, SECONDS, BY_CAUSE, .first = FIXED_CAUSE_HIST},

	{"vmascope_memory_calls", NULL, "Memory calls (system calls that change mappings) that returned; exit: that began.",
	 COUNTER, OF_CALLS(CALL_COUNT), .needs = NEEDS_CALLS},
	{"vmascope_memory_call_errors", NULL, "Memory calls that failed.",
	 COUNTER, OF_CALLS(CALL_ERRORS), .needs = NEEDS_CALLS},
	{"vmascope_memory_call_seconds", .help = "Time spent in memory calls.",
	 COUNTER, SECONDS, OF_CALLS(CALL_NS), .needs = NEEDS_CALLS},
	{"vmascope_memory_call_duration_seconds", .help = "Latency of memory calls.",
	 HISTOGRAM, SECONDS, CALLS, .first = FIXED_CALL_HIST, .needs = NEEDS_CALLS},
	{"vmascope_refaults", NULL,
	 "Refaults: page faults in a range that a memory call had changed or unmapped.",
	 COUNTER, OF_CALLS(CALL_REFAULTS), .needs = NEEDS_CALLS},
	{"vmascope_refault_seconds", .help = "Time spent in refaults.",
	 COUNTER, SECONDS, OF_CALLS(CALL_REFAULT_NS), .needs = NEEDS_CALLS},
	{"vmascope_process_mappings", NULL,
	 "Maximum number of VMAs of a live process of the group, after a memory call.",
	 GAUGE, .grouped = true, .first = GROUP_MAPPINGS, .nr = 1, .needs = NEEDS_CALLS},
	{"vmascope_process_mappings_limit", NULL, "Limit of VMAs per process (vm.max_map_count).",
	 GAUGE, .first = FIXED_MAPPINGS_LIMIT, .nr = 1, .all = true},

	{"vmascope_tlb_flushes", NULL,
	 "TLB flushes by memory call or origin; scope remote: sent to other CPUs.",
	 COUNTER, OF_CALLS(CALL_LOCAL), .also = "scope=\"local\"", .needs = NEEDS_FLUSHES},
	{"vmascope_tlb_flushes", NULL, NULL,
	 COUNTER, OF_CALLS(CALL_REMOTE), .also = "scope=\"remote\"", .needs = NEEDS_FLUSHES},
	{"vmascope_tlb_full_flushes", NULL, "TLB flushes of whole address spaces.",
	 COUNTER, OF_CALLS(CALL_FULL), .needs = NEEDS_FLUSHES},
	{"vmascope_shootdown_ipis_sent", NULL,
	 "IPIs sent to other CPUs for TLB flushes, by initiator.",
	 COUNTER, OF_CALLS(CALL_QUEUED), .needs = NEEDS_QUEUED},
	{"vmascope_shootdown_ipis_received", NULL, "TLB flush IPIs that arrived, by initiator.",
	 COUNTER, OF_CALLS(CALL_RECEIVED), .needs = NEEDS_INTERRUPTS},
	{"vmascope_shootdown_delay_seconds", .help = "Latency from sending a TLB flush IPI to the start of its handler, by initiator.",
	 COUNTER, SECONDS, OF_CALLS(CALL_DELAY_NS), .needs = NEEDS_INTERRUPTS},
	{"vmascope_shootdown_stolen_seconds", .help = "Time in TLB flush IPI handlers on other CPUs, by initiator.",
	 COUNTER, SECONDS, OF_CALLS(CALL_STOLEN_NS), .needs = NEEDS_INTERRUPTS},
	{"vmascope_shootdown_ipi_delay_seconds",
	 .help = "Latency from sending a TLB flush IPI to the start of its handler.",
	 HISTOGRAM, SECONDS, .first = FIXED_DELAY_HIST, .nr = 1, .needs = NEEDS_INTERRUPTS},
	{"vmascope_shootdown_handler_seconds", .help = "Time in a TLB flush IPI handler.",
	 HISTOGRAM, SECONDS, .first = FIXED_STOLEN_HIST, .nr = 1, .needs = NEEDS_INTERRUPTS},
	{"vmascope_host_ipis_sent", NULL, "TLB flush IPIs sent by traced tasks.",
	 COUNTER, BY_KIND, .first = FIXED_SENT, .all = true, .needs = NEEDS_QUEUED},
	{"vmascope_host_ipis_received", NULL,
	 "TLB flush IPIs received or sent by traced tasks.",
	 COUNTER, BY_KIND, .first = FIXED_RECEIVED, .all = true, .needs = NEEDS_INTERRUPTS},

	{"vmascope_lost", NULL, "Losses by kind; fault counts are not affected.",
	 COUNTER, .label = "what", .values = lost_names, .first = FIXED_LOST, .nr = VS_NR_LOST,
	 .all = true},
	{"vmascope_unattributed_page_faults", NULL,
	 "Page faults of unknown processes; also counted in group other.",
	 COUNTER, .first = FIXED_UNATTRIBUTED, .nr = 1, .all = true},
	{"vmascope_map_used", NULL, "Entries in use in a BPF table.",
	 GAUGE, BY_MAP, .first = FIXED_MAP_USED, .all = true},
	{"vmascope_map_size", NULL, "Capacity of a BPF table.",
	 GAUGE, BY_MAP, .first = FIXED_MAP_SIZE, .all = true},
	{"vmascope_bpf_runs", NULL, "Runs of a BPF program (kernel.bpf_stats_enabled).",
	 COUNTER, BY_PROGRAM, .first = FIXED_RUNS, .needs = NEEDS_RUN_STATS},
	{"vmascope_bpf_run_seconds", .help = "Run time of a BPF program.",
	 COUNTER, SECONDS, BY_PROGRAM, .first = FIXED_RUN_NS, .needs = NEEDS_RUN_STATS},
	EACH_SINGLE_METRIC(SINGLE_METRIC)
};
/* clang-format on */

const size_t nr_metrics = ARRAY_SIZE(metrics);

void metrics__init(void)
{
	for (int call = 0; call < VS_NR_CALLS; call++)
		metric_classes[call] = call_names[call];
	/* those that vs_call_class() distinguishes, as call_label() says them */
	metric_classes[vs_call_class(VS_CALL_MADVISE, VS_MADV_DONTNEED)] = "madvise DONTNEED";
	metric_classes[vs_call_class(VS_CALL_MADVISE, VS_MADV_FREE)] = "madvise FREE";
	metric_classes[vs_call_class(VS_CALL_MMAP, VS_MMAP_FIXED)] = "mmap FIXED";
}

unsigned int metric_series(const struct metric *metric)
{
	return metric->nr * (metric->type == METRIC_HISTOGRAM ? LE_SERIES : 1);
}

unsigned int metrics_series(bool grouped)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < nr_metrics; i++)
		if (metrics[i].grouped == grouped)
			nr += metric_series(&metrics[i]);
	return nr;
}

/** of_octave - the bucket that has all of the octave from 2^@octave ns. */
static unsigned int of_octave(unsigned int octave)
{
	if (octave < LE_FIRST_BIT)
		return 0;
	octave -= LE_FIRST_BIT - 1;
	return octave < LE_BUCKETS - 1 ? octave : LE_BUCKETS - 1;
}

unsigned int le_bucket(uint64_t ns)
{
	return ns ? of_octave(63 - __builtin_clzll(ns)) : 0;
}

void le_add(uint64_t *cells, const struct vs_hist *h)
{
	uint64_t octaves[HIST_OCTAVES];

	hist__octaves(h, octaves);
	for (unsigned int i = 0; i < HIST_OCTAVES; i++)
		cells[of_octave(i)] += octaves[i];
	cells[LE_SUM] += h->sum_ns;
}
