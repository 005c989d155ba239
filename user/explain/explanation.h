/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explanation.h - what is known about an address, and what is not, with the reason.
 */
#ifndef VMASCOPE_EXPLAIN_EXPLANATION_H
#define VMASCOPE_EXPLAIN_EXPLANATION_H

#include "explain/page_flags.h"
#include "explain/page_tables.h"
#include "explain/smaps.h"
#include "explain/tlb.h"
#include "sys/proc_maps.h"

#define MAX_UNKNOWNS 8

/** struct unknown - information that is not available, and why */
struct unknown {
	const char *what;
	char why[MISSING_LEN];
};

/** struct neighbour - a VMA near an address that none holds; @distance: bytes between */
struct neighbour {
	const struct proc_map *map;
	uint64_t distance;
};

/**
 * struct stack_gap - below a VMA that grows down
 * @there: the VMA above the address is one, and nothing is between
 * @limit: RLIMIT_STACK, UINT64_MAX: unlimited; @limit_known
 * @grows: a touch would make it grow as far as the address
 */
struct stack_gap {
	bool there;
	bool limit_known;
	uint64_t limit;
	bool grows;
};

/**
 * struct explanation - of one address
 * @kind: with @levels levels of page tables
 * @has_vma: @vma holds it, with @smaps if @has_smaps; else @before and @after
 * @file_offset: of the address, where the VMA maps a file
 * @page_size: of the mapping, 0: not known; @page_size_from: its source
 * @pagemap: /proc/PID/pagemap's entry, if @has_pagemap
 * @frame: of the page, 0: none or not known; @frame_from: its source
 * @flags: word of /proc/kpageflags, if @has_flags; @mapcount: of kpagecount, if @has_mapcount
 */
struct explanation {
	uint64_t address;
	unsigned int levels;
	enum address_kind kind;
	struct page_walk walk;
	bool has_vma;
	struct proc_map vma;
	bool has_smaps;
	struct smaps smaps;
	struct neighbour before;
	struct neighbour after;
	struct stack_gap gap;
	uint64_t file_offset;
	uint64_t page_size;
	const char *page_size_from;
	bool has_pagemap;
	uint64_t pagemap;
	bool soft_dirty_kept;
	uint64_t frame;
	const char *frame_from;
	bool has_flags;
	uint64_t flags;
	bool has_mapcount;
	uint64_t mapcount;
	struct unknown unknown[MAX_UNKNOWNS];
	size_t nr_unknown;
};

/**
 * struct explain_target - what all addresses of one process share
 * @tables: NULL: page tables can't be read, for the reason in @missing
 * @soft_dirty_kept: this kernel keeps soft-dirty bits
 */
struct explain_target {
	pid_t pid;
	char comm[32];
	struct proc_maps maps;
	struct page_tables *tables;
	char missing[MISSING_LEN];
	bool soft_dirty_kept;
	struct tlbs tlbs;
};

/**
 * explain_target__open - of the live process @pid
 * Return: 0, or a negative errno: -ESRCH: no such process, -ENOMSG: one without user memory,
 * -EACCES.
 */
int explain_target__open(struct explain_target *t, pid_t pid);
void explain_target__close(struct explain_target *t);

/** explanation__make - all about @address; what is missing is listed in @e->unknown. */
void explanation__make(struct explanation *e, struct explain_target *t, uint64_t address);
void explanation__free(struct explanation *e);

/** explanation__last - the lowest entry that was read, NULL if none or if it is a table. */
const struct table_entry *explanation__last(const struct explanation *e);

/** explanation__summary - one or two sentences: what is there, and what a touch would do. */
void explanation__summary(const struct explanation *e, char *buf, size_t size);

/**
 * stack_gap__grows - whether a touch below a stack would let it grow
 * @address: that is touched; @before_end: end of the VMA below, 0: none; @stack_end: of the stack
 * @limit: RLIMIT_STACK
 *
 * Return: as expand_downwards() and acct_stack_growth() in mm/vma.c decide, for the default
 * stack_guard_gap of 256 pages, where the VMA below can be accessed.
 */
bool stack_gap__grows(uint64_t address, uint64_t before_end, uint64_t stack_end, uint64_t limit);

#endif /* VMASCOPE_EXPLAIN_EXPLANATION_H */
