/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - what was asked for, and by which command; the table of options is in rows.c.
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
#include "serve/metrics/group_name.h"
#include "view/faults/stat.h"
#include "view/shootdown/shootdown.h"

/* Commands, a bit each: an option's row names those that have it. */
#define COMMAND_STAT 1u
#define COMMAND_TRACE 2u
#define COMMAND_SHOOTDOWN 4u
#define COMMAND_RECORD 8u
#define COMMAND_REPORT 16u
#define COMMAND_TOP 32u
#define COMMAND_SERVE 64u
#define COMMAND_DOCTOR 128u
#define COMMAND_EXPLAIN 256u

/** enum command_args - what a command takes behind its options */
enum command_args {
	ARGS_NONE,
	ARGS_COMMAND, /* a command to run: all that follows is its own */
	ARGS_FILES,
	ARGS_ADDRESSES,
};

/** enum trace_event - what trace can print; bits of options.events */
enum trace_event {
	TRACE_FAULT,
	TRACE_MEMCALL,	 /* memory calls */
	TRACE_SHOOTDOWN, /* flushes, and interrupts that flush */
	NR_TRACE_EVENTS,
};

extern const char *const trace_event_names[NR_TRACE_EVENTS];

/** Processes that are kept unless --max-processes says otherwise, and the least it takes. */
#define SESSION_MAX_PROCESSES 8192u
#define SESSION_LEAST_PROCESSES 16u

/** enum report_view - what report can show of a recording */
enum report_view {
	REPORT_STAT,
	REPORT_SHOOTDOWN,
	REPORT_TRACE,
	NR_REPORT_VIEWS,
};

extern const char *const report_view_names[NR_REPORT_VIEWS];

/** enum stack_weight - what a stack's number is, in folded text and flame graphs */
enum stack_weight {
	WEIGHT_FAULTS,
	WEIGHT_STOLEN, /* time that flushes took from other CPUs */
	WEIGHT_TIME,   /* in faults, in memory calls */
	WEIGHT_SENT,   /* flushes of other CPUs */
	WEIGHT_CALLS,
	NR_STACK_WEIGHTS,
};

extern const char *const stack_weight_names[NR_STACK_WEIGHTS];

struct source;

/**
 * struct options - what was asked for
 * @capture: filters, sizes, and what rows are told apart by (capture.h); what depends on the command,
 *	session__open() adds
 * @cgroup: path or NULL; @vma: glob or NULL
 * @duration_ns: 0: no end; @interval_ns: 0: none
 * @by: grouping; @shootdown_by: that of shootdown; @top: rows at most, 0: all; @top_given: it was asked for
 * @hist: histograms; @heatmap: over time
 * @events: bit set of enum trace_event; 0: of report, all that were recorded
 * @wall_clock: show the time of day
 * @format: output; @output: file or NULL for stdout; @wide: no limit on width;
 * @ascii: no other characters in text
 * @max_processes: that are kept, 0: no bound
 * @lines: stacks with source lines and inlined functions
 * @dwarf: unwind by DWARF CFI, of @stack_bytes of each stack (0: the default); else by frame pointers
 * @folded: print folded stacks; @flame: write a flame graph there, or NULL; @weight: enum
 *	stack_weight, -1: not given
 * @per_process: stacks of several processes are not one
 * @latency: measure the latency of each VMA
 * @cost: measure what tracing costs
 * @max_size: of a ring of files or of memory, bytes, 0: none; @snapshot_ns: kept in memory, 0: none
 * @summary: print what was counted, too
 * @view: of a recording; @no_stat_by, @no_shootdown_by: these views have no such grouping;
 *	@by_given: one was asked for
 * @from_ns, @until_ns: events that are shown, since the start; both 0: all
 * @diff: of two recordings
 * @batch: print frames; @frames: so many, 0: no end; @total: since the start, not per second
 * @view_name: of top that is shown first; NULL: the first
 * @no_colour: none, even where the terminal has some
 * @listen: address of serve; @token_file, @tls_cert, @tls_key, @client_ca: files or NULL
 * @allow_remote: that address may be another than loopback
 * @group_by, @max_series: of its metrics; @expose_paths: names of files, too
 * @expose_processes, @expose_addresses: to clients without a token, too
 * @run_as: user of serve's processes, where root is given up
 * @bpf_stats: have the kernel measure BPF programs
 * @source: where a run comes from; NULL: a live capture
 * @argv: the command to run, the addresses to explain, or recordings; NULL: none
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
	bool heatmap;
	uint32_t events;
	bool wall_clock;
	const struct out_format *format;
	const char *output;
	bool wide;
	bool ascii;
	bool quiet;
	int verbosity;
	uint32_t max_processes;
	bool latency;
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
};

/**
 * struct command - a command of vmascope; all of them are in main.c's table
 * @is: COMMAND_*: it has the options whose rows name that
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
 * options__parse - the command line of @cmd; ends the process after --help or a usage error
 * Return: 0, or an exit status after an error message.
 */
int options__parse(const struct command *cmd, int argc, char **argv, struct options *o);
void options__free(struct options *o);

/**
 * options__list - print all commands with their options to stdout, as JSON (docs/json.md)
 * Return: an exit status, after an error message if it is not 0.
 */
int options__list(const struct command *commands, size_t nr);

/**
 * options__check_stacks - no option about stacks is given in vain
 * @wanted: stacks are asked for; @how: to ask for them
 * Return: 0, or an exit status after an error message.
 */
int options__check_stacks(const struct options *o, bool wanted, const char *how);

/** options__with_stacks - -U or -K is given. */
bool options__with_stacks(const struct options *o);

/** options__check_event_stacks - the same of a command whose stacks are those of -U and -K. */
int options__check_event_stacks(const struct options *o);

/** options__in_time - an event of @time_ns is to be shown, of a run that began at @start_ns. */
bool options__in_time(const struct options *o, uint64_t start_ns, uint64_t time_ns);

/**
 * options__output - open the output
 * Return: 0, or a negative errno after an error message.
 */
int options__output(const struct options *o, struct out_options *out);

/** options__close_output - Return: 0, or the negative errno of a failed write, told. */
int options__close_output(struct out_options *out, int err);

/** cmd_stat and others - a command each, for the table in main.c. Return: the exit status. */
int cmd_stat(struct options *o);
int cmd_trace(struct options *o);
int cmd_shootdown(struct options *o);
int cmd_top(struct options *o);
int cmd_serve(struct options *o);
int cmd_doctor(struct options *o);
int cmd_explain(struct options *o);
int cmd_record(struct options *o);
int cmd_report(struct options *o);

#endif /* VMASCOPE_OPTIONS_OPTIONS_H */
