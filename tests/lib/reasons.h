/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reasons.h - what page faults and memory calls of a program waited for, by the kernel's tracer: bounds for
 * the time of each reason.
 *
 * It uses a private tracefs instance, in the clock of vmascope. A lost event fails the test.
 */
#ifndef VT_REASONS_H
#define VT_REASONS_H

#include <stdint.h>

/** enum vt_reason - in the order of @vt_reason_names, which are the keys of vmascope's waits */
enum vt_reason {
	VT_LOCK_READ,
	VT_LOCK_WRITE,
	VT_DIRECT_RECLAIM,
	VT_MEMCG_RECLAIM,
	VT_COMPACTION,
	VT_NR_REASONS,
};
extern const char *const vt_reason_names[VT_NR_REASONS];

/**
 * struct vt_bounds - of the waits for a reason, ns
 *
 * A wait is at least from the first event that the tracer saw inside of it to the last, and at most from
 * the last event before it to the first one after it, of the same thread.
 *
 * @least, @most: of all of them
 * @count: number of waits
 */
struct vt_bounds {
	int64_t least;
	int64_t most;
	int64_t count;
};

/** struct vt_reasons - bounds by enum vt_reason: of faults, and of memory calls */
struct vt_reasons {
	struct vt_bounds fault[VT_NR_REASONS];
	struct vt_bounds call[VT_NR_REASONS];
};

/** vt_reasons_start - trace threads named @comm; only one at a time, and the test's teardown ends it */
void vt_reasons_start(const char *comm);
/** vt_reasons_stop - stop, and evaluate */
void vt_reasons_stop(struct vt_reasons *r);

#endif /* VT_REASONS_H */
