/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.h - a recording's file as it is written: blocks at its end, and the index when it is done.
 */
#ifndef VMASCOPE_RECORD_FORMAT_FILE_H
#define VMASCOPE_RECORD_FORMAT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "record/format/format.h"

/**
 * struct file - one that is being written
 * @fd: -1: none
 * @size: of all whole blocks
 * @index: @nr entries, one for each block since it was written last, of room for @cap
 */
struct file {
	int fd;
	uint64_t size;
	struct block_entry *index;
	size_t nr;
	size_t cap;
};

/**
 * file__create - make @path anew, and begin it with the header
 * @header: as JSON
 * @why: set where @path was refused (util/out_file.h)
 * Return: 0 or a negative errno; to be closed in any case.
 */
int file__create(struct file *f, const char *path, const char *header, const char **why);

/**
 * file__append - write a block
 * @block: with its head, @size bytes
 *
 * Return: 0; or a negative errno: then the file ends behind the block before it.
 */
int file__append(struct file *f, const void *block, size_t size);

/** file__end_size - bytes that file__finish() would add, and an index before it. */
size_t file__end_size(const struct file *f);

/**
 * file__reserve - set aside @size bytes behind the end, where the file system would take more than
 * is asked for by itself
 * Return: 0 or -ENOSPC.
 */
int file__reserve(struct file *f, size_t size);

/** file__finish - write the index: the file is whole. Return: 0 or a negative errno. */
int file__finish(struct file *f);

/** file__close - Return: 0 or the negative errno of a write that failed late. */
int file__close(struct file *f);

#endif /* VMASCOPE_RECORD_FORMAT_FILE_H */
