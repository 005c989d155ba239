/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recorded.h - record a workload, and report on the recording.
 */
#ifndef VT_RECORDED_H
#define VT_RECORDED_H

#include <json-c/json.h>
#include <stddef.h>

#include "run.h"

/** Exit status of a report on an incomplete recording. */
#define VT_EXIT_PARTIAL 3

/** struct vt_recorded - a recorded run; @work: the workload's result */
struct vt_recorded {
	struct vt_cmd cmd;
	const char *file;
	struct json_object *work;
};

/**
 * vt_record_start - start `vmascope record -o FILE OPTIONS -- WORKLOAD --result RESULT`; the caller
 * sets r->file
 * @work: the workload's name and arguments; @result: set to the path of its result
 */
void vt_record_start(struct vt_recorded *r, const char *const *options, const char *const *work,
		     const char **result);
/** vt_record - the same until it exits, which must be successful, with a new file */
void vt_record(struct vt_recorded *r, const char *const *options, const char *const *work);
void vt_recorded_free(struct vt_recorded *r);

/** vt_report - report on @file; @status: expected exit status */
void vt_report(struct vt_cmd *cmd, const char *file, const char *const *options, int status);
/** vt_report_json - the same, as JSON */
struct json_object *vt_report_json(const char *file, int status);
/**
 * vt_report_trace - the last line of the view trace; @lines: set to the number of lines before it
 */
struct json_object *vt_report_trace(const char *file, int status, size_t *lines);

#endif /* VT_RECORDED_H */
