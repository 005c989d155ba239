// SPDX-License-Identifier: GPL-2.0-only
/* block.c - pack records into blocks with checksums; check and unpack blocks. */
#include "record/format/block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "util/array.h"

/**
 * Compression has to keep up with the highest fault rate, and the differences are small already.
 */
#define ZSTD_LEVEL 1

int packer__init(struct packer *p, enum block_kind kind)
{
	memset(p, 0, sizeof(*p));
	p->kind = kind;
	p->zstd = ZSTD_createCCtx();
	return p->zstd ? codec__init(&p->codec) : -ENOMEM;
}

void packer__free(struct packer *p)
{
	codec__free(&p->codec);
	ZSTD_freeCCtx(p->zstd);
	free(p->raw);
	free(p->packed);
	memset(p, 0, sizeof(*p));
}

int packer__put(struct packer *p, enum record_type type, const void *record, uint64_t time_ns)
{
	if (array__reserve(&p->raw, &p->cap, p->len + RECORD_MAX_BYTES, 1))
		return -ENOMEM;
	p->len += codec__put(&p->codec, type, record, p->raw + p->len);
	p->records++;
	if (!p->first_ns || time_ns < p->first_ns)
		p->first_ns = time_ns;
	if (time_ns > p->last_ns)
		p->last_ns = time_ns;
	return 0;
}

static uint32_t checksum(const void *data, size_t size)
{
	return crc32_z(0, data, size);
}

static uint32_t head_checksum(const struct block_head *head)
{
	return checksum(head, offsetof(struct block_head, head_crc));
}

struct block_head block__head(enum block_kind kind, const void *data, uint32_t stored)
{
	struct block_head head = {
		.magic = BLOCK_MAGIC,
		.kind = kind,
		.stored = stored,
		.crc = checksum(data, stored),
	};

	head.head_crc = head_checksum(&head);
	return head;
}

void block__sign(struct block_head *head)
{
	head->head_crc = head_checksum(head);
}

static void restart(struct packer *p)
{
	p->len = 0;
	p->records = 0;
	p->first_ns = p->last_ns = 0;
	codec__restart(&p->codec);
}

/** most_raw - most bytes that @stored bytes may be unpacked to. */
static uint64_t most_raw(uint64_t stored)
{
	return BLOCK_FREE_BYTES + stored * BLOCK_RATIO;
}

const void *packer__seal(struct packer *p, size_t *size)
{
	struct block_head *head;
	size_t stored;

	if (array__reserve(&p->packed, &p->packed_cap, sizeof(*head) + ZSTD_compressBound(p->len),
			   1))
		return NULL;
	head = (struct block_head *)p->packed;
	stored = ZSTD_compressCCtx(p->zstd, head + 1, p->packed_cap - sizeof(*head), p->raw, p->len,
				   ZSTD_LEVEL);
	if (ZSTD_isError(stored))
		return NULL;
	/* what does not become smaller is stored uncompressed, as is what exceeds a reader's ratio */
	if (stored >= p->len || p->len > most_raw(stored)) {
		stored = p->len;
		memcpy(head + 1, p->raw, p->len);
	}
	*head = block__head(p->kind, head + 1, stored);
	head->raw = stored == p->len ? 0 : p->len;
	head->records = p->records;
	head->first_ns = p->first_ns;
	head->last_ns = p->last_ns;
	block__sign(head);
	*size = sizeof(*head) + stored;
	restart(p);
	return p->packed;
}

bool block__head_valid(const struct block_head *head)
{
	return head->magic == BLOCK_MAGIC && head->head_crc == head_checksum(head) &&
	       head->stored <= BLOCK_MAX && head->raw <= BLOCK_MAX &&
	       head->raw <= most_raw(head->stored);
}

size_t block__size(const struct block_head *head)
{
	return head->raw ? head->raw : head->stored;
}

int block__unpack(const struct block_head *head, const void *stored, uint8_t **raw, size_t *cap)
{
	const size_t size = block__size(head);
	size_t n;

	if (checksum(stored, head->stored) != head->crc)
		return -EBADMSG;
	/* one more byte for a terminating NUL, for JSON */
	if (array__reserve(raw, cap, size + 1, 1))
		return -ENOMEM;
	(*raw)[size] = '\0';
	if (!size)
		return 0;
	if (!head->raw) {
		memcpy(*raw, stored, size);
		return 0;
	}
	n = ZSTD_decompress(*raw, size, stored, head->stored);
	if (ZSTD_getErrorCode(n) == ZSTD_error_memory_allocation)
		return -ENOMEM;
	return n == size ? 0 : -EBADMSG;
}
