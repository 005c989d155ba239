/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown_groups.h - groups of rows of calls: by VMA, process, thread or call site.
 */
#ifndef VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_GROUPS_H
#define VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_GROUPS_H

#include <stdio.h>

#include "util/hash.h"
#include "view/shootdown/shootdown_parts.h"

/**
 * struct call_group - rows that are shown as one
 * @row: one of them, for what they have in common; @processes: number of their processes
 * @start, @end: as in struct call_row
 * @all_flags: vm_flags that all their VMAs have; @any_flags: vm_flags that at least one of them has
 * @name: hash of the VMA's name; @nr_vmas: number of VMAs, distinguished by their start
 */
struct call_group {
	const struct call_row *row;
	size_t processes;
	uint64_t start;
	uint64_t end;
	uint64_t all_flags;
	uint64_t any_flags;
	uint64_t name;
	size_t nr_vmas;
	struct vs_call_counts counts;
};

/** struct call_groups - groups, highest remote cost first; @threads: names of threads, by id */
struct call_groups {
	struct call_group *list;
	size_t nr;
	struct hash by_key;
	struct hash threads;
};

/**
 * call_groups__make - make the groups that --vma selects
 * @join: for text: merge a VMA whose permissions change repeatedly, and neighbouring VMAs of one
 *	name, as calls split them
 * If out of memory, the document has failed; must be freed in any case.
 */
void call_groups__make(struct call_groups *g, const struct shootdown_doc *d, enum shootdown_by by,
		       bool join);

/**
 * call_groups__print_rest - print a line that summarizes the groups after the first @shown, if any
 */
void call_groups__print_rest(const struct call_groups *g, const struct shootdown_view *v,
			     size_t shown, FILE *f);

void call_groups__free(struct call_groups *g);

/** call_groups__thread - the name of thread @tid; NULL: unknown. */
const char *call_groups__thread(const struct call_groups *g, uint32_t tid);

/**
 * call_group_range - the addresses of its calls, or of its VMA if it has no calls; otherwise 0 and
 * 0.
 */
void call_group_range(const struct call_group *g, uint64_t *start, uint64_t *end);

/** call_group_perms - as vma_perms(); '*' where its VMAs differ; "" if it has none. */
void call_group_perms(const struct call_group *g, char *perms);

#endif /* VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_GROUPS_H */
