/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source.h - the source of a run's data: a live capture, a recording, or test data.
 *
 * Counts are in the model, whatever the source; these are additional facts.
 */
#ifndef VMASCOPE_SESSION_SOURCE_H
#define VMASCOPE_SESSION_SOURCE_H

#include "capture/capture.h"
#include "model/stacks.h"
#include "view/common/run.h"

struct session;
struct unknown_columns;

/**
 * struct source_facts - properties of a run
 * @start_ns: start of the capture, CLOCK_MONOTONIC
 * @nr_slots: slots for VMAs and process images, @free_slots of them free; @nr_stacks: rows of
 *	stacks; @ring_bytes: size of the ring buffer; each 0 if unknown
 * @latency_period: as in struct vs_config
 * @unwound: user stacks were unwound in user space
 * @counts_stacks: faults whose stack found no row are counted as such, each once
 * @longest_lost: lost records of calls that may have been among the longest
 * @in_flight: the faults in flight when counting ended are known
 * @unknown: columns of views that the source does not provide; NULL: none
 * @summing: while rows are being freed: their processes ended before all pending events
 */
struct source_facts {
	uint64_t start_ns;
	uint32_t nr_slots;
	uint32_t free_slots;
	uint32_t nr_stacks;
	uint32_t ring_bytes;
	uint32_t latency_period;
	bool unwound;
	bool counts_stacks;
	uint64_t longest_lost;
	bool in_flight;
	const struct unknown_columns *unknown;
	bool summing;
};

/**
 * struct source - first member of a source
 * @open: attach, as capture__open() does; NULL: there is nothing to attach
 * @facts: properties of the run
 * @stats: BPF's statistics
 * @variant: variant of hook @id; NULL: none, or an unknown one
 * @hook: description of hook @id, except its name
 * @stack: stack of a record; NULL: none was requested, or it is unknown
 * @streams: a dropped record of @type (enum vs_event_type) counts as lost
 * @finish_by: deadline for handling pending records (CLOCK_MONOTONIC); 0: there is none
 *
 * Used by commands during a run only:
 * @heat: as capture__heat()
 * @each_program: as capture__each_program()
 * @watch: as capture__watch(); @watched_add: as capture__watched_add()
 */
struct source {
	int (*open)(struct capture **out, const struct capture_options *o, capture_event_fn fn,
		    void *ctx);
	struct source_facts (*facts)(const struct session *s);
	void (*stats)(const struct session *s, struct vs_stats *stats);
	const struct hook_variant *(*variant)(const struct session *s, enum hook_id id);
	void (*hook)(const struct session *s, enum hook_id id, struct run_hook *in_use);
	const struct stack *(*stack)(struct session *s, const struct vs_stack_ref *ref);
	bool (*streams)(const struct session *s, uint32_t type);
	uint64_t (*finish_by)(void);
	int (*heat)(const struct session *s, struct vs_heat_key *keys, uint64_t *faults,
		    uint32_t *nr);
	int (*each_program)(const struct session *s, int (*fn)(void *ctx, const char *name, int fd),
			    void *ctx);
	void (*watch)(struct session *s, uint32_t slot, uint32_t generation);
	void (*watched_add)(const struct session *s, int cause, struct vs_hist *sum);
};

/** live_source - a live capture; session__open() uses it unless the options have another source. */
extern const struct source live_source;

#endif /* VMASCOPE_SESSION_SOURCE_H */
