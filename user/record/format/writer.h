/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * writer.h - write blocks to one file or a ring of files, or keep them in memory for a snapshot.
 */
#ifndef VMASCOPE_RECORD_FORMAT_WRITER_H
#define VMASCOPE_RECORD_FORMAT_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "record/format/block.h"
#include "record/format/file.h"
#include "record/format/header.h"

/** Number of files of a ring: the current one, and completed ones before it. */
#define WRITER_RING_FILES 5
/** Default limit for the blocks that are kept for a snapshot (see --max-size). */
#define WRITER_SNAPSHOT_BYTES (256ULL << 20)

/**
 * struct writer_options - what to write
 * @path: path of the file; for a ring and for snapshots, the prefix of their names
 * @max_bytes: limit of the total size on disk, or in memory; 0: no limit
 * @snapshot_ns: length of a snapshot that is kept in memory; 0: write at once
 */
struct writer_options {
	const char *path;
	uint64_t max_bytes;
	uint64_t snapshot_ns;
};

struct kept_block;

/**
 * struct writer - a recording that is being written
 * @header: header of the run, owned by the caller
 * @events_bytes: a block of events is written when it reaches this size, uncompressed
 * @events: the block of events that is being filled; @checkpoint: the same for counts
 * @first_kept, @last_kept: blocks of a snapshot in memory, @kept_bytes in total
 * @why: why a file could not be created or old ones not removed; NULL: see the errno
 * @nr_files: files begun so far; @oldest: number of the oldest file of a ring
 * @counted: uncompressed bytes that went into checkpoints
 * @nr_events: faults, calls, flushes and interrupts; @bytes: bytes written
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

/** writer__init - Return: 0 or -ENOMEM; must be closed in any case. */
int writer__init(struct writer *w, const struct writer_options *o, struct header *header);

/**
 * writer__remove_old - remove the recordings of a ring or of snapshots that an earlier run left
 * @bad: set to the name of a file that is not a recording, in which case none is removed; has @size
 *	bytes
 * Return: 0, or a negative errno with w->why set.
 */
int writer__remove_old(struct writer *w, char *bad, size_t size);

/**
 * writer__begin - begin a file; the caller then writes a full checkpoint
 * @numbered: append the file's number to its name
 * Return: 0 or a negative errno; -EFBIG: the ring is too small even for this alone.
 */
int writer__begin(struct writer *w, bool numbered);

/** writer__event - add a record to the block of events. Return: 0 or a negative errno. */
int writer__event(struct writer *w, enum record_type type, const void *record, uint64_t time_ns);

/** writer__count - add a record to the checkpoint. Return: 0 or a negative errno. */
int writer__count(struct writer *w, enum record_type type, const void *record, uint64_t time_ns);

/**
 * writer__commit - write the checkpoint, after the events so far. Return: 0 or a negative errno.
 */
int writer__commit(struct writer *w);

/** writer__flush - end the current block of events, so that later events are in another block. */
int writer__flush(struct writer *w);

/** writer__budget - limit for the checkpoints of a file (struct saver); 0: no limit. */
uint64_t writer__budget(const struct writer *w);

/**
 * writer__is_full - the current file of a ring has reached its size, and the next one must be
 * begun.
 */
bool writer__is_full(const struct writer *w);

/** writer__put_kept - write the blocks in memory to the file. Return: 0 or a negative errno. */
int writer__put_kept(struct writer *w);

/** writer__end - write the index, and close the file. Return: 0 or a negative errno. */
int writer__end(struct writer *w);

/** writer__close - free everything; a file that was not ended stays as it is. */
void writer__close(struct writer *w);

#endif /* VMASCOPE_RECORD_FORMAT_WRITER_H */
