/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fusefs.h - a file system (FUSE) with one file, served by the program that includes this: how and
 * when reads of the file are answered is that program's choice.
 */
#ifndef WORKLOAD_FUSEFS_H
#define WORKLOAD_FUSEFS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FUSEFS_FILE_NODE 2
#define FUSEFS_MAX_READ (1u << 17)

/**
 * struct fusefs - the file system
 * @name: of the file; @size: bytes of it
 * @device: /dev/fuse
 * @read: answers a read of the file, by fusefs_answer()
 */
struct fusefs {
	const char *name;
	off_t size;
	int device;
	void (*read)(struct fusefs *fs, const struct fuse_in_header *in,
		     const struct fuse_read_in *r);
};

static void fusefs_die(const char *what)
{
	perror(what);
	exit(2);
}

/** fusefs_answer - answer request @in: a positive errno @err, or @len bytes */
static void fusefs_answer(struct fusefs *fs, const struct fuse_in_header *in, int err,
			  const void *bytes, size_t len)
{
	struct fuse_out_header out = { .len = (uint32_t)(sizeof(out) + len),
				       .error = -err,
				       .unique = in->unique };
	const struct iovec iov[] = { { &out, sizeof(out) }, { (void *)bytes, len } };

	/* one that was interrupted is not there any more */
	if (writev(fs->device, iov, 2) < 0 && errno != ENOENT)
		fusefs_die("fusefs: answer");
}

static struct fuse_attr fusefs_attr(const struct fusefs *fs, uint64_t node)
{
	return (struct fuse_attr){
		.ino = node,
		.size = node == FUSEFS_FILE_NODE ? (uint64_t)fs->size : 0,
		.mode = node == FUSEFS_FILE_NODE ? S_IFREG | 0755 : S_IFDIR | 0755,
		.nlink = 1,
		.blksize = 4096,
	};
}

static void fusefs_look_up(struct fusefs *fs, const struct fuse_in_header *in, const char *name)
{
	const struct fuse_entry_out out = { .nodeid = FUSEFS_FILE_NODE,
					    .attr = fusefs_attr(fs, FUSEFS_FILE_NODE) };
	const int found = !strcmp(name, fs->name);

	fusefs_answer(fs, in, found ? 0 : ENOENT, &out, found ? sizeof(out) : 0);
}

/** fusefs_serve - answer one request, which @in and what follows it are */
static void fusefs_serve(struct fusefs *fs, const struct fuse_in_header *in)
{
	const struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
					    .minor = 31,
					    .max_readahead = FUSEFS_MAX_READ,
					    .max_write = 4096 };
	const struct fuse_attr_out attr = { .attr = fusefs_attr(fs, in->nodeid) };
	const struct fuse_open_out open_out = { .open_flags = FOPEN_KEEP_CACHE };
	const struct fuse_statfs_out statfs_out = { .st = { .bsize = 4096, .namelen = 255 } };
	const void *arg = in + 1;

	switch (in->opcode) {
	case FUSE_INIT:
		fusefs_answer(fs, in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		fusefs_look_up(fs, in, arg);
		break;
	case FUSE_GETATTR:
		fusefs_answer(fs, in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		fusefs_answer(fs, in, 0, &open_out, sizeof(open_out));
		break;
	case FUSE_READ:
		fs->read(fs, in, arg);
		break;
	case FUSE_STATFS:
		fusefs_answer(fs, in, 0, &statfs_out, sizeof(statfs_out));
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		fusefs_answer(fs, in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		fusefs_answer(fs, in, ENOSYS, NULL, 0);
	}
}

/**
 * fusefs_request - the next one; ends this process if the file system is not mounted any more
 *
 * Return: NULL: none now; it is valid until the next call.
 */
static const struct fuse_in_header *fusefs_request(struct fusefs *fs)
{
	static char request[FUSEFS_MAX_READ + 4096];
	const ssize_t n = read(fs->device, request, sizeof(request));

	if (n < 0 && errno == ENODEV)
		_exit(0);
	if (n < 0 && errno != EINTR && errno != EAGAIN && errno != ENOENT)
		fusefs_die("fusefs: read");
	return n > 0 ? (const void *)request : NULL;
}

/** fusefs_run - answer requests until the file system is unmounted; ends this process */
__attribute__((noreturn, unused)) static void fusefs_run(struct fusefs *fs)
{
	const struct fuse_in_header *in;

	for (;;) {
		in = fusefs_request(fs);
		if (in)
			fusefs_serve(fs, in);
	}
}

/** fusefs_mount - mount it as @directory. Return: 0, or -1 and errno: there is no FUSE. */
static int fusefs_mount(struct fusefs *fs, const char *directory)
{
	char options[128];

	fs->device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fs->device < 0)
		return -1;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other",
		 fs->device);
	return mount("fusefs", directory, "fuse", 0, options);
}

#endif /* WORKLOAD_FUSEFS_H */
