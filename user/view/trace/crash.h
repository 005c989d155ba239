/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash.h - the view of a fault that ended in a signal: what is near, and what made it so.
 */
#ifndef VMASCOPE_VIEW_TRACE_CRASH_H
#define VMASCOPE_VIEW_TRACE_CRASH_H

#include <stdio.h>

#include "events.h"
#include "model/model.h"
#include "table/rows.h"

/**
 * struct crash - what is known of it
 * @fault: itself; @vma: the VMA that holds the address, or NULL
 * @event: its surroundings
 * @near: the rows of the VMAs in @event, NULL where there is none
 * @call: the latest memory call that concerns the address, or NULL
 */
struct crash {
	const struct vs_event_fault *fault;
	const struct fault_row *vma;
	const struct vs_event_crash *event;
	const struct fault_row *near[VS_NR_NEAR];
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
	CRASH_FS_FULL,	      /* SIGBUS: of tmpfs */
	CRASH_NO_SHMEM,	      /* SIGBUS: shared memory that has no limit of its own */
	CRASH_NO_HUGE_PAGE,   /* SIGBUS: of hugetlbfs */
	CRASH_READ_ERROR,     /* SIGBUS: inside the file */
	CRASH_WRITE_ERROR,    /* SIGBUS: shared write inside the file */
	CRASH_POISON,	      /* SIGBUS, BUS_MCEERR_AR */
	CRASH_DRIVER,	      /* SIGBUS: of a device, or of a file without an end */
	CRASH_BUS,	      /* SIGBUS: without a file */
	NR_CRASH_KINDS,
};

extern const char *const crash_kind_names[NR_CRASH_KINDS];

/** crash_kind - see enum crash_kind. */
enum crash_kind crash_kind(const struct crash *c);

/** crash_bus_kind - the same of a SIGBUS. */
enum crash_kind crash_bus_kind(const struct crash *c);

/** crash_is_bus - the signal was SIGBUS, else SIGSEGV. */
bool crash_is_bus(const struct crash *c);

/** crash_code_name - name of si_code; NULL: not known */
const char *crash_code_name(const struct crash *c);

/** crash_has_file - @c is in the mapping of a file, and its size is known. */
bool crash_has_file(const struct crash *c);

/** crash_offset - of the address in its file, bytes */
uint64_t crash_offset(const struct crash *c);

/**
 * crash_reason - why the page could not be had, in words
 *
 * Return: false if it is not known, or no SIGBUS.
 */
bool crash_reason(const struct crash *c, char *buf, size_t size);

/** crash_table - an object: all that is known of @c */
struct table *crash_table(const struct crash *c);

/** crash_print - the same in words: a line, and below it lines that are indented. */
void crash_print(FILE *f, const struct crash *c);

#endif /* VMASCOPE_VIEW_TRACE_CRASH_H */
