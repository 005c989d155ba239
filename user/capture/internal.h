/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * internal.h - data shared by capture.c (programs and hooks) and slots.c (shared maps).
 */
#ifndef VMASCOPE_CAPTURE_INTERNAL_H
#define VMASCOPE_CAPTURE_INTERNAL_H

#include "capture/free_list.h"
#include "capture/kernel_calls.h"

struct vmascope_bpf;
struct bpf_link;
struct bpf_program;
struct sw_event;
struct ring_buffer;
struct bpf_map;

struct capture {
	const struct kernel_calls *kernel;
	struct vmascope_bpf *skel;
	const struct hook_variant *variants[NR_HOOKS];
	struct bpf_link **links;
	size_t nr_links;
	struct sw_event *sw_events;
	size_t nr_sw_events;
	struct ring_buffer *ring;
	capture_event_fn fn;
	void *fn_ctx;
	uint32_t nr_slots;
	uint32_t nr_cpus;
	struct vs_slot *slots;
	struct vs_counts *counts;
	uint32_t nr_hists;
	struct vs_hist *hists;
	struct vs_slot_ring *free_ring;
	struct free_list free[NR_FREE]; /* by enum free_kind */
	uint64_t start_ns;
	uint32_t nr_targets; /* number of -p or -t targets, or of the command */
	uint32_t nr_heat;
	uint32_t nr_call_rows;
	uint32_t nr_ranges;
	uint32_t nr_pairs;
	struct vs_call_row *call_rows;
	uint32_t nr_stacks;
	struct vs_stack_row *stack_rows;
	const char *ring_pages;
	uint32_t records; /* number of records read, modulo 2^32 */
	uint64_t consume_to;
	uint64_t consume_until_ns;
	bool dropping; /* requested records are dropped from now on */
	uint64_t dropped_events;
	uint64_t dropped_samples;
};

/** ring__map - map the ring for reading. Return: 0, or a negative errno after an error message. */
int ring__map(struct capture *c);
void ring__unmap(struct capture *c);

/** ring__waiting - bytes in the ring that have not been read */
uint64_t ring__waiting(const struct capture *c);

/** ring__add_dropped - count what capture__drop_rest() dropped as lost instead of emitted. */
void ring__add_dropped(const struct capture *c, struct vs_stats *sum);

/** struct map_size - a map, and how many entries it gets */
struct map_size {
	struct bpf_map *map;
	uint32_t entries;
};

/** map_sizes__set - set the sizes of @nr maps, before loading. Return: 0 or a negative errno. */
int map_sizes__set(const struct map_size *sizes, size_t nr);

/** slots__size_maps - set sizes, before loading. Return: 0 or a negative errno. */
int slots__size_maps(struct capture *c, uint32_t ring_bytes);

/** slots__map - map the shared maps; all entries of the free lists are free. */
int slots__map(struct capture *c);
void slots__unmap(struct capture *c);

/** slots__fill_free - fill the free lists, whose memory has been mapped. */
void slots__fill_free(struct capture *c);

/** slots__sum_cpus - sum of per-CPU counters: @sum of @size bytes, all u64. */
void slots__sum_cpus(const struct capture *c, const struct bpf_map *map, void *sum, size_t size);

/**
 * sw_events__attach - attach @prog to software event @config (PERF_COUNT_SW_*) on each online CPU
 * @period: run it on every nth event of a CPU: those between cost next to nothing
 * Return: 0, or a negative errno after an error message.
 */
int sw_events__attach(struct capture *c, struct bpf_program *prog, int config, uint32_t period);

/** sw_events__follow_cpus - reopen the events on CPUs that went offline or came online. */
void sw_events__follow_cpus(struct capture *c);

/** sw_events__detach - close the events that sw_events__attach() opened. */
void sw_events__detach(struct capture *c);

/** calls__size_maps - set sizes, before loading. Return: 0 or a negative errno. */
int calls__size_maps(struct capture *c);

/** calls__find_functions - before attaching: set the addresses of the flush functions in BPF. */
void calls__find_functions(struct capture *c);

/** stacks__size_maps - set sizes, before loading. Return: 0 or a negative errno. */
int stacks__size_maps(struct capture *c);

#endif /* VMASCOPE_CAPTURE_INTERNAL_H */
