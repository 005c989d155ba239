/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - the table of hooks: the variants of each in order of preference, and their
 * requirements.
 */
#ifndef VMASCOPE_CAPTURE_HOOKS_H
#define VMASCOPE_CAPTURE_HOOKS_H

#include <stdint.h>

#include "capture/features.h"
#include "events.h"

/** enum hook_id - events that have to be observed, by any variant */
enum hook_id {
	HOOK_FAULT_BEGIN,
	HOOK_FAULT_END,
	HOOK_VMA,
	HOOK_VMA_CACHE,
	HOOK_READS,
	HOOK_CAUSE,
	HOOK_TASK,
	HOOK_TARGETS,
	HOOK_MEMCALL,
	HOOK_FLUSH,
	HOOK_INTERRUPT,
	HOOK_LOCK,
	HOOK_RECLAIM,
	HOOK_MEMCG_RECLAIM,
	HOOK_COMPACTION,
	NR_HOOKS,
};

/** Maximum number of programs and of needs of one variant. */
#define VARIANT_MAX_PROGRAMS (2 * VS_NR_MEMORY_SYSCALLS + 1)
#define VARIANT_MAX_NEEDS 3

/** Value of hook_program.sw_event: vmascope runs the program itself, it is not attached. */
#define HOOK_PROGRAM_RUN (-2)

/**
 * struct hook_program - a program of a variant
 * @name: name in bpf/
 * @sw_event: PERF_COUNT_SW_*, opened on every CPU; -1: attach by its section; or
 *	HOOK_PROGRAM_RUN
 */
struct hook_program {
	const char *name;
	int sw_event;
};

/**
 * struct hook_variant - one implementation of a hook
 * @name: as shown by doctor and in the output's header
 * @needs: enum feature_id, terminated by -1
 * @programs: terminated by a NULL name
 * @cost: overhead, for doctor: as measured on Linux 6.18
 * @value: value of the hook's field in struct vs_config, if it has one
 */
struct hook_variant {
	const char *name;
	int needs[VARIANT_MAX_NEEDS + 1];
	struct hook_program programs[VARIANT_MAX_PROGRAMS + 1];
	const char *cost;
	int value;
};

/** enum hook_request - the request for which a hook is attached */
enum hook_request {
	REQUEST_NONE,
	REQUEST_CALLS,	 /* memory calls, or their flushes */
	REQUEST_FLUSHES, /* flushes, and IPIs sent by them */
	REQUEST_LATENCIES,
	REQUEST_WAITS, /* what faults or memory calls wait for */
};

/**
 * struct hook - an event to be observed
 * @name: JSON key
 * @what: description, one line
 * @variants: in order of preference, terminated by a NULL name
 * @required: vmascope can't run without it
 * @request: the request for which it is attached
 * @attach: order in which its programs are attached, from 1; 0: they are not, or there are none
 */
struct hook {
	const char *name;
	const char *what;
	const struct hook_variant *variants;
	bool required;
	enum hook_request request;
	unsigned int attach;
};

extern const struct hook hooks[NR_HOOKS];

/**
 * hooks__choose - the first variant of @id whose needs are all available
 * Return: the variant, or NULL.
 */
const struct hook_variant *hooks__choose(enum hook_id id);

/**
 * hooks__why_not - the reason why @v is not used
 *
 * Writes it into @buf: the first missing need with its reason, or that a preferred variant works;
 * never "in use".
 */
void hooks__why_not(const struct hook_variant *v, char *buf, size_t size);

#endif /* VMASCOPE_CAPTURE_HOOKS_H */
