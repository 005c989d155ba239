/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.h - the names of causes, accesses, outcomes and losses: one table for each enum of events.h.
 */
#ifndef VMASCOPE_MODEL_NAMES_H
#define VMASCOPE_MODEL_NAMES_H

#include "events.h"

extern const char *const access_names[VS_NR_ACCESS];
extern const char *const origin_names[VS_NR_ORIGIN];
extern const char *const outcome_names[VS_NR_OUTCOME];
extern const char *const cause_names[VS_NR_CAUSES];
extern const char *const size_names[VS_NR_SIZES];
extern const char *const lost_names[VS_NR_LOST];

/**
 * names__find - the place of @name in @names
 * Return: its index, or -ENOENT.
 */
int names__find(const char *const *names, int nr, const char *name);

#endif /* VMASCOPE_MODEL_NAMES_H */
