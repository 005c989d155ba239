/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - THE table: each hook, its variants in order of preference, and what each needs.
 */
#ifndef VMASCOPE_CAPTURE_HOOKS_H
#define VMASCOPE_CAPTURE_HOOKS_H

#include <stdint.h>

#include "capture/features.h"
#include "events.h"

/** enum hook_id - what has to be known, whichever way */
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
	NR_HOOKS,
};

/** Programs and needs of one variant at most. */
#define VARIANT_MAX_PROGRAMS (2 * VS_NR_MEMORY_SYSCALLS + 1)
#define VARIANT_MAX_NEEDS 3

/** Value of hook_program.sw_event: it is run by vmascope itself, and attached to nothing. */
#define HOOK_PROGRAM_RUN (-2)

/**
 * struct hook_program - a program of a variant
 * @name: in bpf/
 * @sw_event: PERF_COUNT_SW_*, opened on every CPU with period 1; -1: attach by its section; or
 *	HOOK_PROGRAM_RUN
 */
struct hook_program {
	const char *name;
	int sw_event;
};

/**
 * struct hook_variant - one way to do it
 * @name: as doctor and the output's header show it
 * @needs: enum feature_id, ended by -1
 * @programs: ended by a NULL name
 * @cost: what it costs, for doctor: as measured on Linux 6.18
 * @value: what goes into struct vs_config where the hook has a field there
 */
struct hook_variant {
	const char *name;
	int needs[VARIANT_MAX_NEEDS + 1];
	struct hook_program programs[VARIANT_MAX_PROGRAMS + 1];
	const char *cost;
	int value;
};

/** enum hook_request - what has to be asked for, so that a hook is attached */
enum hook_request {
	REQUEST_NONE,
	REQUEST_CALLS,	 /* memory calls, or their flushes */
	REQUEST_FLUSHES, /* flushes, and interrupts by them */
};

/**
 * struct hook - something to be known
 * @name: JSON key
 * @what: one line for people
 * @variants: in order of preference, ended by a NULL name
 * @required: vmascope can't do without it
 * @request: what it is attached for
 * @attach: the lower, the earlier its programs are attached, from 1; 0: they are not, or there are none
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
 * hooks__choose - the first variant of @id whose needs are all there
 * Return: the variant, or NULL.
 */
const struct hook_variant *hooks__choose(enum hook_id id);

/**
 * hooks__why_not - why @v is not used
 *
 * Writes into @buf: "in use" is never written; the first missing need with its reason is, or
 * that a better variant works.
 */
void hooks__why_not(const struct hook_variant *v, char *buf, size_t size);

#endif /* VMASCOPE_CAPTURE_HOOKS_H */
