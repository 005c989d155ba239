// SPDX-License-Identifier: GPL-2.0-only
/* file.c - append blocks to a file, which is valid up to its end at any time. */
#include "record/format/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "record/format/block.h"
#include "util/array.h"
#include "util/out_file.h"

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

static int add_entry(struct file *f, const struct block_head *head)
{
	if (array__reserve(&f->index, &f->cap, f->nr + 1, sizeof(*f->index)))
		return -ENOMEM;
	f->index[f->nr++] = (struct block_entry){
		.offset = f->size,
		.first_ns = head->first_ns,
		.last_ns = head->last_ns,
		.kind = head->kind,
		.records = head->records,
	};
	return 0;
}

static int append_block(struct file *f, const void *block, size_t size)
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
	/* remove a partial block, which is useless; this also frees space on a full disk */
	if (ftruncate(f->fd, (off_t)f->size))
		return err;
	lseek(f->fd, (off_t)f->size, SEEK_SET);
	return err;
}

/** append_plain - append a block of @data, not compressed. */
static int append_plain(struct file *f, enum block_kind kind, const void *data, size_t size)
{
	const struct block_head head = block__head(kind, data, size);
	char *block = malloc(sizeof(head) + size);
	int err;

	if (!block)
		return -ENOMEM;
	memcpy(block, &head, sizeof(head));
	memcpy(block + sizeof(head), data, size);
	err = append_block(f, block, sizeof(head) + size);
	free(block);
	return err;
}

int file__append(struct file *f, const void *block, size_t size)
{
	int err = append_block(f, block, size);

	if (err || f->nr < INDEX_ENTRIES)
		return err;
	err = append_plain(f, BLOCK_INDEX, f->index, f->nr * sizeof(*f->index));
	if (err)
		return err;
	/*
	 * the last entry is that of the index itself, and becomes the first entry of the next index
	 */
	f->index[0] = f->index[f->nr - 1];
	f->nr = 1;
	return 0;
}

int file__create(struct file *f, const char *path, const char *header, const char **why)
{
	int err;

	memset(f, 0, sizeof(*f));
	f->fd = out_file__create(path, OUT_FILE_SECRET, why);
	if (f->fd < 0)
		return f->fd;
	err = write_all(f->fd, FORMAT_MAGIC, FORMAT_MAGIC_LEN);
	if (err)
		return err;
	f->size = FORMAT_MAGIC_LEN;
	return append_plain(f, BLOCK_HEADER, header, strlen(header));
}

size_t file__end_size(const struct file *f)
{
	/* the index may be due and be written along with a block */
	return sizeof(struct block_head) + (f->nr + 2) * sizeof(struct block_entry);
}

/*
 * XFS preallocates far more than is written to a growing file (fs/xfs/xfs_iomap.c,
 * xfs_iomap_prealloc_size()), but not where blocks are allocated already.
 */
int file__reserve(struct file *f, size_t size)
{
	struct statfs fs;

	if (f->fd < 0 || !size || fstatfs(f->fd, &fs) || fs.f_type != XFS_SUPER_MAGIC)
		return 0;
	if (fallocate(f->fd, FALLOC_FL_KEEP_SIZE, (off_t)f->size, (off_t)size) && errno == ENOSPC)
		return -ENOSPC;
	return 0;
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
