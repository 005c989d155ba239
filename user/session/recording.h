/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recording.h - a recorded run: one file, or the files of a ring, read in order into a model.
 */
#ifndef VMASCOPE_SESSION_RECORDING_H
#define VMASCOPE_SESSION_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/live.h"
#include "record/format/header.h"
#include "record/format/unknown.h"
#include "record/load/load.h"

/** Default name of a recording. */
#define RECORDING_DEFAULT_PATH "vmascope.rec"

/** recording_event_fn - called for each event, with its slots mapped to those of the model. */
typedef int (*recording_event_fn)(void *ctx, const union record *event, enum record_type type);

/** recording_counts_fn - called when the model has all counts up to one point in time. */
typedef int (*recording_counts_fn)(void *ctx, uint64_t time_ns);

/**
 * struct recording - a recorded run
 * @files: paths, @nr_files of them
 * @header: header of the first file
 * @unknown: data that an earlier version did not record
 * @live: the model, without a capture
 * @counts: set by the caller, with the @ctx of recording__read(), or NULL
 * @end_ns: time of the latest checkpoint; @last_ns: time of the latest event (CLOCK_MONOTONIC)
 * @whole: no data is missing
 * @reported: it could not be read or kept, and an error message was printed
 */
struct recording {
	char **files;
	size_t nr_files;
	struct header header;
	struct unknown_columns unknown;
	struct live live;
	struct loader loader;
	recording_counts_fn counts;
	uint64_t end_ns;
	uint64_t last_ns;
	bool whole;
	bool reported;
};

/**
 * recording__open - find the files, and read the header
 * @paths: NULL: the default one; else terminated by NULL. A path that is no file is that of a ring.
 * @max_processes: limit of --max-processes; 0: none
 * Return: 0, or an exit status after an error message. To be closed in any case.
 */
int recording__open(struct recording *r, char *const *paths, size_t max_processes);
void recording__close(struct recording *r);

/**
 * recording__read - read into the model; missing data is reported
 * @fn: receives the events, with @ctx, while the model has the state of that time; NULL: none.
 *	Return: 0, or a negative errno to stop.
 *
 * Return: 0 or a negative errno: @r->reported is set, unless the errno is from @fn or @r->counts.
 */
int recording__read(struct recording *r, recording_event_fn fn, void *ctx);

/**
 * recording__read_names - read the names of stacks, so that events can be shown with theirs
 * Return: 0, or -E2BIG or -ENOMEM after an error message.
 */
int recording__read_names(struct recording *r);

#endif /* VMASCOPE_SESSION_RECORDING_H */
