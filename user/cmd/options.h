/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - the one vocabulary of options: a typed table; each command takes some groups of it.
 */
#ifndef VMASCOPE_CMD_OPTIONS_H
#define VMASCOPE_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "out/out.h"
#include "serve/group_name.h"
#include "view/shootdown.h"
#include "view/stat.h"

/** Groups of options; a command takes those whose bits it names. */
#define OPTIONS_FILTER 1u   /* who and what */
#define OPTIONS_RUN 2u	    /* how long; a command to run */
#define OPTIONS_STAT 4u	    /* intervals, grouping */
#define OPTIONS_TRACE 8u    /* streams */
#define OPTIONS_OUTPUT 16u  /* format and file */
#define OPTIONS_TUNE 32u    /* features, sizes */
#define OPTIONS_ADDRESS 64u /* one process; addresses as arguments */
#define OPTIONS_DOCTOR 128u
#define OPTIONS_FAULTS 256u /* which faults */
#define OPTIONS_SHOOTDOWN 512u
#define OPTIONS_SERVE 1024u

/** enum trace_event - what trace can print; bits of options.events */
enum trace_event {
	TRACE_FAULT,
	TRACE_MEMCALL,	 /* memory calls */
	TRACE_SHOOTDOWN, /* flushes, and interrupts that flush */
	NR_TRACE_EVENTS,
};

extern const char *const trace_event_names[NR_TRACE_EVENTS];

/**
 * struct options - what was asked for
 * @ids: of -p or -t, @nr_ids of them; @threads: they are thread ids
 * @uid: or -1; @comm: or NULL; @cgroup: path or NULL
 * @only: enum vs_outcome or -1; @causes: bit set, 0 for all; @vma: glob or NULL
 * @follow: follow child processes
 * @duration_ns: 0: no end; @interval_ns: 0: none
 * @by: grouping; @shootdown_by: that of shootdown; @top: rows at most, 0: all; @top_given: it was asked for
 * @hist: histograms; @heatmap: over time
 * @events: bit set of enum trace_event, never 0
 * @wall_clock: show the time of day
 * @format: output; @output: file or NULL for stdout; @wide: no limit on width;
 * @ascii: no other characters in text
 * @slots, @hists, @ring_bytes: sizes
 * @latency: measure the latency of each VMA
 * @cost: measure what tracing costs
 * @call_vma, @call_site, @call_tid: tell memory calls apart by VMA, call site, thread
 * @listen: address of serve; @token_file, @tls_cert, @tls_key, @client_ca: files or NULL
 * @allow_remote: that address may be another than loopback
 * @group_by, @max_series: of its metrics; @expose_paths: names of files, too
 * @bpf_stats: have the kernel measure BPF programs
 * @argv: the command to run, or the addresses to explain; NULL: none
 */
struct options {
	pid_t *ids;
	size_t nr_ids;
	bool threads;
	int64_t uid;
	const char *comm;
	const char *cgroup;
	int only;
	uint32_t causes;
	const char *vma;
	bool follow;
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
	uint32_t slots;
	uint32_t hists;
	bool latency;
	bool cost;
	bool call_vma;
	bool call_site;
	bool call_tid;
	uint32_t ring_bytes;
	const char *listen;
	const char *token_file;
	const char *tls_cert;
	const char *tls_key;
	const char *client_ca;
	bool allow_remote;
	enum group_by group_by;
	uint32_t max_series;
	bool expose_paths;
	bool bpf_stats;
	char **argv;
};

/** struct command - a command of vmascope; all of them are in main.c's table */
struct command {
	const char *name;
	const char *args_doc;
	const char *summary;
	const char *doc;
	unsigned int groups;
	int (*run)(struct options *o);
};

/**
 * options__parse - the command line of @cmd; ends the process after --help or a usage error
 * Return: 0, or an exit status after an error message.
 */
int options__parse(const struct command *cmd, int argc, char **argv, struct options *o);
void options__free(struct options *o);

/**
 * options__output - open the output
 * Return: 0, or a negative errno after an error message.
 */
int options__output(const struct options *o, struct out_options *out);

/** options__close_output - Return: 0, or the negative errno of a failed write, told. */
int options__close_output(struct out_options *out, int err);

int cmd_stat(struct options *o);
int cmd_trace(struct options *o);
int cmd_shootdown(struct options *o);
int cmd_serve(struct options *o);
int cmd_doctor(struct options *o);
int cmd_explain(struct options *o);

#endif /* VMASCOPE_CMD_OPTIONS_H */
