/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perfetto.h - a recording's events as a Perfetto trace (ui.perfetto.dev).
 *
 * Threads' tracks hold faults and memory calls, CPUs' tracks the interrupts that flush, with an
 * arrow from where each was sent. Counters: faults per second, and resident memory.
 */
#ifndef VMASCOPE_EXPORT_PERFETTO_H
#define VMASCOPE_EXPORT_PERFETTO_H

#include "export/tracks.h"
#include "model/model.h"
#include "record/format/unknown.h"

/**
 * struct perfetto - a trace that is being written
 * @model: resolves slots of events
 * @window_ns: end of the current window, for the counters of faults
 * @faults: number of faults in it; @by_pid: the same for each process, struct window_count
 * @active: list of those with faults in this window or the one before
 * @flows: number of flow arrows so far
 * @stack_text: sets @text to the stack of a fault or call, a line for each function, to be freed;
 *	NULL: no stack. @ctx: its first argument. Return: 0 or a negative errno. NULL: no stacks
 * @unknown: data that the recording lacks; set by the caller, NULL: none
 * @stacks: numbers of the texts that were written, by the number of the stack
 */
struct perfetto {
	struct tracks tracks;
	const struct model *model;
	uint64_t window_ns;
	uint64_t faults;
	struct hash by_pid;
	struct window_count *active;
	uint64_t flows;
	int (*stack_text)(void *ctx, const struct vs_stack_ref *ref, char **text);
	void *ctx;
	const struct unknown_columns *unknown;
	struct hash stacks;
};

void perfetto__init(struct perfetto *p, FILE *file, const struct model *model);
void perfetto__free(struct perfetto *p);

/** perfetto__event - one event. Return: 0 or a negative errno, of the first thing that failed. */
int perfetto__event(struct perfetto *p, const union record *event, enum record_type type);

/** perfetto__end - the last counts. Return: 0 or a negative errno. */
int perfetto__end(struct perfetto *p);

#endif /* VMASCOPE_EXPORT_PERFETTO_H */
