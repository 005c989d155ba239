/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - run `vmascope shootdown` under the kernel's tracer, and compare their results.
 */
#ifndef VT_SHOOTDOWN_H
#define VT_SHOOTDOWN_H

#include "ftrace.h"
#include "scope.h"

/**
 * struct vt_shot - a run
 * @kernel: the trace of the command, from its exec on
 * @moved: pages were migrated meanwhile: expected numbers of flushes need not hold
 *	(vt_moved_pages())
 */
struct vt_shot {
	struct vt_scope s;
	struct vt_ktally kernel;
	bool moved;
};

/**
 * vt_shootdown - `vmascope shootdown --format json FILTERS -- WORKLOAD ARGS` under the tracer
 *
 * Calls vt_check_shootdown() and vt_check_kernel().
 */
void vt_shootdown(struct vt_shot *shot, const char *const *filters, const char *const *work);
void vt_shootdown_free(struct vt_shot *shot);

/**
 * vt_rows_sum - sum of @member over the rows of array @list for @call
 * @call: NULL: any; @advice: NULL: any
 * @pid: -1: any, or the rows have no pid
 */
int64_t vt_rows_sum(struct json_object *json, const char *list, const char *call,
		    const char *advice, int64_t pid, const char *member);
/** vt_calls_sum - the same for `calls` */
int64_t vt_calls_sum(struct json_object *json, const char *call, const char *advice,
		     const char *member);
/** vt_pairs_sum - sum of @kind of IPIs from process @from to process @to; -1: any process */
int64_t vt_pairs_sum(struct json_object *json, const char *kind, int64_t from, int64_t to,
		     int64_t from_cpu, int64_t to_cpu);

/** vt_page_sum - sum of @member over the mprotect calls of workload `page` */
int64_t vt_page_sum(const struct vt_shot *shot, const char *member);
/**
 * vt_check_page - compare the effects of the mprotect calls of workload `page` with the trace
 * @kernel: set to the trace's counts of them
 */
void vt_check_page(const struct vt_shot *shot, struct vt_ktally *kernel);

/** vt_check_shootdown - check all invariants within the output, for any --by */
void vt_check_shootdown(struct json_object *json);
/**
 * vt_check_kernel - totals, and the counts of each call, equal those of the trace
 * @wider: counts over a longer span; the IPIs that the tasks received lie between the two
 */
void vt_check_kernel(struct json_object *json, const struct vt_ktally *kernel,
		     const struct vt_ktally *wider);

#endif /* VT_SHOOTDOWN_H */
