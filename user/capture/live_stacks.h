/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live_stacks.h - the part of live.h that is about stacks: new rows, counters, rows taken back.
 */
#ifndef VMASCOPE_CAPTURE_LIVE_STACKS_H
#define VMASCOPE_CAPTURE_LIVE_STACKS_H

#include "capture/live.h"

/** live_stacks__discover - learn of new rows, while the slots that they name are what they were */
int live_stacks__discover(struct live *l);

/**
 * live_stacks__read - read the row of @ref now, unless it is known already or was taken back
 *
 * Return: 0; -EAGAIN: the row is not complete yet; -ENOMEM.
 */
int live_stacks__read(struct live *l, const struct vs_stack_ref *ref);

/** live_stacks__refresh - take over all counters; nothing where no stacks were asked for. */
int live_stacks__refresh(struct live *l);

/** live_stacks__low - rows run low. */
bool live_stacks__low(const struct live *l);

/** live_stacks__retire - take back the rows of process images that are @gone, by slot. */
void live_stacks__retire(struct live *l, const bool *gone);

/**
 * live_stacks__recycle - where rows still run low, take back those that have counted least
 *
 * A stack that comes again gets a new row, and the model adds both up. What the model knows is
 * bounded by CAPTURE_STACKS_SHARE times the number of rows: from then on rows stay what they are.
 */
void live_stacks__recycle(struct live *l);

#endif /* VMASCOPE_CAPTURE_LIVE_STACKS_H */
