/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.h - names of causes, calls, losses etc.: one table for each enum of events.h.
 */
#ifndef VMASCOPE_MODEL_NAMES_H
#define VMASCOPE_MODEL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"

extern const char *const access_names[VS_NR_ACCESS];
extern const char *const origin_names[VS_NR_ORIGIN];
extern const char *const outcome_names[VS_NR_OUTCOME];
extern const char *const cause_names[VS_NR_CAUSES];
extern const char *const size_names[VS_NR_SIZES];
extern const char *const lost_names[VS_NR_LOST];
extern const char *const call_names[VS_NR_CALLS];
extern const char *const ipi_names[VS_NR_IPI];
extern const char *const errno_names[VS_NR_ERRNOS];

/** Maximum size of a call_label(), bytes. */
#define CALL_LABEL_LEN 48

/**
 * advice_name - name of an advice of madvise(2), as in its header: "MADV_DONTNEED"
 * Return: its name; "advice 77" if it has none, valid until the thread's next call.
 */
const char *advice_name(uint32_t advice);

/** call_has_advice - the detail of @call is an advice. */
bool call_has_advice(uint32_t call);

/**
 * call_label - text for a call with its detail: "munmap", "madvise DONTNEED", "mmap FIXED"
 * @call: enum vs_call; @detail: of struct vs_call_key
 */
void call_label(char *buf, size_t size, uint32_t call, uint32_t detail);

/**
 * names__find - find @name in @names
 * Return: its index, or -ENOENT.
 */
int names__find(const char *const *names, int nr, const char *name);

#endif /* VMASCOPE_MODEL_NAMES_H */
