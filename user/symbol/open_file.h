/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * open_file.h - what the helper that opens files is asked: a mapped file, and no other in its place.
 *
 * A path is no identity: files get replaced, and a container's paths are its own. So the file
 * behind the mapping itself is opened where that can be (/proc/PID/map_files), and otherwise what
 * a path leads to is compared with what the kernel told of the mapping. The helper has the
 * tracer's privileges, but reads no file.
 */
#ifndef VMASCOPE_SYMBOL_OPEN_FILE_H
#define VMASCOPE_SYMBOL_OPEN_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "symbol/helper.h"
#include "symbol/reader.h"

/**
 * enum open_op - requests
 * @OPEN_MAPPED: the file that a process has mapped
 * @OPEN_PATH: what @path is in the process's root, or (@pid 0) in our own
 * @OPEN_PERF_MAP: the list of functions that the process's JIT wrote
 * @OPEN_BUILD_ID: none; the build-id of the ELF file that is mapped at @start (reply: build_id)
 */
enum open_op {
	OPEN_MAPPED,
	OPEN_PATH,
	OPEN_PERF_MAP,
	OPEN_BUILD_ID,
	OPEN_NR_OPS,
};

/**
 * struct open_request - one of them
 * @op: enum open_op
 * @pid: of the process; @start_ns: its start, boot time, 0: not known
 * @start, @end: of the mapping
 * @inode, @dev_major, @dev_minor: of its file, as /proc/PID/maps has them
 * @live: the mapping was read from /proc, so it may still be there
 * @unchecked: the caller checks the build-id: any file at @path is fine
 */
struct open_request {
	uint32_t op;
	uint32_t pid;
	uint64_t start_ns;
	uint64_t start;
	uint64_t end;
	uint64_t inode;
	uint32_t dev_major;
	uint32_t dev_minor;
	bool live;
	bool unchecked;
	char path[PATH_MAX];
};

/** struct file_id - one state of one file */
struct file_id {
	uint64_t dev;
	uint64_t inode;
	uint64_t size;
	uint64_t mtime_ns;
	uint64_t ctime_ns;
};

/**
 * struct open_reply - an answer; the file comes with it
 * @err: 0; -ESTALE: what is there is another file; -ESRCH: the process is gone; -EPERM: the file
 *	may have been written by others; another negative errno
 * @id: of the file
 */
struct open_reply {
	int32_t err;
	uint32_t pad;
	union {
		struct file_id id;
		struct build_id build_id;
	};
};

/** opener_kind - the helper */
extern const struct helper_kind opener_kind;

/**
 * open_path - what @path is within @root, symbolic links and all, without opening it
 * Return: an O_PATH descriptor, or a negative errno.
 */
int open_path(const char *root, const char *path);

/**
 * reopen - for reading; closes @path_fd
 * Return: a descriptor, of a sealed copy in memory where the file is of FUSE; a negative errno:
 * -EFBIG: too large for that.
 */
int reopen(int path_fd, struct file_id *id);

/** open_perf_map - Return: a descriptor for reading, or a negative errno. */
int open_perf_map(uint32_t pid, struct file_id *id);

/** process_is - @pid is the process that began at @start_ns (0: whichever). */
bool process_is(uint32_t pid, uint64_t start_ns);

/** memory_build_id - of the ELF file that is mapped at @start. Return: 0 or a negative errno. */
int memory_build_id(uint32_t pid, uint64_t start, struct build_id *id);

#endif /* VMASCOPE_SYMBOL_OPEN_FILE_H */
