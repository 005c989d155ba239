/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * internal.h - what capture.c (programs and hooks) and slots.c (shared maps) have in common.
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
	uint32_t nr_targets; /* of -p or -t, or the command */
	uint32_t nr_heat;
	uint32_t nr_call_rows;
	uint32_t nr_ranges;
	uint32_t nr_pairs;
	struct vs_call_row *call_rows;
	uint32_t nr_stacks;
	struct vs_stack_row *stack_rows;
	const char *ring_pages;
	uint32_t records; /* that were read, modulo 2^32 */
	uint64_t consume_to;
	uint64_t consume_until_ns;
	bool dropping; /* nobody is given what was asked for any more */
	uint64_t dropped_events;
	uint64_t dropped_samples;
};

/** ring__map - make the ring readable. Return: 0, or a negative errno after an error message. */
int ring__map(struct capture *c);
void ring__unmap(struct capture *c);

/** ring__add_dropped - what capture__drop_rest() has dropped goes from emitted to lost. */
void ring__add_dropped(const struct capture *c, struct vs_stats *sum);

/** slots__size_maps - before loading. Return: 0 or a negative errno. */
int slots__size_maps(struct capture *c, uint32_t ring_bytes);

/** slots__map - map what is shared; all that is handed out is free. */
int slots__map(struct capture *c);
void slots__unmap(struct capture *c);

/** slots__fill_free - of all that is handed out, that its lists and their ring are mapped, everything is free. */
void slots__fill_free(struct capture *c);

/** slots__sum_cpus - of counters that each CPU has: @sum of @size bytes, all u64. */
void slots__sum_cpus(const struct capture *c, const struct bpf_map *map, void *sum, size_t size);

/**
 * sw_events__attach - @prog to software event @config (PERF_COUNT_SW_*) on each CPU that is online
 * Return: 0, or a negative errno after an error message.
 */
int sw_events__attach(struct capture *c, struct bpf_program *prog, int config);

/** sw_events__follow_cpus - open them again on CPUs that went or came since the last call. */
void sw_events__follow_cpus(struct capture *c);

/** sw_events__detach - close what sw_events__attach() opened. */
void sw_events__detach(struct capture *c);

/** calls__size_maps - before loading. Return: 0 or a negative errno. */
int calls__size_maps(struct capture *c);

/** calls__find_functions - before attaching: tell BPF the addresses of the flush functions. */
void calls__find_functions(struct capture *c);

/** stacks__size_maps - before loading. Return: 0 or a negative errno. */
int stacks__size_maps(struct capture *c);

#endif /* VMASCOPE_CAPTURE_INTERNAL_H */
