/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page_tables.h - the page tables of a live process, read by bpf/explain.bpf.c.
 */
#ifndef VMASCOPE_EXPLAIN_PAGE_TABLES_H
#define VMASCOPE_EXPLAIN_PAGE_TABLES_H

#include <sys/types.h>

#include "explain/table_entry.h"

/** Room for the reason why a source is missing. */
#define MISSING_LEN 192

/**
 * struct page_walk - the entries of one address, from the top down
 * @levels: of the page tables, 4 or 5; 0: not known
 * @nr: entries that could be read
 * @entries: the last one is no table, unless the table it leads to could not be read
 * @missing: why something could not be read; "" if all was
 */
struct page_walk {
	unsigned int levels;
	size_t nr;
	struct table_entry entries[TABLE_LEVELS];
	char missing[MISSING_LEN];
};

/**
 * struct raw_walk - entries as they stand in the tables
 * @levels: of the page tables, 4 or 5; 0: there are none
 * @first, @end: levels of the entries that could be read
 */
struct raw_walk {
	unsigned int levels;
	unsigned int first;
	unsigned int end;
	uint64_t entries[TABLE_LEVELS];
};

/**
 * struct walk_calls - functions that read page tables: those of the running kernel, or mocks of a unit
 *	test
 * @open: get ready. Return: 0, or a negative errno with the reason in @missing (MISSING_LEN bytes)
 * @walk: entries of @address in process (or thread) @pid. Return: 0 or a negative errno.
 * @close: free what @open made, also if it failed
 */
struct walk_calls {
	int (*open)(void **ctx, char *missing);
	int (*walk)(void *ctx, pid_t pid, uint64_t address, struct raw_walk *raw);
	void (*close)(void *ctx);
};

/** page_tables__ask - read by @calls from now on; NULL: from the running kernel. */
void page_tables__ask(const struct walk_calls *calls);

struct page_tables;

/**
 * page_tables__open - load the programs and find where page tables can be read
 * @out: result, NULL if they can't be
 * @missing: why they can't be; MISSING_LEN bytes
 *
 * Return: 0, or a negative errno: -ENOTSUP without x86-64, -EPERM, ...
 */
int page_tables__open(struct page_tables **out, char *missing);

/** page_tables__read - the entries of @address in process (or thread) @pid. */
void page_tables__read(struct page_tables *t, pid_t pid, uint64_t address, struct page_walk *walk);

/** page_tables__close - NULL is fine. */
void page_tables__close(struct page_tables *t);

/** page_tables__layout - the types of swap entries on this kernel. */
struct swap_layout page_tables__layout(void);

#endif /* VMASCOPE_EXPLAIN_PAGE_TABLES_H */
