/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - processes, their images and their VMAs, with their counts.
 *
 * The model gets new slots (model__new_slot) and their end (model__slot_ended); it
 * does not depend on their source, so a recording can be used like a live capture.
 */
#ifndef VMASCOPE_MODEL_MODEL_H
#define VMASCOPE_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "model/hist.h"
#include "model/owner.h"
#include "util/hash.h"

struct process;

/**
 * struct fault_row - counts of a VMA, or of a process image outside any VMA
 * @process: process of the row
 * @number: in the model, from 1 in the order in which rows were first seen
 * @is_vma: false: the image's faults without a VMA
 * @no_address, @lookup_missed, @no_slot: these faults, by reason (struct vs_proc_info)
 * @vma: identity and extent, if @is_vma
 * @image: number of the process image; the kernel reuses the address of an mm
 * @name: the kernel's: path, [heap], …; displayed is fault_row__name(); @path: of its file, if that is not displayed, but needed to
 *	read symbols; else NULL
 * @slot: its slot, 0 if it has none; @generation: generation of that slot
 * @former: the last slot, with @generation, while it has none; else 0
 * @ended_ns: when it lost its last slot (CLOCK_MONOTONIC), 0: never
 * @owner: what its memory is used for
 * @earlier: counts of the slots that it had before
 * @counts: total
 * @marked: counts when the interval began
 * @latency: of its completed faults, if requested; else NULL
 * @pinned: a row of BPF's memory calls refers to it: model__forget() keeps it once more
 * @gone: it stands for several rows without a slot (model__forget())
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
	char *path;
	struct vma_owner owner;
	struct vs_counts earlier;
	struct vs_counts counts;
	struct vs_counts marked;
	struct latency *latency;
	bool pinned;
	bool gone;
};

/**
 * struct process - a process, with all its images
 * @number: in the model, from 1 in the order in which processes were first seen; never reused
 * @pid: in the initial pid namespace; @start_ns: identifies the process together with it
 * @comm: latest command name
 * @cgroup_name: path below the cgroup v2 root, NULL if unknown
 * @exited: it has ended; @ended_ns: when the model detected it (CLOCK_MONOTONIC)
 * @base_minor, @base_major: the kernel's counts of the command's first task at its exec
 * @latency: by cause; NULL if none was measured
 * @rows: its VMAs, and its images' faults without a VMA
 * @nr_slots: number of rows with a slot; @settled: there was none when the counts were last set
 * @exported: part of its counts that has been exported as differences; freed with it
 * @look_ns: owners of its VMAs are not looked for before that time (CLOCK_MONOTONIC)
 * @busy: model__forget() keeps it; @watched: it also keeps all its rows
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
	uint64_t look_ns;
	bool busy;
	bool watched;
};

/**
 * struct cpu_counts - counts of one CPU, over all slots
 * @ended: counts of slots that have been given back
 * @counts: total; @marked: counts when the interval began
 */
struct cpu_counts {
	struct vs_counts ended;
	struct vs_counts counts;
	struct vs_counts marked;
};

/**
 * struct model - all processes and counts
 * @processes: in the order in which they were first seen
 * @nr_loose: number of rows that have lost their slot, and are not forgotten
 * @nr_numbered: number of processes ever created; @nr_rows: number of rows ever, of all processes
 * @overflow: counts without a process (slot 0)
 * @nr_images: number of process images seen so far
 * @by_key: VMAs by identity, so that one that gets another slot stays one row
 * @former: rows that have lost their slot, by that slot and its generation
 * @cpus: by CPU
 * @shared_latency: by cause, for processes for which no histogram was left
 * @ended: sum over all that model__forget() has freed, one of @processes; NULL: nothing yet
 * @keep_ns: of model__keep(): rows that lost their slot at that time or later are kept
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
 * model__new_slot - add a slot that has been filled
 * @index: its number
 * @slot: its description
 * @file: path of its file, NULL if it has none or it is unknown
 *
 * Return: 0; -EAGAIN if its process image is not known yet; -ESTALE if that is gone; -ENOMEM.
 */
int model__new_slot(struct model *m, uint32_t index, const struct vs_slot *slot,
		    const struct vs_file *file);

/**
 * model__row - the row of slot @slot at generation @generation
 *
 * Also for a slot that has been given back since: records are read later than they were made.
 * Return: the row; NULL if it has not been seen, or is forgotten.
 */
struct fault_row *model__row(const struct model *m, uint32_t slot, uint32_t generation);

/** model__update_process - update the variable fields of a process image's slot. */
void model__update_process(struct model *m, uint32_t index, const struct vs_slot *slot);

/** model__update_counts - set the counts of slot @index on all CPUs. */
void model__update_counts(struct model *m, uint32_t index, const struct vs_counts *counts);

/** model__restart - reset to the counts of slots that have ended, before all are set again. */
void model__restart(struct model *m);

/** model__slot_ended - slot @index is given back; its counts are kept. */
void model__slot_ended(struct model *m, uint32_t index);

/** model__mark - an interval begins. */
void model__mark(struct model *m);

/**
 * model__keep - choose what model__forget() keeps: processes with a slot in use
 * @before_ns: also processes and rows whose end the model detected at that time or later
 * @watched: also this process, with all its rows; may be NULL
 */
void model__keep(struct model *m, uint64_t before_ns, const struct process *watched);

/**
 * model__keep_most - also keep those of the other processes with most faults, up to @max in total
 * Return: 0 or -ENOMEM.
 */
int model__keep_most(struct model *m, size_t max);

/**
 * model__goes - model__forget() is going to free @row, or will have freed its process
 * To be called after model__keep(), shootdown__forget() and stacks__keep().
 */
bool model__goes(const struct model *m, const struct fault_row *row);

/**
 * model__ended - the process that stands for all forgotten ones: pid 0, "[ended]"
 * Return: NULL without memory.
 */
struct process *model__ended(struct model *m);

/** model__ended_row - its row for VMAs, or for faults outside any. Return: NULL without memory. */
struct fault_row *model__ended_row(struct model *m, bool is_vma);

/**
 * model__forget - sum up and free everything without a slot in use
 *
 * A process that is not @busy is merged into model__ended(); for all other processes that are alive
 * and not @watched, rows without a slot are merged into one row "[unmapped]". So sums are
 * unchanged, and memory is bounded by the number of slots. Pointers to rows are invalid afterwards.
 * Return: 0 or -ENOMEM (then some rows are kept).
 */
int model__forget(struct model *m);

/** model__process - the latest process with this pid; NULL if there is none. */
struct process *model__process(const struct model *m, uint32_t pid);

/** counts_timed - the time in faults is known: of some of those that completed, or none did */
bool counts_timed(const struct vs_counts *c);

/** counts_add - add @from to @to; latency_max_ns becomes the greater value. */
void counts_add(struct vs_counts *to, const struct vs_counts *from);

/** counts_sub - subtract @from, an earlier state, from @to; latency_max_ns becomes 0 if unknown. */
void counts_sub(struct vs_counts *to, const struct vs_counts *from);

/** counts_faults - number of all faults in @c. */
uint64_t counts_faults(const struct vs_counts *c);

/** counts_time - time in all faults, ns; for one in flight, until the end of the last interval */
uint64_t counts_time(const struct vs_counts *c);

/** counts_gup - number of kernel-initiated faults. */
uint64_t counts_gup(const struct vs_counts *c);

/** counts_access - number of faults with @access, user and kernel mode. */
uint64_t counts_access(const struct vs_counts *c, enum vs_access access);

/** counts_kernel - number of faults in kernel mode. */
uint64_t counts_kernel(const struct vs_counts *c);

/**
 * vma_name - the name of a VMA, as in /proc/PID/maps, except VS_SHARED_MEMORY
 * Return: to be freed, or NULL.
 */
char *vma_name(const struct vs_vma_info *vma, const struct vs_file *file);

/** vma_is_several - it stands for several VMAs, of one name or process: it has no address. */
bool vma_is_several(const struct vs_vma_info *vma);

/** outside_name - name of @row, which is no VMA: "[no VMA]", or the reason why there is none */
const char *outside_name(const struct fault_row *row);

/** vma_perms - as in /proc/PID/maps, "????" if it stands for several VMAs; @perms holds 5 bytes. */
void vma_perms(uint64_t vm_flags, char *perms);

#endif /* VMASCOPE_MODEL_MODEL_H */
