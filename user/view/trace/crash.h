/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash.h - the view of a fault that ended in a signal: its surroundings and its reason.
 */
#ifndef VMASCOPE_VIEW_TRACE_CRASH_H
#define VMASCOPE_VIEW_TRACE_CRASH_H

#include <stdio.h>

#include "events.h"
#include "model/model.h"
#include "table/rows.h"

/**
 * struct crash - what is known about such a fault
 * @fault: the fault; @vma: the VMA that contains the address, or NULL
 * @event: its surroundings
 * @near: rows of the VMAs in @event, or NULL
 * @call: the latest memory call that affected the address, or NULL
 */
struct crash {
	const struct vs_event_fault *fault;
	const struct fault_row *vma;
	const struct vs_event_crash *event;
	const struct fault_row *near[VS_NR_NEAR];
	const struct vs_event_call *call;
};

/** enum crash_kind - probable reason */
enum crash_kind {
	CRASH_PLAIN,
	CRASH_NULL,	      /* an address in the first pages: a NULL pointer */
	CRASH_STACK_OVERFLOW, /* near the stack pointer */
	CRASH_GUARD_PAGE,     /* a PROT_NONE VMA beside a writable one */
	CRASH_AFTER_MUNMAP,   /* was mapped before munmap, mremap or brk */
	CRASH_AFTER_MPROTECT, /* was allowed before mprotect */
	CRASH_BEYOND_EOF,     /* SIGBUS: beyond the end of the file */
	CRASH_FS_FULL,	      /* SIGBUS: tmpfs is full */
	CRASH_NO_SHMEM,	      /* SIGBUS: no memory for shared memory without a size limit */
	CRASH_NO_HUGE_PAGE,   /* SIGBUS: no free page in hugetlbfs */
	CRASH_READ_ERROR,     /* SIGBUS: read error inside the file */
	CRASH_WRITE_ERROR,    /* SIGBUS: write error of a shared mapping, inside the file */
	CRASH_POISON,	      /* SIGBUS, BUS_MCEERR_AR */
	CRASH_DRIVER,	      /* SIGBUS: mapping of a device, or of a file without a size */
	CRASH_BUS,	      /* SIGBUS: no file */
	NR_CRASH_KINDS,
};

extern const char *const crash_kind_names[NR_CRASH_KINDS];

/** crash_kind - determine the enum crash_kind. */
enum crash_kind crash_kind(const struct crash *c);

/** crash_bus_kind - the same for a SIGBUS. */
enum crash_kind crash_bus_kind(const struct crash *c);

/** crash_is_bus - the signal was SIGBUS, not SIGSEGV. */
bool crash_is_bus(const struct crash *c);

/** crash_code_name - name of si_code; NULL: unknown */
const char *crash_code_name(const struct crash *c);

/** crash_has_file - the address is in a file mapping, and the file's size is known. */
bool crash_has_file(const struct crash *c);

/** crash_offset - offset of the address in its file, bytes */
uint64_t crash_offset(const struct crash *c);

/**
 * crash_reason - describe why the page was not available
 *
 * Return: false: it is unknown, or the signal is not SIGBUS.
 */
bool crash_reason(const struct crash *c, char *buf, size_t size);

/** crash_table - make an object with all that is known about @c */
struct table *crash_table(const struct crash *c);

/** crash_print - the same as text: a line, followed by indented lines. */
void crash_print(FILE *f, const struct crash *c);

#endif /* VMASCOPE_VIEW_TRACE_CRASH_H */
