/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scope.h - run vmascope on a workload, and compare their results.
 */
#ifndef VT_SCOPE_H
#define VT_SCOPE_H

#include "json_get.h"
#include "run.h"

/** vt_vmascope - path of the binary under test */
const char *vt_vmascope(void);
/**
 * vt_latency_mode - mode in which `stat` and `record` are run: VMASCOPE_TEST_LATENCY, or "every"
 *
 * Counts are the same in each; tests/run e2e-sample and e2e-off run the tests of counts in others.
 */
const char *vt_latency_mode(void);
/** vt_latency_args - add it to @argv, which has @n words, unless it is "every". Return: new @n. */
size_t vt_latency_args(const char **argv, size_t n);
/** vt_every_latency - the mode is "every". */
bool vt_every_latency(void);
/** vt_workload - path of the workload @name */
const char *vt_workload(const char *name);
/**
 * vt_named_copy - a copy of a workload under a name that no other process has, for filters by name
 * @workload: name of the workload; @name: the new name, as it is in comm; @size: of it, at least 16
 *
 * Return: path of the copy; valid until the next call.
 */
const char *vt_named_copy(const char *workload, char *name, size_t size);

/** struct vt_scope - a run of vmascope; @json: its output, @work: the workload's result */
struct vt_scope {
	struct vt_cmd cmd;
	struct json_object *json;
	struct json_object *work;
};

/**
 * vt_stat - `vmascope stat --format json FILTERS -- WORKLOAD ARGS`, which must exit with status 0
 * @filters: may be NULL
 * @work: name and arguments of the workload; --result is added
 */
void vt_stat(struct vt_scope *s, const char *const *filters, const char *const *work);
/** vt_trace - the same with `trace`; @json is set to an array of the lines */
void vt_trace(struct vt_scope *s, const char *const *filters, const char *const *work);
/**
 * vt_moved_pages - number of pages that the kernel has migrated (compaction) since boot, of all
 * processes
 *
 * A page is unmapped while it is migrated: a call that would have flushed for it does not, and an
 * access takes an additional fault.
 */
int64_t vt_moved_pages(void);
/**
 * vt_run_undisturbed - vt_run() of vmascope with a workload, once more if the workload says that it took
 * other faults than it knows, and the kernel has moved pages meanwhile
 */
void vt_run_undisturbed(struct vt_cmd *cmd, const char *const *argv);
/** vt_scope_run - as vt_stat(), for any command @verb whose output is JSON documents */
void vt_scope_run(struct vt_scope *s, const char *verb, const char *const *filters,
		  const char *const *work);
/** vt_scope_one - the same, for output that is one JSON document */
void vt_scope_one(struct vt_scope *s, const char *verb, const char *const *filters,
		  const char *const *work);
void vt_scope_free(struct vt_scope *s);

/**
 * vt_await_attached - wait until the vmascope process @cmd reports that it is attached (sd_notify)
 *
 * Call it once for each start.
 */
void vt_await_attached(const struct vt_cmd *cmd);
/** vt_await_reading - wait until @cmd reads its stdin: exec and dynamic loading are done */
void vt_await_reading(const struct vt_cmd *cmd);
/** vt_interrupt - end @cmd with SIGINT, as Ctrl-C would; its exit status must be 0 */
void vt_interrupt(struct vt_cmd *cmd);

/**
 * vt_one_error - check that @cmd has printed one error, as text or JSON, which contains @part
 * (NULL: anything), and that each line is complete and comes from vmascope; the rest is a printf
 * format that describes the run
 */
void vt_one_error(const struct vt_cmd *cmd, const char *part, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** vt_check_sums - check all invariants within the JSON of `stat` */
void vt_check_sums(struct json_object *stat);
/** vt_check_usage - minor and major faults of the command and its children equal getrusage */
void vt_check_usage(struct json_object *stat, struct json_object *work);
/**
 * vt_check_attached_usage - the same for a process that was attached to at its gate: usage at the
 * end minus usage at the gate
 */
void vt_check_attached_usage(struct json_object *stat, struct json_object *work);
/** vt_check_ranges - each range that the workload lists has exactly these faults in its VMA */
void vt_check_ranges(struct json_object *stat, struct json_object *work);
/** vt_knows_access - the hook at the start of a fault distinguishes reads, writes and execs */
bool vt_knows_access(struct json_object *stat);
/** vt_range_name - the name that a range of @work must have, or NULL if any is allowed */
const char *vt_range_name(struct json_object *work, struct json_object *range);

/** vt_sum_pid - sum of @member ("minor") over the processes with @pid; -1: all */
int64_t vt_sum_pid(struct json_object *stat, int64_t pid, const char *member);
/** vt_process - the only entry of @pid */
struct json_object *vt_process(struct json_object *stat, int64_t pid);

#endif /* VT_SCOPE_H */
