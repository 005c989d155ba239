/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracks.h - a Perfetto trace as it is written: tracks, and what happens on them.
 *
 * Packets go out one by one, in any order of time: its readers sort them.
 */
#ifndef VMASCOPE_EXPORT_TRACKS_H
#define VMASCOPE_EXPORT_TRACKS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "events.h"
#include "util/hash.h"

/** Annotations of an event at most. */
#define NOTES_MAX (5 + VS_NR_FIGURES)

/**
 * struct track_note - an annotation: text, or a number
 * @is_address: @number is shown as one; @is_text: it is a text's, of tracks__text()
 */
struct track_note {
	const char *name;
	const char *text;
	uint64_t number;
	bool is_address;
	bool is_text;
};

/**
 * struct tracks - the trace
 * @known: tracks that have been written, by their uuid
 * @begun: there is a packet; @texts: number of texts that have been written
 * @buf: of @cap bytes, for a packet
 * @error: of the first thing that failed, a negative errno: from then on nothing is written
 */
struct tracks {
	FILE *file;
	struct hash known;
	bool begun;
	uint64_t texts;
	uint8_t *buf;
	size_t cap;
	int error;
};

/** struct slice - what happens on a track; @flow_out, @flow_in: an arrow's id, 0: none */
struct slice {
	uint64_t track;
	uint64_t begin_ns;
	uint64_t end_ns;
	const char *category;
	const char *name;
	uint64_t flow_out;
	uint64_t flow_in;
	struct track_note notes[NOTES_MAX];
	size_t nr_notes;
};

void tracks__init(struct tracks *t, FILE *file);
void tracks__free(struct tracks *t);

/** tracks__fail - @err, a negative errno, is the first error, unless there is one; 0 is none. */
void tracks__fail(struct tracks *t, int err);

/** tracks__process and others - the track's uuid; a track is described when it is met first */
uint64_t tracks__process(struct tracks *t, uint32_t pid, const char *name);
uint64_t tracks__thread(struct tracks *t, uint32_t pid, uint32_t tid, const char *name);
uint64_t tracks__cpu(struct tracks *t, uint32_t cpu);
/** tracks__rate - faults per second: of process @pid, 0: of all */
uint64_t tracks__rate(struct tracks *t, uint32_t pid);
/** tracks__rss - resident memory of process @pid */
uint64_t tracks__rss(struct tracks *t, uint32_t pid);

/** tracks__text - a text that many events have. Return: its number. */
uint64_t tracks__text(struct tracks *t, const char *text);

/** tracks__slice - from its begin to its end; an instant if these are the same. */
void tracks__slice(struct tracks *t, const struct slice *slice);

/** tracks__count - a counter's value from @time_ns on. */
void tracks__count(struct tracks *t, uint64_t track, uint64_t time_ns, uint64_t value);

#endif /* VMASCOPE_EXPORT_TRACKS_H */
