/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scope.h - run vmascope on a workload, and compare what the two say.
 */
#ifndef VT_SCOPE_H
#define VT_SCOPE_H

#include "json_get.h"
#include "run.h"

/** vt_vmascope - path of the binary under test */
const char *vt_vmascope(void);
/** vt_workload - path of the workload @name */
const char *vt_workload(const char *name);

/** struct vt_scope - one run of vmascope; @json is its output, @work the workload's own result */
struct vt_scope {
	struct vt_cmd cmd;
	struct json_object *json;
	struct json_object *work;
};

/**
 * vt_stat - `vmascope stat --format json FILTERS -- WORKLOAD ARGS`, which must end with status 0
 * @filters: may be NULL
 * @work: workload's name and arguments; --result is added
 */
void vt_stat(struct vt_scope *s, const char *const *filters, const char *const *work);
/** vt_trace - the same with `trace`; @json becomes the array of the lines */
void vt_trace(struct vt_scope *s, const char *const *filters, const char *const *work);
/**
 * vt_moved_pages - pages that the kernel has moved since it was started (compaction), of all processes
 *
 * While it moves one, the page is not mapped: a call that would have flushed for it does not, and who
 * touches it takes a fault more.
 */
int64_t vt_moved_pages(void);
/** vt_scope_run - as vt_stat(), for any command @verb whose output is JSON documents */
void vt_scope_run(struct vt_scope *s, const char *verb, const char *const *filters,
		  const char *const *work);
/** vt_scope_one - the same, if that output is one JSON document */
void vt_scope_one(struct vt_scope *s, const char *verb, const char *const *filters,
		  const char *const *work);
void vt_scope_free(struct vt_scope *s);

/**
 * vt_await_attached - wait until vmascope process @cmd notifies that it is attached (sd_notify)
 *
 * Once for each start.
 */
void vt_await_attached(const struct vt_cmd *cmd);
/** vt_await_reading - wait until @cmd has begun to read its stdin: it is past its exec and loader */
void vt_await_reading(const struct vt_cmd *cmd);
/** vt_interrupt - end @cmd by SIGINT, as Ctrl-C would; its status must be 0 */
void vt_interrupt(struct vt_cmd *cmd);

/**
 * vt_one_error - @cmd has printed one error, as text or JSON, which holds @part (NULL: anything); each
 * line is whole, and vmascope's; the rest is a printf format that says what was run
 */
void vt_one_error(const struct vt_cmd *cmd, const char *part, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** vt_check_sums - every invariant that `stat`'s JSON has within itself */
void vt_check_sums(struct json_object *stat);
/** vt_check_usage - minor and major of the command and of its children equal getrusage */
void vt_check_usage(struct json_object *stat, struct json_object *work);
/**
 * vt_check_attached_usage - the same for one process that was attached to at its gate: usage at
 * the end minus usage at the gate
 */
void vt_check_attached_usage(struct json_object *stat, struct json_object *work);
/** vt_check_ranges - each range that the workload knows has exactly these faults in its VMA */
void vt_check_ranges(struct json_object *stat, struct json_object *work);
/** vt_knows_access - the hook that shows a fault's begin tells reads, writes and execs apart */
bool vt_knows_access(struct json_object *stat);
/** vt_range_name - name that a range of @work must have, or NULL if any will do */
const char *vt_range_name(struct json_object *work, struct json_object *range);

/** vt_sum_pid - Σ of @member ("minor") over the entries of processes with @pid; -1 pid: all */
int64_t vt_sum_pid(struct json_object *stat, int64_t pid, const char *member);
/** vt_process - the one entry of @pid */
struct json_object *vt_process(struct json_object *stat, int64_t pid);

#endif /* VT_SCOPE_H */
