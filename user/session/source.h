/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source.h - where a run comes from: a live capture, a recording, or what a test makes up.
 *
 * What was counted is in the model, whatever the source; these are the facts beside it.
 */
#ifndef VMASCOPE_SESSION_SOURCE_H
#define VMASCOPE_SESSION_SOURCE_H

#include "capture/hooks.h"
#include "events.h"
#include "model/stacks.h"
#include "view/common/run.h"

struct session;

/**
 * struct source_facts - how a run was made
 * @start_ns: the capture began, CLOCK_MONOTONIC
 * @nr_slots: that VMAs and process images had; @nr_stacks: rows of stacks; @ring_bytes: of the ring
 *	buffer; each 0: not known
 * @unwound: user stacks were unwound in user space
 * @in_flight: it is known which faults were in flight when counting ended
 * @summing: while rows are being freed: what goes had ended before all events that wait
 */
struct source_facts {
	uint64_t start_ns;
	uint32_t nr_slots;
	uint32_t nr_stacks;
	uint32_t ring_bytes;
	bool unwound;
	bool in_flight;
	bool summing;
};

/**
 * struct source - first member of what a source needs besides
 * @live: it goes on while it is read: what takes its time is not to keep it waiting
 * @facts: how the run was made
 * @stats: BPF's own bookkeeping
 * @variant: of hook @id; NULL: none, or none that is known here
 * @hook: what is said of hook @id, but its name
 * @stack: of a record; NULL: none was asked for, or it is not known
 */
struct source {
	bool live;
	struct source_facts (*facts)(const struct session *s);
	void (*stats)(const struct session *s, struct vs_stats *stats);
	const struct hook_variant *(*variant)(const struct session *s, enum hook_id id);
	void (*hook)(const struct session *s, enum hook_id id, struct run_hook *in_use);
	const struct stack *(*stack)(struct session *s, const struct vs_stack_ref *ref);
};

/** live_source - the capture of the session. */
extern const struct source live_source;

#endif /* VMASCOPE_SESSION_SOURCE_H */
