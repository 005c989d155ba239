/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live_stacks.h - the part of live.h about stacks: new rows, counters, reclaimed rows.
 */
#ifndef VMASCOPE_CAPTURE_LIVE_STACKS_H
#define VMASCOPE_CAPTURE_LIVE_STACKS_H

#include "capture/live.h"

/** live_stacks__discover - read new rows, while the slots that they refer to are unchanged */
int live_stacks__discover(struct live *l);

/**
 * live_stacks__read - read the row of @ref now, unless it is known already or was reclaimed
 *
 * Return: 0; -EAGAIN: the row is not complete yet; -ENOMEM.
 */
int live_stacks__read(struct live *l, const struct vs_stack_ref *ref);

/** live_stacks__refresh - read all counters; does nothing if no stacks were requested. */
int live_stacks__refresh(struct live *l);

/** live_stacks__low - rows run low. */
bool live_stacks__low(const struct live *l);

/** live_stacks__retire - reclaim the rows of process images that are @gone, by slot. */
void live_stacks__retire(struct live *l, const bool *gone);

/**
 * live_stacks__recycle - if rows still run low, reclaim those that have the lowest counts
 *
 * A stack that occurs again gets a new row, and the model adds both. The size of the model is
 * bounded by CAPTURE_STACKS_SHARE times the number of rows: beyond it, rows are not reclaimed.
 */
void live_stacks__recycle(struct live *l);

#endif /* VMASCOPE_CAPTURE_LIVE_STACKS_H */
