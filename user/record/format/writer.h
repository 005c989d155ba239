/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * writer.h - where blocks go: one file; a ring of files; or memory, until a snapshot is asked for.
 */
#ifndef VMASCOPE_RECORD_FORMAT_WRITER_H
#define VMASCOPE_RECORD_FORMAT_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "record/format/block.h"
#include "record/format/file.h"
#include "record/format/header.h"

/** Files of a ring: the one that is being written, and whole ones before it. */
#define WRITER_RING_FILES 5
/** Blocks that are kept for a snapshot take no more than this unless --max-size says so. */
#define WRITER_SNAPSHOT_BYTES (256ULL << 20)

/**
 * struct writer_options - what is to be written
 * @path: of the file; of a ring and of snapshots, what their names begin with
 * @max_bytes: 0: no bound; else of all files at any moment, on disk; or of memory
 * @snapshot_ns: 0: write as it comes; else keep so much in memory
 */
struct writer_options {
	const char *path;
	uint64_t max_bytes;
	uint64_t snapshot_ns;
};

struct kept_block;

/**
 * struct writer - the recording that is being written
 * @header: of the run, the caller's
 * @events_bytes: a block of events is written when it has so much, not packed
 * @events: the block of events that is being filled; @checkpoint: that of counts
 * @first_kept, @last_kept: blocks in memory, of a snapshot; @kept_bytes in all
 * @why: the last file could not be made, or old ones could not be removed; NULL: see the errno
 * @nr_files: begun so far; @oldest: number of the oldest of a ring
 * @counted: bytes that went into checkpoints, before they were packed
 * @nr_events: faults, calls, flushes and interrupts; @bytes: written
 */
struct writer {
	struct writer_options options;
	struct header *header;
	struct file file;
	size_t events_bytes;
	struct packer events;
	struct packer checkpoint;
	struct kept_block *first_kept;
	struct kept_block *last_kept;
	uint64_t kept_bytes;
	const char *why;
	uint32_t nr_files;
	uint32_t oldest;
	uint64_t counted;
	uint64_t nr_events;
	uint64_t bytes;
};

/** writer__init - Return: 0 or -ENOMEM; to be closed in any case. */
int writer__init(struct writer *w, const struct writer_options *o, struct header *header);

/**
 * writer__remove_old - of a ring or snapshots: recordings of these names that an earlier run left
 * @bad: set to the name of what is none, and stays there with all others; of @size bytes
 * Return: 0, or a negative errno with w->why set.
 */
int writer__remove_old(struct writer *w, char *bad, size_t size);

/**
 * writer__begin - begin a file; a full checkpoint is to follow
 * @numbered: its name ends in its number
 * Return: 0 or a negative errno; -EFBIG: not even alone it fits into a ring.
 */
int writer__begin(struct writer *w, bool numbered);

/** writer__event - add a record of events, or what they refer to. Return: 0 or a negative errno. */
int writer__event(struct writer *w, enum record_type type, const void *record, uint64_t time_ns);

/** writer__count - add a record to the checkpoint. Return: 0 or a negative errno. */
int writer__count(struct writer *w, enum record_type type, const void *record, uint64_t time_ns);

/** writer__commit - write the checkpoint, behind the events so far. Return: 0 or a negative errno. */
int writer__commit(struct writer *w);

/** writer__flush - end the block of events, to be found apart from later ones. */
int writer__flush(struct writer *w);

/** writer__budget - what checkpoints of a file may have (struct saver); 0: no bound. */
uint64_t writer__budget(const struct writer *w);

/** writer__is_full - the file of a ring has its size: it is to be ended, and the next one begun. */
bool writer__is_full(const struct writer *w);

/** writer__put_kept - write the blocks in memory to the file. Return: 0 or a negative errno. */
int writer__put_kept(struct writer *w);

/** writer__end - write the index, and close the file. Return: 0 or a negative errno. */
int writer__end(struct writer *w);

/** writer__close - free everything; a file that was not ended stays as it is. */
void writer__close(struct writer *w);

#endif /* VMASCOPE_RECORD_FORMAT_WRITER_H */
