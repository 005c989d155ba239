/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - processes, their images and their VMAs, with what was counted of each.
 *
 * The model takes slots as they are (model__new_slot) and when they end (model__slot_ended); it
 * knows nothing of where they come from, so a recording feeds it as a live capture does.
 */
#ifndef VMASCOPE_MODEL_MODEL_H
#define VMASCOPE_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "model/hist.h"
#include "util/hash.h"

struct process;

/**
 * struct fault_row - what one slot counted: a VMA, or what a process image has outside any
 * @process: whose
 * @number: in the model, from 1 in the order in which rows were first seen
 * @is_vma: false: the image's faults without a VMA
 * @no_address, @lookup_missed, @no_slot: those, by reason (struct vs_proc_info)
 * @vma: identity and extent, if @is_vma
 * @image: number of the process image; the kernel uses the address of an mm again
 * @name: as people know it: path, [heap], …
 * @slot: while it is counting, else 0; @generation: of that slot
 * @former: the slot that it had last, of @generation, while it has none; else 0
 * @ended_ns: when it lost its last slot (CLOCK_MONOTONIC), 0: it never did
 * @earlier: what was counted in slots that it had before
 * @counts: all that was counted
 * @marked: what had been counted when the interval began
 * @latency: of its completed faults, where asked for; else NULL
 * @pinned: a row of BPF's memory calls names it: model__forget() keeps it once more
 * @gone: it stands for several that no slot counts any more (model__forget())
 */
struct fault_row {
	struct process *process;
	uint32_t number;
	bool is_vma;
	struct vs_vma_info vma;
	uint64_t image;
	uint64_t no_address;
	uint64_t lookup_missed;
	uint64_t no_slot;
	uint32_t slot;
	uint32_t former;
	uint32_t generation;
	uint64_t ended_ns;
	char *name;
	struct vs_counts earlier;
	struct vs_counts counts;
	struct vs_counts marked;
	struct latency *latency;
	bool pinned;
	bool gone;
};

/**
 * struct process - a process, over all its images
 * @number: in the model, from 1 in the order in which processes were first seen; never used again
 * @pid: in the initial pid namespace; @start_ns: with it, its identity
 * @comm: latest command name
 * @cgroup_name: path below the cgroup v2 root, NULL if not known
 * @exited: it has ended; @ended_ns: when the model detected it (CLOCK_MONOTONIC)
 * @base_minor, @base_major: the kernel's counts of the command's first task at its exec
 * @latency: by cause; NULL where none was measured
 * @rows: its VMAs and its images' faults without one
 * @nr_slots: rows that have one; @settled: none had one when the counts were set last
 * @exported: what somebody who wants differences has taken over of it; freed with it
 * @busy: model__forget() keeps it; @watched: and all its rows
 */
struct process {
	uint32_t number;
	uint32_t pid;
	uint32_t ppid;
	uint32_t uid;
	uint64_t start_ns;
	uint64_t cgroup;
	char *cgroup_name;
	char comm[VS_COMM_LEN];
	bool exited;
	uint64_t ended_ns;
	int exit_code;
	uint64_t base_minor;
	uint64_t base_major;
	struct latency *latency[VS_NR_CAUSES];
	struct fault_row **rows;
	size_t nr_rows;
	size_t nr_slots;
	bool settled;
	void *exported;
	bool busy;
	bool watched;
};

/**
 * struct cpu_counts - what was counted on one CPU, over all slots
 * @ended: of slots that have been given back
 * @counts: all; @marked: when the interval began
 */
struct cpu_counts {
	struct vs_counts ended;
	struct vs_counts counts;
	struct vs_counts marked;
};

/**
 * struct model - all of it
 * @processes: in the order in which they were first seen
 * @nr_loose: rows that have lost their slot, and are not forgotten
 * @nr_numbered: processes ever; @nr_rows: rows ever, of all processes
 * @overflow: what was counted for no process (slot 0)
 * @nr_images: process images seen so far
 * @by_key: VMAs of one identity, so that one that gets another slot stays one row
 * @former: rows that have lost their slot, by that slot and its generation
 * @cpus: by CPU
 * @shared_latency: by cause, of processes for which no histogram was left
 * @ended: what model__forget() has added up, one of @processes; NULL: nothing yet
 * @keep_ns: of model__keep(): rows that lost their slot then or later are kept
 */
struct model {
	struct process **processes;
	size_t nr_processes;
	size_t nr_loose;
	uint32_t nr_numbered;
	uint32_t nr_rows;
	struct hash by_pid;
	struct hash by_key;
	struct hash former;
	struct fault_row **by_slot;
	uint32_t nr_slots;
	struct fault_row overflow;
	uint64_t nr_images;
	struct cpu_counts *cpus;
	uint32_t nr_cpus;
	struct latency shared_latency[VS_NR_CAUSES];
	struct process *ended;
	uint64_t keep_ns;
};

/** model__init - Return: 0 or -ENOMEM. */
int model__init(struct model *m, uint32_t nr_slots, uint32_t nr_cpus);
void model__free(struct model *m);

/**
 * model__new_slot - a slot has been filled
 * @index: its number
 * @slot: what it stands for
 * @file: its file's path, NULL if it has none or it is not known
 *
 * Return: 0; -EAGAIN if its process image is not known yet; -ESTALE if that is gone; -ENOMEM.
 */
int model__new_slot(struct model *m, uint32_t index, const struct vs_slot *slot,
		    const struct vs_file *file);

/**
 * model__row - what slot @slot stood for in its generation @generation
 *
 * Also of a slot that has been given back since: records are read later than they were made.
 * Return: NULL: it has not been seen, or is forgotten.
 */
struct fault_row *model__row(const struct model *m, uint32_t slot, uint32_t generation);

/** model__update_process - take over what changes in a process image's slot. */
void model__update_process(struct model *m, uint32_t index, const struct vs_slot *slot);

/** model__update_counts - set what slot @index has counted on all CPUs. */
void model__update_counts(struct model *m, uint32_t index, const struct vs_counts *counts);

/** model__restart - before all counts are set anew: what ended slots counted is what there is. */
void model__restart(struct model *m);

/** model__slot_ended - slot @index is given back; what it counted stays. */
void model__slot_ended(struct model *m, uint32_t index);

/** model__mark - an interval begins. */
void model__mark(struct model *m);

/**
 * model__keep - choose what model__forget() keeps: processes that a slot counts for
 * @before_ns: and processes and rows whose end the model detected then or later
 * @watched: and this one, with all its rows; may be NULL
 */
void model__keep(struct model *m, uint64_t before_ns, const struct process *watched);

/**
 * model__keep_most - of the others, keep those with most faults, too, so that @max processes stay
 * Return: 0 or -ENOMEM.
 */
int model__keep_most(struct model *m, size_t max);

/**
 * model__goes - model__forget() is going to free @row, or will have freed its process
 * After model__keep(), shootdown__forget() and stacks__keep().
 */
bool model__goes(const struct model *m, const struct fault_row *row);

/**
 * model__ended - the process that stands for all that were forgotten: pid 0, "[ended]"
 * Return: NULL without memory.
 */
struct process *model__ended(struct model *m);

/** model__ended_row - its row of VMAs, or of what was outside any. Return: NULL without memory. */
struct fault_row *model__ended_row(struct model *m, bool is_vma);

/**
 * model__forget - what no slot counts any more is added up, and freed
 *
 * A process that is not @busy becomes part of model__ended(); of all others that live and are not
 * @watched the rows without a slot become one row "[unmapped]". So sums stay what they are, and
 * memory is bounded by the slots. No pointer to a row may be kept across it.
 * Return: 0 or -ENOMEM (then some of it is kept).
 */
int model__forget(struct model *m);

/** model__process - by pid, the latest one; NULL if there is none. */
struct process *model__process(const struct model *m, uint32_t pid);

/** counts_add - add @from to @to; latency_max_ns becomes the greater one. */
void counts_add(struct vs_counts *to, const struct vs_counts *from);

/** counts_sub - take @from, an earlier state, away from @to; latency_max_ns becomes 0 if it is not known. */
void counts_sub(struct vs_counts *to, const struct vs_counts *from);

/** counts_faults - all faults in @c. */
uint64_t counts_faults(const struct vs_counts *c);

/** counts_time - spent in all of them, ns: of one in flight, until the last interval ended */
uint64_t counts_time(const struct vs_counts *c);

/** counts_gup - those without a trap. */
uint64_t counts_gup(const struct vs_counts *c);

/** counts_access - those of @access, user and kernel mode. */
uint64_t counts_access(const struct vs_counts *c, enum vs_access access);

/** counts_kernel - those of kernel mode. */
uint64_t counts_kernel(const struct vs_counts *c);

/**
 * vma_name - the name of a VMA, as /proc/PID/maps has it, but for VS_SHARED_MEMORY
 * Return: to be freed, or NULL.
 */
char *vma_name(const struct vs_vma_info *vma, const struct vs_file *file);

/** vma_is_several - it stands for several VMAs, of a name or of a process: it has no address. */
bool vma_is_several(const struct vs_vma_info *vma);

/** outside_name - of what @row, which is no VMA, has counted: "[no VMA]", or why there is none */
const char *outside_name(const struct fault_row *row);

/** vma_perms - as in /proc/PID/maps, "????" where it is several VMAs; @perms holds 5 bytes. */
void vma_perms(uint64_t vm_flags, char *perms);

#endif /* VMASCOPE_MODEL_MODEL_H */
