/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - the parsed command line; the table of options is in rows.c.
 */
#ifndef VMASCOPE_OPTIONS_OPTIONS_H
#define VMASCOPE_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "capture/capture.h"
#include "format/out.h"
#include "options/commands.h"
#include "serve/metrics/group_name.h"
#include "view/faults/stat.h"
#include "view/shootdown/shootdown.h"

/** enum command_args - arguments that a command takes after its options */
enum command_args {
	ARGS_NONE,
	ARGS_COMMAND,	      /* a command to run: the rest of the line belongs to it */
	ARGS_COMMAND_OR_FILE, /* the same after --, else a recording */
	ARGS_FILES,
	ARGS_ADDRESSES,
};

/** enum trace_event - events that trace can print; bits of options.events */
enum trace_event {
	TRACE_FAULT,
	TRACE_MEMCALL,	 /* memory calls */
	TRACE_SHOOTDOWN, /* flushes and their IPIs */
	NR_TRACE_EVENTS,
};

extern const char *const trace_event_names[NR_TRACE_EVENTS];

/** Default of --latency sample: one minor fault in so many; a prime, as programs like powers of 2. */
#define LATENCY_SAMPLE 61u
#define LATENCY_SAMPLE_MOST 1000000u

/** Default number of processes that are kept (--max-processes), and its minimum. */
#define SESSION_MAX_PROCESSES 8192u
#define SESSION_LEAST_PROCESSES 16u

/** enum report_view - views of a recording that report can show */
enum report_view {
	REPORT_STAT,
	REPORT_SHOOTDOWN,
	REPORT_TRACE,
	REPORT_ADVISE,
	NR_REPORT_VIEWS,
};

extern const char *const report_view_names[NR_REPORT_VIEWS];

/** enum stack_weight - metric of a stack in folded text and flame graphs */
enum stack_weight {
	WEIGHT_FAULTS,
	WEIGHT_STOLEN, /* handler time on the target CPUs of flushes */
	WEIGHT_TIME,   /* in faults, in memory calls */
	WEIGHT_SENT,   /* flushes of other CPUs */
	WEIGHT_CALLS,
	NR_STACK_WEIGHTS,
};

extern const char *const stack_weight_names[NR_STACK_WEIGHTS];

struct source;

/**
 * struct options - the parsed command line
 * @capture: filters, sizes, and distinctions between rows (capture.h); session__open() adds the
 *	part that depends on the command
 * @cgroup: path or NULL; @vma: glob or NULL
 * @duration_ns: 0: unlimited; @interval_ns: 0: none
 * @by: grouping; @shootdown_by: grouping of shootdown; @top: maximum number of rows, 0: all;
 * @top_given: it was given; @hist: histograms; @why: time by reason; @heatmap: over time
 * @events: bit set of enum trace_event; 0: for report, all that were recorded
 * @wall_clock: show the time of day
 * @format: output; @output: file or NULL for stdout; @wide: no limit on width;
 * @ascii: use ASCII characters only in text
 * @no_owners: do not find out what memory without a name is used for
 * @max_processes: maximum number of processes that are kept, 0: unlimited
 * @lines: stacks with source lines and inlined functions
 * @dwarf: unwind by DWARF CFI, with @stack_bytes of each stack (0: the default); else by frame
 *	pointers
 * @folded: print folded stacks; @flame: file for a flame graph, or NULL; @weight: enum
 *	stack_weight, -1: not given
 * @per_process: equal stacks of several processes are not merged
 * @quantiles: of the latency of each VMA
 * @cost: measure the overhead of tracing
 * @max_size: of recordings in total, or in memory, bytes, 0: none; @snapshot_ns: kept in memory, 0:
 *	none
 * @summary: also print the counts
 * @view: view of a recording; @no_stat_by, @no_shootdown_by: these views do not have the grouping;
 *	@by_given: a grouping was given
 * @from_ns, @until_ns: range of events to show, since the start; both 0: all
 * @diff: compare two recordings
 * @explain_rule: enum advice_number, or NR_ADVICE_RULES for all; -1: not given
 * @batch: print frames; @frames: number of frames, 0: unlimited; @total: since the start, not per
 *	second
 * @view_name: view that top shows first; NULL: the default
 * @no_colour: use no colours, even on a terminal that supports them
 * @listen: address of serve; @token_file, @tls_cert, @tls_key, @client_ca: files or NULL
 * @allow_remote: the address may be a non-loopback address
 * @group_by, @max_series: of its metrics; @expose_paths: also export names of files
 * @expose_processes, @expose_addresses: also to clients without a token
 * @run_as: user for serve's processes, when root privileges are dropped
 * @bpf_stats: let the kernel measure BPF programs
 * @source: source of the run's data; NULL: a live capture
 * @argv: the command to run, the addresses to explain, or recordings; NULL: none
 * @file: the first of @argv if it is a recording (ARGS_COMMAND_OR_FILE)
 */
struct options {
	struct capture_options capture;
	const char *cgroup;
	const char *vma;
	uint64_t duration_ns;
	uint64_t interval_ns;
	enum stat_by by;
	enum shootdown_by shootdown_by;
	size_t top;
	bool top_given;
	bool hist;
	bool why;
	bool heatmap;
	uint32_t events;
	bool wall_clock;
	const struct out_format *format;
	const char *output;
	bool wide;
	bool ascii;
	bool no_owners;
	bool quiet;
	int verbosity;
	uint32_t max_processes;
	bool quantiles;
	bool cost;
	bool batch;
	uint64_t frames;
	bool total;
	const char *view_name;
	bool no_colour;
	bool lines;
	bool dwarf;
	uint32_t stack_bytes;
	bool folded;
	const char *flame;
	int weight;
	bool per_process;
	uint64_t max_size;
	uint64_t snapshot_ns;
	bool summary;
	enum report_view view;
	bool no_stat_by;
	bool no_shootdown_by;
	bool by_given;
	uint64_t from_ns;
	uint64_t until_ns;
	bool diff;
	int explain_rule;
	const char *listen;
	const char *token_file;
	const char *tls_cert;
	const char *tls_key;
	const char *client_ca;
	bool allow_remote;
	enum group_by group_by;
	uint32_t max_series;
	bool expose_paths;
	bool expose_processes;
	bool expose_addresses;
	const char *run_as;
	bool bpf_stats;
	const struct source *source;
	char **argv;
	char *file;
};

/**
 * struct command - a command of vmascope; a file of user/cmd/ ends with its row
 * @is: COMMAND_*: it has the options whose rows include that bit
 */
struct command {
	const char *name;
	const char *args_doc;
	const char *summary;
	const char *doc;
	unsigned int is;
	enum command_args args;
	int (*run)(struct options *o);
};

/**
 * options__parse - parse the command line of @cmd; exits after --help or a usage error
 * Return: 0, or an exit status after an error message.
 */
int options__parse(const struct command *cmd, int argc, char **argv, struct options *o);
void options__free(struct options *o);

/**
 * options__list - print all commands with their options to stdout, as JSON (docs/json.md)
 * Return: an exit status, after an error message if it is not 0.
 */
int options__list(const struct command *const *commands, size_t nr);

/**
 * options__check_stacks - check that no option about stacks is given without effect
 * @wanted: stacks are requested; @how: how to request them
 * Return: 0, or an exit status after an error message.
 */
int options__check_stacks(const struct options *o, bool wanted, const char *how);

/** options__with_stacks - -U or -K is given. */
bool options__with_stacks(const struct options *o);

/** options__check_event_stacks - the same for a command whose stacks are requested by -U and -K. */
int options__check_event_stacks(const struct options *o);

/** options__in_time - @time_ns is in the range to show, in a run that began at @start_ns. */
bool options__in_time(const struct options *o, uint64_t start_ns, uint64_t time_ns);

/**
 * options__output - open the output
 * Return: 0, or a negative errno after an error message.
 */
int options__output(const struct options *o, struct out_options *out);

/** options__close_output - Return: 0, or the negative errno of a failed write, after a message. */
int options__close_output(struct out_options *out, int err);

/* command_stat and so on: the rows of all commands, each in its file of user/cmd/ */
#define COMMAND_ROW(ID, name) extern const struct command command_##name;
VS_EACH_COMMAND(COMMAND_ROW)
#undef COMMAND_ROW

#endif /* VMASCOPE_OPTIONS_OPTIONS_H */
