/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash.h - the view of a fault that ended in a signal: what is near, and what made it so.
 */
#ifndef VMASCOPE_VIEW_CRASH_H
#define VMASCOPE_VIEW_CRASH_H

#include "events.h"
#include "model/model.h"
#include "view/rows.h"

/**
 * struct crash - what is known of it
 * @fault: itself; @vma: the VMA that holds the address, or NULL
 * @event: its surroundings
 * @near: the rows of the VMAs in @event, NULL where there is none
 * @call: the latest memory call that concerns the address, or NULL
 */
struct crash {
	const struct vs_event_fault *fault;
	const struct counted *vma;
	const struct vs_event_crash *event;
	const struct counted *near[VS_NR_NEAR];
	const struct vs_event_call *call;
};

/** enum crash_kind - what it looks like */
enum crash_kind {
	CRASH_PLAIN,
	CRASH_NULL,	      /* an address in the first pages: a NULL pointer */
	CRASH_STACK_OVERFLOW, /* the stack pointer is there, too */
	CRASH_GUARD_PAGE,     /* a PROT_NONE VMA beside a writable one */
	CRASH_AFTER_MUNMAP,   /* was mapped, until munmap, mremap or brk took it away */
	CRASH_AFTER_MPROTECT, /* was allowed, until mprotect */
	CRASH_BEYOND_EOF,     /* SIGBUS: the file ends before */
	NR_CRASH_KINDS,
};

extern const char *const crash_kind_names[NR_CRASH_KINDS];

/** crash_kind - see enum crash_kind. */
enum crash_kind crash_kind(const struct crash *c);

/** crash_table - one row: the cells of @c; NULL without memory */
struct table *crash_table(const struct crash *c);

#endif /* VMASCOPE_VIEW_CRASH_H */
