/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_event.h - effects of one memory call, from its record: the same as BPF counts in the call's
 * row.
 */
#ifndef VMASCOPE_MODEL_HISTORY_CALL_EVENT_H
#define VMASCOPE_MODEL_HISTORY_CALL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "events.h"

/** call_event__failed - it returned an error; brk does so by returning the unchanged break. */
bool call_event__failed(const struct vs_event_call *e);

/**
 * call_event__range - the address range of the call's arguments
 * @start, @end: both 0: none, or they are not in the record (process_madvise)
 */
void call_event__range(const struct vs_event_call *e, uint64_t *start, uint64_t *end);

/** call_event__bytes - the length requested, or advised by process_madvise */
uint64_t call_event__bytes(const struct vs_event_call *e);

/** call_event__counts - all counters except received IPIs and refaults */
struct vs_call_counts call_event__counts(const struct vs_event_call *e);

#endif /* VMASCOPE_MODEL_HISTORY_CALL_EVENT_H */
