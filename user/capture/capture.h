/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture.h - a live capture: programs loaded and attached, slots and counters mapped, the ring
 * read. It provides the model with the same data as a recording.
 */
#ifndef VMASCOPE_CAPTURE_CAPTURE_H
#define VMASCOPE_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "capture/hooks.h"
#include "events.h"

/** Maximum default number of slots: VMAs and process images counted at the same time. */
#define CAPTURE_DEFAULT_SLOTS 32768u
/** With many CPUs the default is smaller: the counters take at most this many bytes. */
#define CAPTURE_SLOTS_BUDGET (128u << 20)
#define CAPTURE_LEAST_SLOTS 4096u
#define CAPTURE_MIN_SLOTS 64u
#define CAPTURE_MAX_SLOTS (1u << 22)
/** Maximum default number of latency histograms: one for each process and cause of its faults. */
#define CAPTURE_DEFAULT_HISTS 2048u
#define CAPTURE_HISTS_BUDGET (16u << 20)
#define CAPTURE_LEAST_HISTS 256u
#define CAPTURE_MIN_HISTS 64u
/** Entries in the map of addresses, if it is requested: 2 MiB of a VMA each. */
#define CAPTURE_HEAT_ENTRIES 16384u
/** Rows of calls: processes times calls, and other distinctions. */
#define CAPTURE_CALL_ROWS 16384u
/**
 * Nodes of trees of ranges that calls unmapped or changed: mostly of 256 KiB, and 240 bytes each.
 */
#define CAPTURE_RANGES 131072u
/** Pairs of initiators and targets (processes and CPUs). */
#define CAPTURE_PAIRS 16384u
/** Default number of stacks that are distinguished at the same time, of 1.5 KiB each. */
#define CAPTURE_STACKS 16384u
#define CAPTURE_MIN_STACKS 16u
/** Stacks that are distinguished in total, for each row. */
#define CAPTURE_STACKS_SHARE 8u
#define CAPTURE_MAX_STACKS (1u << 20)
/** Default number of bytes copied of each stack that is unwound in user space. */
#define CAPTURE_SAMPLE_BYTES (16u << 10)
/** Default size of the ring buffer for event streams, bytes. */
#define CAPTURE_DEFAULT_RING (8u << 20)
/** The same if no event may be lost at the highest rate: about one second of events, on one CPU. */
#define CAPTURE_RECORD_RING (64u << 20)

/**
 * struct capture_options - what to trace and to count; part of the command line options
 * @ids: processes, or threads if @threads; none: every task that matches the filters
 * @nr_ids: how many
 * @threads: @ids are thread ids
 * @command: a command will be run: only that command (and @ids) is traced
 * @uid: real user id to match, or -1
 * @comm: command name of the process to match, or NULL
 * @cgroup_fd: descriptor of a cgroup's directory, or -1; its id is in @bpf
 * @only: enum vs_outcome, or -1 for all
 * @emit_calls: stream every memory call; @emit_shootdowns: stream every flush and its IPIs
 * @emit_ipis: stream every IPI of a flush, but no flush
 * @shootdowns: count memory calls, flushes, initiators and targets, and refaults
 * @call_stacks: include the stacks of calls in their records
 * @nr_slots: a power of two, or 0: depends on the number of CPUs
 * @nr_hists: same
 * @nr_stacks: a power of two, or 0: the default
 * @ring_bytes: a power of two, at least a page
 * @bpf: fields passed to BPF unchanged: @follow, @causes, @cgroup_id; @emit_faults,
 *	@longest_calls, @longest_of_vmas, @crash, which also streams memory calls; @vma_hists, @heat;
 *	@call_vma, @call_site, @call_tid, @call_stack; @user_stacks, @kernel_stacks, @fault_stacks,
 *	@stack_vma, @sample_bytes, @latency_period. capture__open() fills in the other fields.
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
 * capture__open - load and attach; -p and -t targets are marked, and are counted from here on
 * @out: result
 * @o: options
 * @fn: receives events; @ctx: its first argument
 * Return: 0, or a negative errno after an error message.
 */
int capture__open(struct capture **out, const struct capture_options *o, capture_event_fn fn,
		  void *ctx);

/**
 * capture__add_child - trace @pid, vmascope's own child, starting with its exec
 * Return: 0, or a negative errno after an error message.
 */
int capture__add_child(struct capture *c, pid_t pid);

/** capture__start_ns - when counting began, CLOCK_MONOTONIC. */
uint64_t capture__start_ns(const struct capture *c);

/** capture__fd - descriptor that is readable when events are pending; for epoll. */
int capture__fd(const struct capture *c);

/**
 * capture__may_sleep - to be called before waiting for capture__fd(): requests one wake-up
 * Return: false: enough events are pending, so that no wake-up would come for them (bpf/wake.h).
 */
bool capture__may_sleep(struct capture *c);

/**
 * capture__consume - pass pending events to the callback
 * @until_ns: stop at this time (CLOCK_MONOTONIC), as handling them may take long
 * Return: 0; -EAGAIN if the time was up and more events are pending; or another negative errno.
 */
int capture__consume(struct capture *c, uint64_t until_ns);

/**
 * capture__drop_rest - remove the pending events from the ring, after capture__detach()
 *
 * Requested events count as lost; the callback gets all others.
 */
void capture__drop_rest(struct capture *c);

/** capture__streams - records of @type (enum vs_event_type) were requested. */
bool capture__streams(const struct capture *c, uint32_t type);

/**
 * capture__end_interval - from now on, capture__threads() includes the time of faults in flight
 * @at_ns: end of the interval, CLOCK_MONOTONIC
 *
 * Without it, the time of a fault counts when it ends.
 */
void capture__end_interval(struct capture *c, uint64_t at_ns);

/** capture__threads - call @fn for each traced thread that is alive. Return: 0 or -errno. */
int capture__threads(struct capture *c, capture_thread_fn fn, void *ctx);

/**
 * capture__detach - detach the hooks, and account for pending faults
 * @fn: called for each traced thread that is alive; may be NULL
 *
 * Afterwards all counters are final, and no more events arrive; pending ones can be read.
 */
void capture__detach(struct capture *c, capture_thread_fn fn, void *ctx);

/** capture__close - free everything; @c may be NULL. */
void capture__close(struct capture *c);

/**
 * capture__each_program - call @fn for each loaded program, with its name and descriptor
 * Return: 0, or the first nonzero value that @fn returned.
 */
int capture__each_program(const struct capture *c, int (*fn)(void *ctx, const char *name, int fd),
			  void *ctx);

/** capture__variant - the variant of hook @id in use, NULL if there is none. */
const struct hook_variant *capture__variant(const struct capture *c, enum hook_id id);

/** capture__nr_cpus - number of possible CPUs, which have counters. */
uint32_t capture__nr_cpus(const struct capture *c);

/* --- slots, histograms, rows of calls, rows of stacks: taken by BPF, and given back --- */

/**
 * capture__nr - size of a map, including what is never free: slot 0, the histograms that are shared,
 *	row 0, which counts calls without a row, and enum vs_stack_special
 */
uint32_t capture__nr(const struct capture *c, enum free_kind kind);

/** capture__nr_free - number of free ones. */
uint32_t capture__nr_free(const struct capture *c, enum free_kind kind);

/** capture__next_taken - the next one that BPF has taken since the last call. Return: 0 if none. */
uint32_t capture__next_taken(struct capture *c, enum free_kind kind);

/** capture__slot - the current description of slot @index. */
const volatile struct vs_slot *capture__slot(const struct capture *c, uint32_t index);

/**
 * capture__counts - the current counters of slot @index on @cpu
 * @counts: a copy, repeated until two in a row are equal, so that it has no half-counted fault
 */
void capture__counts(const struct capture *c, uint32_t cpu, uint32_t index,
		     struct vs_counts *counts);

/** capture__hist_valid - @hist is the number of a histogram that is not shared. */
bool capture__hist_valid(const struct capture *c, uint32_t hist);

/** capture__hist_add - add histogram @hist, over all CPUs, to @sum. */
void capture__hist_add(const struct capture *c, uint32_t hist, struct vs_hist *sum);

/** capture__hist_give_back - free histogram @hist of a retired slot, which has been read. */
void capture__hist_give_back(struct capture *c, uint32_t hist);

/**
 * capture__watch - from now on, keep the latencies by cause of the VMA of @slot, and of no other
 * @slot: 0 for no VMA
 */
void capture__watch(struct capture *c, uint32_t slot, uint32_t generation);

/** capture__watched_add - add the latencies of faults of @cause in that VMA to @sum. */
void capture__watched_add(const struct capture *c, int cause, struct vs_hist *sum);

/** capture__choose - set whether --vma matches slot @index; if not, its faults are not streamed */
void capture__choose(struct capture *c, uint32_t index, bool chosen);

/**
 * capture__retire - start to reclaim slots: nothing is counted in them from now on
 * @slots: their numbers; all belong to VMAs or processes that are gone
 * @nr: how many
 *
 * Afterwards their counters are final; capture__give_back() frees them.
 */
void capture__retire(struct capture *c, const uint32_t *slots, size_t nr);

/** capture__give_back - free slot @index, which has been retired and read. */
void capture__give_back(struct capture *c, uint32_t index);

/**
 * capture__heat - read the current map of addresses
 * @keys: and @faults: room for CAPTURE_HEAT_ENTRIES
 * @nr: set to the number of entries
 * Return: 0 or a negative errno.
 */
int capture__heat(const struct capture *c, struct vs_heat_key *keys, uint64_t *faults,
		  uint32_t *nr);

/* --- stacks, if they are requested (stacks.c) --- */

/**
 * capture__recycles_stacks - rows of stacks may be reclaimed while their processes are alive: they
 *	are found again. Not if rows of memory calls are distinguished by stack.
 */
bool capture__recycles_stacks(const struct capture *c);

/** capture__stack - current contents of row @index. */
const struct vs_stack_row *capture__stack(const struct capture *c, uint32_t index);

/** capture__retire_stacks - as capture__retire_call_rows(), for rows of stacks. */
void capture__retire_stacks(struct capture *c, const uint32_t *rows, size_t nr);

/** capture__give_back_stack - free row @index, which has been retired and read. */
void capture__give_back_stack(struct capture *c, uint32_t index);

/* --- memory calls and shootdowns, if they are counted (calls.c) --- */

/** capture__call_row - current contents of row @index. */
const struct vs_call_row *capture__call_row(const struct capture *c, uint32_t index);

/**
 * capture__retire_call_rows - nothing is counted in these rows from now on
 *
 * Afterwards their counters are final; capture__give_back_call_row() frees them.
 */
void capture__retire_call_rows(struct capture *c, const uint32_t *rows, size_t nr);

/** capture__give_back_call_row - free row @index, which has been retired and read. */
void capture__give_back_call_row(struct capture *c, uint32_t index);

/** capture__call_hist - add the histogram of a class of calls, over all CPUs, to @sum. */
void capture__call_hist(const struct capture *c, uint32_t class, enum vs_call_time time,
			struct vs_hist *sum);

/** capture__sweep_ranges - free the ranges of processes that are gone, if requested by BPF. */
void capture__sweep_ranges(const struct capture *c);

/** capture__longest_lost - records of possibly longest calls, lost because the ring was full */
uint64_t capture__longest_lost(const struct capture *c);

/** capture__shootdowns - totals, the sum over CPUs. */
void capture__shootdowns(const struct capture *c, struct vs_shootdowns *sum);

/**
 * capture__pairs - read the pairs of initiators and targets
 * @keys, @pairs: set, to be freed; @nr: set to their number
 * Return: 0 or a negative errno.
 */
int capture__pairs(const struct capture *c, struct vs_pair_key **keys, struct vs_pair **pairs,
		   uint32_t *nr);

/** capture__drop_pair - delete a pair; it may appear again, starting from 0. */
void capture__drop_pair(const struct capture *c, const struct vs_pair_key *key);

/** capture__stats - BPF's statistics, the sum over CPUs. */
void capture__stats(const struct capture *c, struct vs_stats *sum);

/**
 * capture__file - the path of a mapped file
 * Return: 0, or -ENOENT if it was not recorded.
 */
int capture__file(const struct capture *c, const struct vs_file_key *key, struct vs_file *file);

/** capture__nr_files - number of paths that are kept; walks the table. */
uint32_t capture__nr_files(const struct capture *c);

/** capture__forget_files - delete all paths; each is recorded again with its file's next VMA. */
void capture__forget_files(const struct capture *c);

#endif /* VMASCOPE_CAPTURE_CAPTURE_H */
