/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - run `vmascope shootdown` under the kernel's own tracer, and compare what they say.
 */
#ifndef VT_SHOOTDOWN_H
#define VT_SHOOTDOWN_H

#include "ftrace.h"
#include "scope.h"

/**
 * struct vt_shot - a run
 * @kernel: what the tracer saw of the command, from its exec on
 * @moved: pages were moved meanwhile: a rule of how often the kernel flushes need not hold (vt_moved_pages())
 */
struct vt_shot {
	struct vt_scope s;
	struct vt_ktally kernel;
	bool moved;
};

/**
 * vt_shootdown - `vmascope shootdown --format json FILTERS -- WORKLOAD ARGS` under the tracer
 *
 * Checks vt_check_shootdown() and vt_check_kernel() at once.
 */
void vt_shootdown(struct vt_shot *shot, const char *const *filters, const char *const *work);
void vt_shootdown_free(struct vt_shot *shot);

/**
 * vt_rows_sum - Σ of @member over those rows of the array @list that are of @call
 * @call: NULL: any; @advice: NULL: any
 * @pid: -1: any, or the rows have none
 */
int64_t vt_rows_sum(struct json_object *json, const char *list, const char *call,
		    const char *advice, int64_t pid, const char *member);
/** vt_calls_sum - the same over `calls` */
int64_t vt_calls_sum(struct json_object *json, const char *call, const char *advice,
		     const char *member);
/** vt_pairs_sum - interrupts of @kind from process @from to process @to; -1: any of them */
int64_t vt_pairs_sum(struct json_object *json, const char *kind, int64_t from, int64_t to,
		     int64_t from_cpu, int64_t to_cpu);

/** vt_page_sum - Σ of @member over the mprotects of the workload's `page` */
int64_t vt_page_sum(const struct vt_shot *shot, const char *member);
/**
 * vt_check_page - what the mprotects of the workload's `page` did, against the tracer
 * @kernel: set to what that has of them
 */
void vt_check_page(const struct vt_shot *shot, struct vt_ktally *kernel);

/** vt_check_shootdown - every invariant that the output has within itself, for any --by */
void vt_check_shootdown(struct json_object *json);
/**
 * vt_check_kernel - totals, and each call's counts, equal the tracer's
 * @wider: over a longer span; what others do to the followed tasks lies between the two
 */
void vt_check_kernel(struct json_object *json, const struct vt_ktally *kernel,
		     const struct vt_ktally *wider);

#endif /* VT_SHOOTDOWN_H */
