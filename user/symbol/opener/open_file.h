/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * open_file.h - what the helper that opens files is asked: a mapped file, and no other in its place.
 *
 * A path is no identity: files get replaced, and a container's paths are its own. So the file
 * behind the mapping itself is opened where that can be (/proc/PID/map_files), and otherwise what
 * a path leads to is compared with what the kernel reported about the mapping. The helper has the
 * tracer's privileges, but reads no file.
 */
#ifndef VMASCOPE_SYMBOL_OPENER_OPEN_FILE_H
#define VMASCOPE_SYMBOL_OPENER_OPEN_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "symbol/elf/reader.h"
#include "symbol/helper/foreign_file.h"
#include "symbol/helper/helper.h"
#include "symbol/opener/process_place.h"

/**
 * enum open_op - requests
 * @OPEN_MAPPED: the file that a process has mapped
 * @OPEN_PATH: what @path is in the process's root, or (@own_root) in our own
 * @OPEN_PERF_MAP: the list of functions that the process's JIT wrote; of a process that has ended,
 *	where @place says
 * @OPEN_BUILD_ID: none; the build-id of the ELF file that is mapped at @start (reply: build_id)
 * @OPEN_PLACE: none; where the process's files are (reply: place)
 */
enum open_op {
	OPEN_MAPPED,
	OPEN_PATH,
	OPEN_PERF_MAP,
	OPEN_BUILD_ID,
	OPEN_PLACE,
	OPEN_NR_OPS,
};

/**
 * struct open_request - a request
 * @op: enum open_op
 * @pid: of the process; @start_ns: its start, boot time, 0: unknown
 * @start, @end: of the mapping
 * @inode, @dev_major, @dev_minor: of its file, as in /proc/PID/maps
 * @live: the mapping was read from /proc, so it may still exist
 * @unchecked: the caller compares the build ID: accept any file at @path that the process may read
 * @own_root: @path is in the root of vmascope, although the process has given it
 * @trusted: @path is in the system's directory of debug files: it need not be readable by everybody
 * @place: root and users of the process, as they were; pid 0: unknown
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
	bool own_root;
	bool trusted;
	struct process_place place;
	char path[PATH_MAX];
};

/**
 * struct open_reply - an answer; the file is passed with it
 * @err: 0; -ESTALE: the file there is another one; -ESRCH: the process has exited; another negative
 *	errno of foreign_file__open()
 * @id: of the file
 */
struct open_reply {
	int32_t err;
	uint32_t pad;
	union {
		struct file_id id;
		struct build_id build_id;
		struct process_place place;
	};
};

/** open_op_opens - a file comes with the answer to @op. */
static inline bool open_op_opens(uint32_t op)
{
	return op != OPEN_BUILD_ID && op != OPEN_PLACE;
}

/** opener_kind - the helper */
extern const struct helper_kind opener_kind;

#endif /* VMASCOPE_SYMBOL_OPENER_OPEN_FILE_H */
