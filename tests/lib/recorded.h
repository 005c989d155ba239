/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recorded.h - a workload that is recorded, and what report makes of the recording.
 */
#ifndef VT_RECORDED_H
#define VT_RECORDED_H

#include <json-c/json.h>
#include <stddef.h>

#include "run.h"

/** Exit status of a report of which something is missing. */
#define VT_EXIT_PARTIAL 3

/** struct vt_recorded - a run that was recorded; @work: the workload's own result */
struct vt_recorded {
	struct vt_cmd cmd;
	const char *file;
	struct json_object *work;
};

/**
 * vt_record_start - `vmascope record -o FILE OPTIONS -- WORKLOAD --result RESULT`; r->file is set before
 * @work: the workload's name and arguments; @result: set to the path of its result
 */
void vt_record_start(struct vt_recorded *r, const char *const *options, const char *const *work,
		     const char **result);
/** vt_record - the same to its end, which must be good, into a file of its own */
void vt_record(struct vt_recorded *r, const char *const *options, const char *const *work);
void vt_recorded_free(struct vt_recorded *r);

/** vt_report - of @file; @status: what it must end with */
void vt_report(struct vt_cmd *cmd, const char *file, const char *const *options, int status);
/** vt_report_json - the same, as JSON */
struct json_object *vt_report_json(const char *file, int status);
/** vt_report_trace - the last line of the view trace; @lines: how many come before it */
struct json_object *vt_report_trace(const char *file, int status, size_t *lines);

#endif /* VT_RECORDED_H */
