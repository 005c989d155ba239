// SPDX-License-Identifier: GPL-2.0-only
/* file.c - append blocks to a file, so that what is there is whole at any time. */
#include "record/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/block.h"

static int write_all(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		const ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		size -= n;
	}
	return 0;
}

/** add_entry - the capacity of the index is the next power of two. */
static int add_entry(struct file *f, const struct block_head *head)
{
	if (!(f->nr & (f->nr - 1))) {
		struct block_entry *grown = realloc(f->index,
						    (f->nr ? f->nr * 2 : 1) * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		f->index = grown;
	}
	f->index[f->nr++] = (struct block_entry){
		.offset = f->size,
		.first_ns = head->first_ns,
		.last_ns = head->last_ns,
		.kind = head->kind,
		.records = head->records,
	};
	return 0;
}

int file__append(struct file *f, const void *block, size_t size)
{
	int err = add_entry(f, block);

	if (err)
		return err;
	err = write_all(f->fd, block, size);
	if (!err) {
		f->size += size;
		return 0;
	}
	f->nr--;
	/* half a block is of no use: a disk that is full gets its place back */
	if (ftruncate(f->fd, (off_t)f->size))
		return err;
	lseek(f->fd, (off_t)f->size, SEEK_SET);
	return err;
}

/** append_plain - a block of @data, not compressed. */
static int append_plain(struct file *f, enum block_kind kind, const void *data, size_t size)
{
	const struct block_head head = block__head(kind, data, size);
	char *block = malloc(sizeof(head) + size);
	int err;

	if (!block)
		return -ENOMEM;
	memcpy(block, &head, sizeof(head));
	memcpy(block + sizeof(head), data, size);
	err = file__append(f, block, sizeof(head) + size);
	free(block);
	return err;
}

int file__create(struct file *f, const char *path, const char *header)
{
	int err;

	memset(f, 0, sizeof(*f));
	f->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return -errno;
	err = write_all(f->fd, FORMAT_MAGIC, FORMAT_MAGIC_LEN);
	if (err)
		return err;
	f->size = FORMAT_MAGIC_LEN;
	return append_plain(f, BLOCK_HEADER, header, strlen(header));
}

int file__finish(struct file *f)
{
	return append_plain(f, BLOCK_END, f->index, f->nr * sizeof(*f->index));
}

int file__close(struct file *f)
{
	int err = 0;

	if (f->fd >= 0 && close(f->fd))
		err = -errno;
	free(f->index);
	memset(f, 0, sizeof(*f));
	f->fd = -1;
	return err;
}
