/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain.h - the view of `vmascope explain`: an address's page tables, page, VMA and TLB reach.
 */
#ifndef VMASCOPE_VIEW_EXPLAIN_EXPLAIN_H
#define VMASCOPE_VIEW_EXPLAIN_EXPLAIN_H

#include "explain/explanation.h"
#include "table/rows.h"

/**
 * explain_view__begin - make the head of the document. Return: the table to which addresses are
 * added.
 */
struct table *explain_view__begin(struct document *d, const struct explain_target *t);

/** explain_view__add - add a row for one address. */
void explain_view__add(struct table *addresses, const struct explain_target *t,
		       const struct explanation *e);

#endif /* VMASCOPE_VIEW_EXPLAIN_EXPLAIN_H */
