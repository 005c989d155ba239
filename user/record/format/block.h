/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * block.h - blocks: collect and pack records; check and unpack the bytes of a block.
 */
#ifndef VMASCOPE_RECORD_FORMAT_BLOCK_H
#define VMASCOPE_RECORD_FORMAT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/format/schema.h"

struct ZSTD_CCtx_s;

/**
 * struct packer - a block that is being filled
 * @kind: enum block_kind
 * @codec: encoder of the records
 * @raw: @len bytes used, of @cap
 * @packed: the finished block
 */
struct packer {
	enum block_kind kind;
	struct codec codec;
	uint8_t *raw;
	size_t len;
	size_t cap;
	uint32_t records;
	uint64_t first_ns;
	uint64_t last_ns;
	uint8_t *packed;
	size_t packed_cap;
	struct ZSTD_CCtx_s *zstd;
};

/** packer__init - Return: 0 or -ENOMEM; must be freed in any case. */
int packer__init(struct packer *p, enum block_kind kind);
void packer__free(struct packer *p);

/** packer__put - add a record of something that ended at @time_ns. Return: 0 or -ENOMEM. */
int packer__put(struct packer *p, enum record_type type, const void *record, uint64_t time_ns);

/**
 * packer__seal - finish the block and begin the next one
 * @size: set to its size in bytes, including the head
 *
 * Return: the block, valid until the next call; NULL: out of memory.
 */
const void *packer__seal(struct packer *p, size_t *size);

/** block__head - make a head for @stored uncompressed bytes. */
struct block_head block__head(enum block_kind kind, const void *data, uint32_t stored);

/** block__sign - set the checksum of a head that was changed. */
void block__sign(struct block_head *head);

/** block__head_valid - check magic, checksum, sizes and their ratio. */
bool block__head_valid(const struct block_head *head);

/** block__size - size of the unpacked block in bytes. */
size_t block__size(const struct block_head *head);

/**
 * block__unpack - unpack and check a block
 * @stored: head->stored bytes from the file
 * @raw: buffer, grown as needed; @cap: its size
 *
 * Return: 0; -EBADMSG: the bytes are damaged; -ENOMEM.
 */
int block__unpack(const struct block_head *head, const void *stored, uint8_t **raw, size_t *cap);

#endif /* VMASCOPE_RECORD_FORMAT_BLOCK_H */
