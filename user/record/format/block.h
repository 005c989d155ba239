/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * block.h - blocks: records gathered and packed into one, and a block's bytes checked and unpacked.
 */
#ifndef VMASCOPE_RECORD_FORMAT_BLOCK_H
#define VMASCOPE_RECORD_FORMAT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/format/schema.h"

struct ZSTD_CCtx_s;

/**
 * struct packer - the block that is being filled
 * @kind: enum block_kind
 * @codec: how records are written
 * @raw: @len bytes so far, of @cap
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

/** packer__init - Return: 0 or -ENOMEM; to be freed in any case. */
int packer__init(struct packer *p, enum block_kind kind);
void packer__free(struct packer *p);

/** packer__put - add a record of something that ended at @time_ns. Return: 0 or -ENOMEM. */
int packer__put(struct packer *p, enum record_type type, const void *record, uint64_t time_ns);

/**
 * packer__seal - finish the block, and begin the next
 * @size: bytes of it, its head included
 *
 * Return: the block, good until the next call; NULL without memory.
 */
const void *packer__seal(struct packer *p, size_t *size);

/** block__head - a head for @stored bytes that are not packed. */
struct block_head block__head(enum block_kind kind, const void *data, uint32_t stored);

/** block__sign - a head has been changed: set its checksum. */
void block__sign(struct block_head *head);

/** block__head_valid - magic, checksum, sizes and their ratio are right. */
bool block__head_valid(const struct block_head *head);

/** block__size - bytes of a block when it is unpacked. */
size_t block__size(const struct block_head *head);

/**
 * block__unpack - the bytes that a block was made of
 * @stored: head->stored bytes of the file
 * @raw: room, grown as it has to be; @cap: its size
 *
 * Return: 0; -EBADMSG: they are damaged; -ENOMEM.
 */
int block__unpack(const struct block_head *head, const void *stored, uint8_t **raw, size_t *cap);

#endif /* VMASCOPE_RECORD_FORMAT_BLOCK_H */
