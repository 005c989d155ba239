/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - what every document of a live command reports about its run: what was traced, for how
 * long, with which hooks, and what was lost.
 */
#ifndef VMASCOPE_VIEW_COMMON_RUN_H
#define VMASCOPE_VIEW_COMMON_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "events.h"
#include "table/rows.h"

/** Version of every JSON document; raised when a key changes its meaning or is removed. */
#define VIEW_SCHEMA 1

/** struct run_hook - a line of the header: the variant of a hook that was in use */
struct run_hook {
	const char *name;
	const char *variant;
	bool fallback;
};

/**
 * struct run_facts - facts of a run, or of an interval of it
 * @command: what was run or attached to, for display
 * @duration_ns: length of the interval or the run
 * @interval: number of the interval, from 1; 0: the whole run
 * @hooks: the @nr_hooks hooks
 * @latency_period: as in struct vs_config
 * @stats: statistics of the BPF programs
 * @nr_slots, @nr_stacks, @ring_bytes: sizes of the maps and of the ring buffer; 0: unknown
 */
struct run_facts {
	const char *command;
	uint64_t duration_ns;
	uint64_t interval;
	const struct run_hook *hooks;
	size_t nr_hooks;
	uint32_t latency_period;
	struct vs_stats stats;
	uint32_t nr_slots;
	uint32_t nr_stacks;
	size_t ring_bytes;
};

/** run_view__header - schema, command, interval, duration, hooks. */
void run_view__header(const struct run_facts *run, struct document *d);

/**
 * run_view__lost - the table of losses
 * @unattributed: faults that were attributed to no process
 */
void run_view__lost(const struct run_facts *run, uint64_t unattributed, struct document *d);

/**
 * run_view__print_limits - print a line for each hook variant in use that makes a figure less exact
 *
 * The variants themselves are shown by `doctor`, -v and JSON.
 */
void run_view__print_limits(const struct run_facts *run, FILE *f);

/** Size of a buffer for run_view__loss(). */
#define LOSS_LEN 512

/** run_view__loss - describe the loss @lost (enum vs_lost), with the option that avoids it. */
void run_view__loss(const struct run_facts *run, int lost, char *text, size_t size);

/** run_view__print_losses - print a line for each loss. */
void run_view__print_losses(const struct run_facts *run, FILE *f);

#endif /* VMASCOPE_VIEW_COMMON_RUN_H */
