/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - read a recording's blocks and records in order; damaged parts are skipped and
 * reported. Nothing in a file is trusted.
 */
#ifndef VMASCOPE_RECORD_FORMAT_READER_H
#define VMASCOPE_RECORD_FORMAT_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "record/format/block.h"
#include "record/format/header.h"

/**
 * struct damage - what is missing from a recording
 * @ended: the file has an end marker
 * @blocks: damaged blocks, and gaps between blocks; @bytes: bytes in these
 * @records: records in damaged blocks whose head is valid
 * @first_ns, @last_ns: time range of these, CLOCK_MONOTONIC; 0: unknown
 */
struct damage {
	bool ended;
	uint64_t blocks;
	uint64_t bytes;
	uint64_t records;
	uint64_t first_ns;
	uint64_t last_ns;
};

/**
 * struct reader - a file that is being read
 * @offset: position of the next block
 * @block: head of the current block; @at, @end: its unread part
 * @last_ns: the latest time seen
 * @window: buffer of READER_WINDOW bytes, which has @window_len bytes of the file from @window_at
 *	on
 */
struct reader {
	int fd;
	uint64_t offset;
	uint64_t size;
	struct header header;
	struct codec codec;
	struct block_head block;
	uint8_t *stored;
	size_t stored_cap;
	uint8_t *raw;
	size_t raw_cap;
	const uint8_t *at;
	const uint8_t *end;
	uint64_t last_ns;
	uint8_t *window;
	uint64_t window_at;
	size_t window_len;
	struct damage damage;
};

/**
 * reader__open - open a recording, and read its header
 * Return: 0; -ESPIPE: not a regular file; -EBADMSG: not a recording, or its header is damaged;
 * -EPROTONOSUPPORT: its version is newer; another negative errno. Must be closed in any case.
 */
int reader__open(struct reader *r, const char *path);
void reader__close(struct reader *r);

/**
 * reader__block - go to the next valid block of records
 * Return: enum block_kind; 0: no more blocks; a negative errno.
 */
int reader__block(struct reader *r);

/**
 * reader__record - read the next record of the block
 * @record: filled in; its strings are valid until the next block
 * Return: enum record_type; 0: its type is unknown; -ENODATA: end of the block.
 */
int reader__record(struct reader *r, union record *record);

/** reader__whole - nothing is missing in what was read so far. */
bool reader__whole(const struct reader *r);

#endif /* VMASCOPE_RECORD_FORMAT_READER_H */
