/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.h - a recording's file while it is written: blocks are appended, and the index ends it.
 */
#ifndef VMASCOPE_RECORD_FORMAT_FILE_H
#define VMASCOPE_RECORD_FORMAT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "record/format/format.h"

/**
 * struct file - a file that is being written
 * @fd: -1: none
 * @size: total size of all complete blocks
 * @index: @nr entries, one for each block since the last index, with room for @cap
 */
struct file {
	int fd;
	uint64_t size;
	struct block_entry *index;
	size_t nr;
	size_t cap;
};

/**
 * file__create - create or replace @path, and write the header
 * @header: the header as JSON
 * @why: set if @path was refused (util/out_file.h)
 * Return: 0 or a negative errno; must be closed in any case.
 */
int file__create(struct file *f, const char *path, const char *header, const char **why);

/**
 * file__append - append a block
 * @block: the block with its head, @size bytes
 *
 * Return: 0 or a negative errno; on failure the file ends after the previous block.
 */
int file__append(struct file *f, const void *block, size_t size);

/** file__end_size - bytes that file__finish() would add, including an index before it. */
size_t file__end_size(const struct file *f);

/**
 * file__reserve - allocate @size bytes after the end, on file systems that would preallocate more
 * Return: 0 or -ENOSPC.
 */
int file__reserve(struct file *f, size_t size);

/**
 * file__finish - write the final index, which completes the file. Return: 0 or a negative errno.
 */
int file__finish(struct file *f);

/** file__close - close the file. Return: 0 or the negative errno of a delayed write error. */
int file__close(struct file *f);

#endif /* VMASCOPE_RECORD_FORMAT_FILE_H */
