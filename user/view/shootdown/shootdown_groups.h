/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown_groups.h - rows of calls that are shown as one: by VMA, process, thread or call site.
 */
#ifndef VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_GROUPS_H
#define VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_GROUPS_H

#include "util/hash.h"
#include "view/shootdown/shootdown_parts.h"

/**
 * struct call_group - rows that are shown as one
 * @row: one of them, for what they have in common; @processes: whose they are: so many
 * @start, @end: as in struct call_row
 * @all_flags: vm_flags that all their VMAs have; @any_flags: that one of them has
 * @name: hash of the VMA's name; @nr_vmas: how many, told apart by where they begin
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

/** struct call_groups - those that cost others most first; @threads: names of threads, by id */
struct call_groups {
	struct call_group *list;
	size_t nr;
	struct hash by_key;
	struct hash threads;
};

/**
 * call_groups__make - what --vma selects
 * @join: for people: a VMA whose permissions change to and fro is one, and so are VMAs of one name
 *	next to each other, as calls split them
 * Without memory the document has failed; to be freed in any case.
 */
void call_groups__make(struct call_groups *g, const struct shootdown_doc *d, enum shootdown_by by,
		       bool join);

/** call_groups__tell_rest - a footer of @t: what comes after the first @shown. */
void call_groups__tell_rest(const struct call_groups *g, size_t shown, struct table *t);

void call_groups__free(struct call_groups *g);

/** call_groups__thread - the name of thread @tid; NULL: not known. */
const char *call_groups__thread(const struct call_groups *g, uint32_t tid);

/** call_group_range - the addresses of its calls; of what is no call: of its VMA. Or 0 and 0. */
void call_group_range(const struct call_group *g, uint64_t *start, uint64_t *end);

/** call_group_perms - as vma_perms(); '*' where its VMAs differ; "" without one. */
void call_group_perms(const struct call_group *g, char *perms);

/** call_site_vma - the file's VMA that the row's call site lies in; NULL: not known. */
const struct fault_row *call_site_vma(const struct call_row *row);

/** call_site_offset - of @site in the file of @vma. */
uint64_t call_site_offset(const struct fault_row *vma, uint64_t site);

#endif /* VMASCOPE_VIEW_SHOOTDOWN_SHOOTDOWN_GROUPS_H */
