/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gated.h - a workload that waits at its gate while `stat` attaches.
 */
#ifndef VT_GATED_H
#define VT_GATED_H

#include "json_get.h"
#include "run.h"

/**
 * struct vt_gated - such a workload; @result: the file with its result, which is parsed into @known
 */
struct vt_gated {
	struct vt_cmd work;
	const char *result;
	struct json_object *known;
};

/** vt_gated_start_as - start workload @argv[0] as user @uid, and wait until it is at its gate */
void vt_gated_start_as(struct vt_gated *g, uid_t uid, const char *const *argv);
void vt_gated_start(struct vt_gated *g, const char *const *argv);
/** vt_gated_run - open the gate, and wait for the exit, whose status must be 0 */
void vt_gated_run(struct vt_gated *g);
void vt_gated_free(struct vt_gated *g);

/**
 * vt_gated_process - open the gate of @g while `stat -p` counts its process, until both have exited
 *
 * Return: its output, after checking sums and usage; the caller frees it, and @g.
 */
struct json_object *vt_gated_process(struct vt_gated *g);

/** vt_attach_stat - start `stat FILTERS` without a command; it runs until vt_stop_stat() */
void vt_attach_stat(struct vt_cmd *scope, const char *const *filters);
/** vt_stop_stat - Return: its output, after checking the sums. */
struct json_object *vt_stop_stat(struct vt_cmd *scope);
/** vt_check_only_process - @json has the faults of @in's process, at least 1,000, and none of @out's */
void vt_check_only_process(struct json_object *json, const struct vt_gated *in,
			   const struct vt_gated *out);
/** vt_stat_output - the output file */
const char *vt_stat_output(void);

#endif /* VT_GATED_H */
