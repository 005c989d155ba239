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

/** The recording's name where none is told. */
#define RECORDING_DEFAULT_PATH "vmascope.rec"

/** recording_event_fn - called for each event, its slots being those of the model. */
typedef int (*recording_event_fn)(void *ctx, const union record *event, enum record_type type);

/** recording_counts_fn - called where the model has the counts of one time, and of all before it. */
typedef int (*recording_counts_fn)(void *ctx, uint64_t time_ns);

/**
 * struct recording - a run
 * @files: their paths, @nr_files of them
 * @header: of the first file
 * @unknown: what it does not hold, being of an earlier version
 * @live: the model, without a capture
 * @counts: set by the caller, with the @ctx of recording__read(), or NULL
 * @end_ns: of the latest checkpoint; @last_ns: of the latest event (CLOCK_MONOTONIC)
 * @whole: nothing is missing
 * @told: it could not be read, or kept, after an error message
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
	bool told;
};

/**
 * recording__open - find the files, and read the header
 * @paths: NULL: the default one; else ended by NULL. A path that is no file is that of a ring.
 * @max_processes: that are kept, as --max-processes has it; 0: all
 * Return: 0, or an exit status after an error message. To be closed in any case.
 */
int recording__open(struct recording *r, char *const *paths, size_t max_processes);
void recording__close(struct recording *r);

/**
 * recording__read - into the model; what is missing is told
 * @fn: receives the events, with @ctx, while the model is what it was then; NULL: counts alone.
 *	Return: 0 or a negative errno to end.
 *
 * Return: 0 or a negative errno: @r->told, unless it is that of @fn or @r->counts.
 */
int recording__read(struct recording *r, recording_event_fn fn, void *ctx);

/**
 * recording__read_names - of stacks, so that events can be shown with theirs: these come first
 * Return: 0, -E2BIG or -ENOMEM, told.
 */
int recording__read_names(struct recording *r);

#endif /* VMASCOPE_SESSION_RECORDING_H */
