/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain_parts.h - the sections of `vmascope explain`, a table each; NULL: no memory.
 */
#ifndef VMASCOPE_VIEW_EXPLAIN_EXPLAIN_PARTS_H
#define VMASCOPE_VIEW_EXPLAIN_EXPLAIN_PARTS_H

#include "explain/explanation.h"
#include "table/rows.h"

/** explain_part__tables and others - a section. Return: its table, or NULL without memory. */
struct table *explain_part__tables(const struct explanation *e);
struct table *explain_part__page(const struct explanation *e);
struct table *explain_part__vma(const struct explanation *e);
struct table *explain_part__around(const struct explanation *e);
struct table *explain_part__tlb(const struct explanation *e, const struct tlbs *tlbs);
struct table *explain_part__unknown(const struct explanation *e);

/** struct prose - a line of text that grows; what does not fit is cut */
struct prose {
	char text[2048];
	size_t len;
};

/** prose__add - append, as snprintf() does; what does not fit is cut. */
void prose__add(struct prose *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * explain_part__flags - a TABLE_MAP of flags for JSON, and their words for text
 * @words: what to append the words to, separated by commas; NULL: nothing
 */
struct table *explain_part__flags(const struct flag *const *flags, size_t nr, struct prose *words);

#endif /* VMASCOPE_VIEW_EXPLAIN_EXPLAIN_PARTS_H */
