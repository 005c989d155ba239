/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source.h - where a run comes from: a live capture, a recording, or what a test makes up.
 *
 * What was counted is in the model, whatever the source; these are the facts beside it.
 */
#ifndef VMASCOPE_SESSION_SOURCE_H
#define VMASCOPE_SESSION_SOURCE_H

#include "capture/capture.h"
#include "model/stacks.h"
#include "view/common/run.h"

struct session;
struct unknown_columns;

/**
 * struct source_facts - how a run was made
 * @start_ns: the capture began, CLOCK_MONOTONIC
 * @nr_slots: that VMAs and process images had, @free_slots of them not taken; @nr_stacks: rows of
 *	stacks; @ring_bytes: of the ring buffer; each 0: not known
 * @unwound: user stacks were unwound in user space
 * @counts_stacks: faults whose stack found no room are counted as such, each once
 * @longest_lost: calls that may have been among the longest, and whose records were lost
 * @in_flight: it is known which faults were in flight when counting ended
 * @unknown: columns of views that it has no figures for; NULL: there are none
 * @summing: while rows are being freed: what goes had ended before all events that wait
 */
struct source_facts {
	uint64_t start_ns;
	uint32_t nr_slots;
	uint32_t free_slots;
	uint32_t nr_stacks;
	uint32_t ring_bytes;
	bool unwound;
	bool counts_stacks;
	uint64_t longest_lost;
	bool in_flight;
	const struct unknown_columns *unknown;
	bool summing;
};

/**
 * struct source - first member of what a source needs besides
 * @open: attach, as capture__open() does; NULL: there is nothing to attach
 * @facts: how the run was made
 * @stats: BPF's own bookkeeping
 * @variant: of hook @id; NULL: none, or none that is known here
 * @hook: what is said of hook @id, but its name
 * @stack: of a record; NULL: none was asked for, or it is not known
 * @streams: a record of @type (enum vs_event_type) that is given up counts as lost
 * @finish_by: until when what waits is to be handled (CLOCK_MONOTONIC); 0: there is no hurry
 *
 * Of what commands only ask while a run goes on:
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

/** live_source - the capture of the session; what session__open() uses unless the options have another. */
extern const struct source live_source;

#endif /* VMASCOPE_SESSION_SOURCE_H */
