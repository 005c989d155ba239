/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cost.h - `vmascope doctor --cost`: what tracing costs here, measured.
 */
#ifndef VMASCOPE_COLLECT_COST_H
#define VMASCOPE_COLLECT_COST_H

#include "options/options.h"

/**
 * cost__measure - fault on purpose, untraced and traced, and add the tables to @d
 *
 * Return: 0 or a negative errno after an error message.
 */
int cost__measure(const struct options *o, struct document *d);

#endif /* VMASCOPE_COLLECT_COST_H */
