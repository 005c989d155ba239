/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture.h - a live capture: programs loaded and attached, slots and counters mapped, the ring
 * read. What it gives the model is what a recording gives it too.
 */
#ifndef VMASCOPE_CAPTURE_CAPTURE_H
#define VMASCOPE_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "capture/hooks.h"
#include "events.h"

/** Slots by default, at most: VMAs and process images that can be counted at one time. */
#define CAPTURE_DEFAULT_SLOTS 32768u
/** With many CPUs there are fewer by default: not more counters than this, bytes. */
#define CAPTURE_SLOTS_BUDGET (128u << 20)
#define CAPTURE_LEAST_SLOTS 4096u
#define CAPTURE_MIN_SLOTS 64u
#define CAPTURE_MAX_SLOTS (1u << 22)
/** Latency histograms by default, at most: one for each process and cause of its faults. */
#define CAPTURE_DEFAULT_HISTS 2048u
#define CAPTURE_HISTS_BUDGET (16u << 20)
#define CAPTURE_LEAST_HISTS 256u
#define CAPTURE_MIN_HISTS 64u
/** Places in the map of addresses, where one is asked for: 2 MiB of a VMA each. */
#define CAPTURE_HEAT_ENTRIES 16384u
/** Rows of calls: processes times calls, and what else they are told apart by. */
#define CAPTURE_CALL_ROWS 16384u
/** Nodes of trees of ranges that calls took away or changed: of 256 KiB, mostly, and 240 bytes each. */
#define CAPTURE_RANGES 131072u
/** Pairs of processes and CPUs that interrupted each other. */
#define CAPTURE_PAIRS 16384u
/** Stacks that are told apart at one time, by default, of 1.5 KiB each. */
#define CAPTURE_STACKS 16384u
#define CAPTURE_MIN_STACKS 16u
/** Stacks that are told apart in all, for each row. */
#define CAPTURE_STACKS_SHARE 8u
#define CAPTURE_MAX_STACKS (1u << 20)
/** Of each stack that is copied to be unwound in user space, by default, bytes. */
#define CAPTURE_SAMPLE_BYTES (16u << 10)
/** Ring buffer for event streams by default, bytes. */
#define CAPTURE_DEFAULT_RING (8u << 20)
/** The same where no event is to be lost at the highest rate: about a second of it, on one CPU. */
#define CAPTURE_RECORD_RING (64u << 20)

/**
 * struct capture_options - who and what; part of the options of a command line
 * @ids: processes, or threads if @threads; none: everything that the filters let by
 * @nr_ids: how many
 * @threads: @ids are thread ids
 * @command: a command will be run: only it (and @ids) is traced
 * @uid: real user id, or -1
 * @comm: command name of the process, or NULL
 * @cgroup_fd: of a cgroup's directory, or -1; its id is in @bpf
 * @only: enum vs_outcome, or -1 for all
 * @emit_calls: stream every memory call; @emit_shootdowns: every flush and every interrupt by one
 * @emit_ipis: stream every interrupt by a flush, and no flush
 * @shootdowns: count memory calls, flushes, who interrupts whom, and the faults that follow calls
 * @call_stacks: of calls in their records
 * @nr_slots: a power of two, or 0: by the number of CPUs
 * @nr_hists: same
 * @nr_stacks: a power of two, or 0: as many as by default
 * @ring_bytes: a power of two, at least a page
 * @bpf: what BPF is told as it stands here: @follow, @causes, @cgroup_id; @emit_faults,
 *	@longest_calls, @longest_of_vmas, @crash, which also streams memory calls; @vma_hists, @heat;
 *	@call_vma, @call_site, @call_tid, @call_stack; @user_stacks, @kernel_stacks, @fault_stacks,
 *	@stack_vma, @sample_bytes. The rest of it is filled in by capture__open().
 */
struct capture_options {
	pid_t *ids;
	size_t nr_ids;
	bool threads;
	bool command;
	int64_t uid;
	const char *comm;
	int cgroup_fd;
	int only;
	bool emit_calls;
	bool emit_shootdowns;
	bool emit_ipis;
	bool shootdowns;
	bool call_stacks;
	uint32_t nr_slots;
	uint32_t nr_hists;
	uint32_t nr_stacks;
	uint32_t ring_bytes;
	struct vs_config bpf;
};

struct capture;

/** capture_event_fn - called for each ring record, in the ring's order. */
typedef void (*capture_event_fn)(void *ctx, const struct vs_event *event);

/** capture_thread_fn - called for each traced thread. */
typedef void (*capture_thread_fn)(void *ctx, const struct vs_thread *thread);

/**
 * capture__open - load and attach; -p and -t targets are marked, and counted from here on
 * @out: result
 * @o: options
 * @fn: receives events; @ctx: its first argument
 * Return: 0, or a negative errno after an error message.
 */
int capture__open(struct capture **out, const struct capture_options *o, capture_event_fn fn,
		  void *ctx);

/**
 * capture__add_child - trace @pid, vmascope's own child, from its exec on
 * Return: 0, or a negative errno after an error message.
 */
int capture__add_child(struct capture *c, pid_t pid);

/** capture__start_ns - when counting began, CLOCK_MONOTONIC. */
uint64_t capture__start_ns(const struct capture *c);

/** capture__fd - readable when events wait; for epoll. */
int capture__fd(const struct capture *c);

/**
 * capture__consume - hand the events that wait now to the callback
 * @until_ns: but end then (CLOCK_MONOTONIC), as handling them may take long
 * Return: 0; -EAGAIN: the time was over, and more of them wait; or another negative errno.
 */
int capture__consume(struct capture *c, uint64_t until_ns);

/**
 * capture__drop_rest - take the events that still wait out of the ring, after capture__detach()
 *
 * Those that were asked for count as lost; the callback gets the others.
 */
void capture__drop_rest(struct capture *c);

/** capture__streams - records of @type (enum vs_event_type) were asked for. */
bool capture__streams(const struct capture *c, uint32_t type);

/**
 * capture__end_interval - from now on, capture__threads() counts the time of faults in flight
 * @at_ns: up to then, CLOCK_MONOTONIC
 *
 * Without it, the time of a fault counts when it ends.
 */
void capture__end_interval(struct capture *c, uint64_t at_ns);

/** capture__threads - call @fn for each traced thread that lives. Return: 0 or -errno. */
int capture__threads(struct capture *c, capture_thread_fn fn, void *ctx);

/**
 * capture__detach - take the hooks away, and account for what is pending
 * @fn: called for each traced thread that lives; NULL: nobody wants to know
 *
 * After it all counters stand still, and no more events come; those that wait can be read.
 */
void capture__detach(struct capture *c, capture_thread_fn fn, void *ctx);

/** capture__close - free everything; NULL is fine. */
void capture__close(struct capture *c);

/**
 * capture__each_program - call @fn for each loaded program, with its name and descriptor
 * Return: 0, or the first value of @fn that is not 0.
 */
int capture__each_program(const struct capture *c, int (*fn)(void *ctx, const char *name, int fd),
			  void *ctx);

/** capture__variant - the variant in use for @id, NULL if none. */
const struct hook_variant *capture__variant(const struct capture *c, enum hook_id id);

/** capture__nr_slots - sizes of maps: slots, possible CPUs that have counters, histograms. */
uint32_t capture__nr_slots(const struct capture *c);
uint32_t capture__nr_cpus(const struct capture *c);
uint32_t capture__nr_hists(const struct capture *c);

/** capture__slot - what slot @index stands for, as it is now. */
const volatile struct vs_slot *capture__slot(const struct capture *c, uint32_t index);

/**
 * capture__counts - the counters of slot @index on @cpu, as they are now
 * @counts: a copy, made until two in a row are equal, so that no fault is in one half of it only
 */
void capture__counts(const struct capture *c, uint32_t cpu, uint32_t index,
		     struct vs_counts *counts);

/** capture__hist_valid - @hist is the number of a histogram that is not shared. */
bool capture__hist_valid(const struct capture *c, uint32_t hist);

/** capture__hist_add - add histogram @hist, over all CPUs, to @sum. */
void capture__hist_add(const struct capture *c, uint32_t hist, struct vs_hist *sum);

/** capture__hist_give_back - histogram @hist, of a retired slot and read, may be taken again. */
void capture__hist_give_back(struct capture *c, uint32_t hist);

/**
 * capture__next_taken - the next slot that BPF took since the last call
 * Return: its number, or 0: none.
 */
uint32_t capture__next_taken(struct capture *c);

/** capture__free_slots - slots that are not taken. */
uint32_t capture__free_slots(const struct capture *c);

/**
 * capture__watch - from now on, keep the latencies of the VMA of @slot by cause, and of no other
 * @slot: 0: of none
 */
void capture__watch(struct capture *c, uint32_t slot, uint32_t generation);

/** capture__watched_add - add those of faults of @cause in that VMA to @sum. */
void capture__watched_add(const struct capture *c, int cause, struct vs_hist *sum);

/** capture__free_hists - histograms that are not taken. */
uint32_t capture__free_hists(const struct capture *c);

/** capture__choose - whether --vma asks for the VMA in slot @index: else none of its faults are streamed */
void capture__choose(struct capture *c, uint32_t index, bool chosen);

/**
 * capture__retire - begin to take slots back: nothing new is counted in them from now on
 * @slots: their numbers; all of VMAs or processes that are gone
 * @nr: how many
 *
 * After it their counters stand still; capture__give_back() makes them free.
 */
void capture__retire(struct capture *c, const uint32_t *slots, size_t nr);

/** capture__give_back - slot @index, retired and read, may be taken again. */
void capture__give_back(struct capture *c, uint32_t index);

/**
 * capture__heat - read the map of addresses: what has been counted so far
 * @keys: and @faults: room for CAPTURE_HEAT_ENTRIES
 * @nr: how many there are
 * Return: 0 or a negative errno.
 */
int capture__heat(const struct capture *c, struct vs_heat_key *keys, uint64_t *faults,
		  uint32_t *nr);

/* --- stacks, where they are asked for (stacks.c) --- */

/**
 * capture__recycles_stacks - rows of stacks may be taken back while their processes live: they come
 *	again. Not where rows of memory calls are told apart by them.
 */
bool capture__recycles_stacks(const struct capture *c);

/** capture__nr_stacks - rows, those of enum vs_stack_special included; 1: none was asked for. */
uint32_t capture__nr_stacks(const struct capture *c);

/** capture__stack - row @index, as it is now. */
const struct vs_stack_row *capture__stack(const struct capture *c, uint32_t index);

/** capture__next_stack - the next row that BPF took since the last call. Return: or 0: none. */
uint32_t capture__next_stack(struct capture *c);

/** capture__free_stacks - rows that are not taken. */
uint32_t capture__free_stacks(const struct capture *c);

/** capture__retire_stacks - as capture__retire_call_rows(). */
void capture__retire_stacks(struct capture *c, const uint32_t *rows, size_t nr);

/** capture__give_back_stack - row @index, retired and read, may be taken again. */
void capture__give_back_stack(struct capture *c, uint32_t index);

/* --- memory calls and shootdowns, where they are counted (calls.c) --- */

/** capture__nr_call_rows - row 0 included, which counts what found no other. */
uint32_t capture__nr_call_rows(const struct capture *c);

/** capture__call_row - row @index, as it is now. */
const struct vs_call_row *capture__call_row(const struct capture *c, uint32_t index);

/** capture__next_call_row - the next row that BPF took since the last call. Return: or 0: none. */
uint32_t capture__next_call_row(struct capture *c);

/** capture__free_call_rows - rows that are not taken. */
uint32_t capture__free_call_rows(const struct capture *c);

/**
 * capture__retire_call_rows - nothing new is counted in these rows from now on
 *
 * After it they stand still; capture__give_back_call_row() makes them free.
 */
void capture__retire_call_rows(struct capture *c, const uint32_t *rows, size_t nr);

/** capture__give_back_call_row - row @index, retired and read, may be taken again. */
void capture__give_back_call_row(struct capture *c, uint32_t index);

/** capture__call_hist - the histogram of a class of calls, over all CPUs, into @sum. */
void capture__call_hist(const struct capture *c, uint32_t class, enum vs_call_time time,
			struct vs_hist *sum);

/** capture__sweep_ranges - processes that are gone make room for others' ranges, if it is wanted. */
void capture__sweep_ranges(const struct capture *c);

/** capture__longest_lost - records of calls that may be among the longest, lost since the ring was full */
uint64_t capture__longest_lost(const struct capture *c);

/** capture__shootdowns - totals, the sum over CPUs. */
void capture__shootdowns(const struct capture *c, struct vs_shootdowns *sum);

/**
 * capture__pairs - who interrupted whom
 * @keys, @pairs: set, to be freed; @nr: how many
 * Return: 0 or a negative errno.
 */
int capture__pairs(const struct capture *c, struct vs_pair_key **keys, struct vs_pair **pairs,
		   uint32_t *nr);

/** capture__drop_pair - forget one; it may come back, from 0. */
void capture__drop_pair(const struct capture *c, const struct vs_pair_key *key);

/** capture__stats - BPF's own bookkeeping, the sum over CPUs. */
void capture__stats(const struct capture *c, struct vs_stats *sum);

/**
 * capture__file - the path of a mapped file
 * Return: 0, or -ENOENT if it was not taken down.
 */
int capture__file(const struct capture *c, const struct vs_file_key *key, struct vs_file *file);

/** capture__nr_files - paths that are kept; it walks the table. */
uint32_t capture__nr_files(const struct capture *c);

/** capture__forget_files - all of them; a file's is taken down again with its next VMA. */
void capture__forget_files(const struct capture *c);

#endif /* VMASCOPE_CAPTURE_CAPTURE_H */
