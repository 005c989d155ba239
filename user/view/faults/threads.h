/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * threads.h - rows of threads: the share of their time that was spent in faults.
 */
#ifndef VMASCOPE_VIEW_FAULTS_THREADS_H
#define VMASCOPE_VIEW_FAULTS_THREADS_H

#include <stdbool.h>

#include "model/threads.h"
#include "table/rows.h"

/**
 * threads_view__make - make rows of threads, those with most time in faults first
 * @start_ns: and @end_ns: the run, CLOCK_MONOTONIC
 * @text: show it in text, too
 * @limit: maximum number of rows, 0: all
 */
struct table *threads_view__make(const struct threads *threads, uint64_t start_ns, uint64_t end_ns,
				 bool text, size_t limit);

/**
 * threads_view__interval - the same for an interval, from @from_ns to @to_ns: threads with faults
 * in it.
 */
struct table *threads_view__interval(const struct threads *threads, uint64_t from_ns,
				     uint64_t to_ns, bool text, size_t limit);

#endif /* VMASCOPE_VIEW_FAULTS_THREADS_H */
