/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_stacks.h - rows of `vmascope stat --by stack`: who faulted, called by whom.
 */
#ifndef VMASCOPE_VIEW_STAT_STACKS_H
#define VMASCOPE_VIEW_STAT_STACKS_H

#include "view/stat.h"

/**
 * stat_stacks__make - add the rows to @d
 * @total: faults that are 100 %
 * Return: the table that text shows, owned by @d; NULL without memory.
 */
struct table *stat_stacks__make(const struct stat_view *v, uint64_t total, struct document *d);

#endif /* VMASCOPE_VIEW_STAT_STACKS_H */
