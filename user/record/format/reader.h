/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - a recording's blocks and records, one after another; what is damaged is stepped over
 * and told. Nothing in a file is trusted.
 */
#ifndef VMASCOPE_RECORD_FORMAT_READER_H
#define VMASCOPE_RECORD_FORMAT_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "record/format/block.h"
#include "record/format/header.h"

/**
 * struct damage - what is missing
 * @ended: the file has its end
 * @blocks: damaged ones, and gaps between blocks; @bytes: in them
 * @records: in damaged blocks whose head is whole
 * @first_ns, @last_ns: times of these, CLOCK_MONOTONIC; 0: not known
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
 * @offset: of the next block
 * @block: head of the present one; @at, @end: what is unread of it
 * @last_ns: the latest time so far
 * @window: of READER_WINDOW bytes, what the file has from @window_at on: @window_len of them
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
 * Return: 0; -ESPIPE: no regular file; -EBADMSG: it is none, or its header is damaged; -EPROTONOSUPPORT: of a newer version;
 * another negative errno. To be closed in any case.
 */
int reader__open(struct reader *r, const char *path);
void reader__close(struct reader *r);

/**
 * reader__block - go on to the next block of records that is whole
 * Return: enum block_kind; 0: there is none; a negative errno.
 */
int reader__block(struct reader *r);

/**
 * reader__record - the next record of the block
 * @record: set; strings in it are good until the next block
 * Return: enum record_type; 0: there is none that is known; -ENODATA: the block is over.
 */
int reader__record(struct reader *r, union record *record);

/** reader__whole - nothing is missing, as far as it has been read. */
bool reader__whole(const struct reader *r);

#endif /* VMASCOPE_RECORD_FORMAT_READER_H */
