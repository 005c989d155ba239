/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain_parts.h - the sections of `vmascope explain`, one table each; NULL: out of memory.
 */
#ifndef VMASCOPE_VIEW_EXPLAIN_EXPLAIN_PARTS_H
#define VMASCOPE_VIEW_EXPLAIN_EXPLAIN_PARTS_H

#include "explain/explanation.h"
#include "table/rows.h"

/** explain_part__tables and others - make a section, in its cell of the last row of @parent. */
void explain_part__tables(struct table *parent, const struct explanation *e);
void explain_part__page(struct table *parent, const struct explanation *e);
void explain_part__vma(struct table *parent, const struct explanation *e);
void explain_part__around(struct table *parent, const struct explanation *e);
void explain_part__tlb(struct table *parent, const struct explanation *e, const struct tlbs *tlbs);
void explain_part__unknown(struct table *parent, const struct explanation *e);

/** struct prose - a line of text that grows; what does not fit is cut */
struct prose {
	char text[2048];
	size_t len;
};

/** prose__add - append, as snprintf() does; what does not fit is cut. */
void prose__add(struct prose *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * explain_part__flags - fill the cell "flags" of the last row of @parent: a map of flags for JSON.
 */
void explain_part__flags(struct table *parent, const struct flag *const *flags, size_t nr);

#endif /* VMASCOPE_VIEW_EXPLAIN_EXPLAIN_PARTS_H */
