/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * maps.bpf.h - the types of all maps; maps.bpf.c defines them. Sizes that depend on the machine
 * or on options are set before loading.
 */
#ifndef VMASCOPE_MAPS_BPF_H
#define VMASCOPE_MAPS_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "state.bpf.h"

struct map_tasks {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
};

/* [cpu * cfg.nr_slots + slot]: CPUs share no cache line on the fault path */
struct map_counts {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_counts);
};

struct map_slots {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_slot);
};

/* by enum free_kind */
struct map_free_ring {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, NR_FREE);
	__type(key, u32);
	__type(value, struct vs_slot_ring);
};

struct map_free_slots {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
};

struct map_free_hists {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
};

struct map_free_call_rows {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
};

/* [cpu * nr_hists + hist] */
struct map_hists {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_hist);
};

/* taken and not used, by CPU and enum free_kind */
struct map_spare_slot {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NR_FREE);
	__type(key, u32);
	__type(value, u64);
};

struct map_vmas {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct vs_vma_key);
	__type(value, u32);
};

struct map_procs {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct proc_entry);
};

struct map_files {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, VS_FILES);
	__type(key, struct vs_file_key);
	__type(value, struct vs_file);
};

/** struct location - a copy of a struct path of the kernel: no CO-RE */
struct location {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

/**
 * struct file_scratch - buffer in which a path is assembled, one for each CPU
 * @at: whose name comes next
 */
struct file_scratch {
	struct location at;
	u64 busy;
	struct vs_file_key key;
	struct vs_file file;
};

struct map_file_scratch {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct file_scratch);
};

/* faults by address, in units of 2 MiB; one entry only if this map was not requested */
struct map_heat {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct vs_heat_key);
	__type(value, u64);
};

struct map_call_rows {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_call_row);
};

struct map_free_stacks {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
};

struct map_stack_rows {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_stack_row);
};

struct map_stack_index {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct vs_stack_key);
	__type(value, u32);
};

/** struct stack_scratch - buffer for a task's stack, which does not fit on the BPF stack */
struct stack_scratch {
	struct vs_stack_key key;
	struct vs_frames frames;
};

struct map_stack_scratches {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct stack_scratch);
};

struct map_call_index {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct vs_call_key);
	__type(value, u32);
};

/* [class * VS_NR_CALL_TIMES + time] */
struct map_call_hists {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_hist);
};

/* by CPU; also read by other CPUs */
struct map_cpu_flushes {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct cpu_flush);
};

/* by address of the kernel's call_single_data: one for each pair of CPUs */
struct map_sent_ipis {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u64);
	__type(value, struct sent_ipi);
};

struct map_pairs {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct vs_pair_key);
	__type(value, struct vs_pair);
};

struct map_ranges {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct range_key);
	__type(value, struct range_node);
};

/* by slot of the process image */
struct map_range_procs {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct range_proc);
};

struct map_shootdowns {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_shootdowns);
};

struct map_stats {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_stats);
};

struct map_events {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

/* process or thread ids to be marked as targets, read by the task iterator; value: flags */
struct map_targets {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
};

struct map_cgroup_filter {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
};

#ifndef VMASCOPE_DEFINE_MAPS
#define VMASCOPE_MAP(name) extern struct map_##name name SEC(".maps")
#else
#define VMASCOPE_MAP(name) struct map_##name name SEC(".maps")
#endif

VMASCOPE_MAP(tasks);
VMASCOPE_MAP(counts);
VMASCOPE_MAP(slots);
VMASCOPE_MAP(free_ring);
VMASCOPE_MAP(free_slots);
VMASCOPE_MAP(free_hists);
VMASCOPE_MAP(hists);
VMASCOPE_MAP(spare_slot);
VMASCOPE_MAP(vmas);
VMASCOPE_MAP(procs);
VMASCOPE_MAP(files);
VMASCOPE_MAP(file_scratch);
VMASCOPE_MAP(heat);
VMASCOPE_MAP(free_call_rows);
VMASCOPE_MAP(call_rows);
VMASCOPE_MAP(free_stacks);
VMASCOPE_MAP(stack_rows);
VMASCOPE_MAP(stack_index);
VMASCOPE_MAP(stack_scratches);
VMASCOPE_MAP(call_index);
VMASCOPE_MAP(call_hists);
VMASCOPE_MAP(cpu_flushes);
VMASCOPE_MAP(sent_ipis);
VMASCOPE_MAP(pairs);
VMASCOPE_MAP(ranges);
VMASCOPE_MAP(range_procs);
VMASCOPE_MAP(shootdowns);
VMASCOPE_MAP(stats);
VMASCOPE_MAP(events);
VMASCOPE_MAP(targets);
VMASCOPE_MAP(cgroup_filter);

#ifndef VMASCOPE_DEFINE_MAPS
extern const volatile struct vs_config cfg;
extern struct vs_ring_wake ring_wake;
#endif

#endif /* VMASCOPE_MAPS_BPF_H */
