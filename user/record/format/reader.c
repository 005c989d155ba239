// SPDX-License-Identifier: GPL-2.0-only
/* reader.c - find valid blocks, check them, and return their records. */
#include "record/format/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/array.h"

/** Bytes that are searched at a time for the next block. */
#define SEARCH_BYTES 65536

/**
 * read_at - read @size bytes.
 * Return: 0; -ENODATA: the file ends before; another negative errno.
 */
static int read_at(const struct reader *r, uint64_t offset, void *to, size_t size)
{
	char *at = to;

	while (size) {
		const ssize_t n = pread(r->fd, at, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -ENODATA;
		at += n;
		offset += n;
		size -= n;
	}
	return 0;
}

/* --- damage -------------------------------------------------------------------------------- */

static void missing_bytes(struct reader *r, uint64_t bytes)
{
	r->damage.blocks++;
	r->damage.bytes += bytes;
}

/** missing_block - account for a lost block whose head is valid. */
static void missing_block(struct reader *r, const struct block_head *head)
{
	struct damage *d = &r->damage;

	missing_bytes(r, sizeof(*head) + head->stored);
	d->records += head->records;
	if (head->first_ns && (!d->first_ns || head->first_ns < d->first_ns))
		d->first_ns = head->first_ns;
	if (head->last_ns > d->last_ns)
		d->last_ns = head->last_ns;
}

bool reader__whole(const struct reader *r)
{
	return r->damage.ended && !r->damage.blocks;
}

/* --- blocks -------------------------------------------------------------------------------- */

/**
 * look - make @size bytes from @offset on available in the window
 * @at: set to their address
 *
 * Return: 0; -ENODATA: the file has fewer bytes; another negative errno.
 */
static int look(struct reader *r, uint64_t offset, size_t size, const uint8_t **at)
{
	const uint64_t left = r->size > offset ? r->size - offset : 0;
	size_t len = left < SEARCH_BYTES ? left : SEARCH_BYTES;
	int err;

	if (offset >= r->window_at && offset - r->window_at + size <= r->window_len) {
		*at = r->window + (offset - r->window_at);
		return 0;
	}
	r->window_len = 0;
	if (len < size)
		return -ENODATA;
	if (!r->window)
		r->window = malloc(SEARCH_BYTES);
	if (!r->window)
		return -ENOMEM;
	err = read_at(r, offset, r->window, len);
	if (err)
		return err;
	*at = r->window;
	r->window_at = offset;
	r->window_len = len;
	return 0;
}

/**
 * find_head - find the first valid head from r->offset on
 * Return: 0; -ENODATA: there is none; another negative errno.
 */
static int find_head(struct reader *r, struct block_head *head)
{
	static const uint32_t magic = BLOCK_MAGIC;
	uint64_t from = r->offset;
	const uint8_t *at, *found;
	int err = read_at(r, from, head, sizeof(*head));

	/* it is normally right here */
	if ((!err && block__head_valid(head)) || (err && err != -ENODATA))
		return err;
	while (!(err = look(r, from, sizeof(*head), &at))) {
		const size_t len = r->window_len - (size_t)(at - r->window);

		found = memmem(at, len, &magic, sizeof(magic));
		if (!found) {
			from += len - sizeof(magic) + 1;
			continue;
		}
		from += (uint64_t)(found - at);
		err = look(r, from, sizeof(*head), &at);
		if (err)
			break;
		memcpy(head, at, sizeof(*head));
		if (block__head_valid(head)) {
			r->offset = from;
			return 0;
		}
		from++;
	}
	return err;
}

/** next_head - read the head of the next block; bytes skipped before it count as damage. */
static int next_head(struct reader *r, struct block_head *head)
{
	const uint64_t from = r->offset;
	int err;

	if (from >= r->size)
		return -ENODATA;
	err = find_head(r, head);
	if (err == -ENODATA)
		r->offset = r->size;
	if (r->offset > from)
		missing_bytes(r, r->offset - from);
	return err;
}

/**
 * read_block - read the contents of the block of @head. Return: 0; -EBADMSG, -ENODATA: damaged;
 * -errno.
 */
static int read_block(struct reader *r, const struct block_head *head)
{
	int err;

	/* check before allocating memory for a wrong length */
	if (head->stored > r->size - r->offset - sizeof(*head))
		return -ENODATA;
	err = array__reserve(&r->stored, &r->stored_cap, head->stored, 1);
	if (!err)
		err = read_at(r, r->offset + sizeof(*head), r->stored, head->stored);
	return err ? err : block__unpack(head, r->stored, &r->raw, &r->raw_cap);
}

/** next_block - read the next valid block of any kind. Return: enum block_kind; 0: none; -errno. */
static int next_block(struct reader *r)
{
	struct block_head head;
	int err;

	r->at = r->end = NULL;
	while (!(err = next_head(r, &head))) {
		err = read_block(r, &head);
		if (err == -ENODATA) {
			missing_block(r, &head);
			r->offset = r->size;
			return 0;
		}
		if (err && err != -EBADMSG)
			return err;
		r->offset += sizeof(head) + head.stored;
		if (!err) {
			r->block = head;
			return (int)head.kind;
		}
		missing_block(r, &head);
	}
	return err == -ENODATA ? 0 : err;
}

int reader__block(struct reader *r)
{
	int kind;

	while ((kind = next_block(r)) > 0) {
		if (kind == BLOCK_END)
			r->damage.ended = true;
		if (kind != BLOCK_EVENTS && kind != BLOCK_CHECKPOINT)
			continue;
		r->at = r->raw;
		r->end = r->raw + block__size(&r->block);
		codec__restart(&r->codec);
		if (r->block.last_ns > r->last_ns)
			r->last_ns = r->block.last_ns;
		return kind;
	}
	return kind;
}

int reader__record(struct reader *r, union record *record)
{
	int type;

	if (r->at == r->end)
		return -ENODATA;
	type = codec__get(&r->codec, &r->at, r->end, record);
	if (type >= 0)
		return type;
	/* the checksum is correct, so the writer was faulty */
	missing_block(r, &r->block);
	r->at = r->end;
	return -ENODATA;
}

/* --- the file ------------------------------------------------------------------------------ */

static int read_header(struct reader *r)
{
	char magic[FORMAT_MAGIC_LEN];
	int err = read_at(r, 0, magic, sizeof(magic));

	if (err || memcmp(magic, FORMAT_MAGIC, sizeof(magic)))
		return err && err != -ENODATA ? err : -EBADMSG;
	r->offset = sizeof(magic);
	err = next_block(r);
	if (err != BLOCK_HEADER || r->block.raw)
		return err < 0 ? err : -EBADMSG;
	return header__parse(&r->header, &r->codec, (const char *)r->raw);
}

int reader__open(struct reader *r, const char *path)
{
	struct stat st;

	memset(r, 0, sizeof(*r));
	/* without O_NONBLOCK, opening a FIFO would block */
	r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (r->fd < 0 || fstat(r->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ESPIPE;
	r->size = st.st_size;
	return read_header(r);
}

void reader__close(struct reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	header__free(&r->header);
	codec__free(&r->codec);
	free(r->window);
	free(r->stored);
	free(r->raw);
	memset(r, 0, sizeof(*r));
	r->fd = -1;
}
