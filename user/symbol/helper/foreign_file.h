/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * foreign_file.h - open files that a traced process names, which may name any file of the system.
 *
 * The tracer has more privileges than the process: a name that the process chose must not lead it
 * to a file of someone else, to a device or to a file whose reading has an effect (/proc/kmsg,
 * trace_pipe). So a file is found as an O_PATH descriptor, which has no side effect, compared with
 * a rule, and then that very file is opened. Runs in the opener (open_file.h).
 */
#ifndef VMASCOPE_SYMBOL_HELPER_FOREIGN_FILE_H
#define VMASCOPE_SYMBOL_HELPER_FOREIGN_FILE_H

#include <stdbool.h>
#include <stdint.h>

struct stat;

/**
 * struct file_id - one state of one file
 */
struct file_id {
	uint64_t dev;
	uint64_t inode;
	uint64_t size;
	uint64_t mtime_ns;
	uint64_t ctime_ns;
};

/** struct file_users - the users that a process has: @uid real, @euid effective */
struct file_users {
	uint32_t uid;
	uint32_t euid;
};

/**
 * struct file_rule - what a file has to be, besides a regular file of an ordinary file system
 * @max_size: bytes; 0: any size
 * @owned_by: it belongs to one of them, has no other name, and only its owner's group may write
 *	to it, not everybody; NULL: no such rule
 * @readable: @readable_by or everybody may read it (@readable_by NULL: everybody)
 */
struct file_rule {
	uint64_t max_size;
	const struct file_users *owned_by;
	const struct file_users *readable_by;
	bool readable;
};

/** enum foreign_links - what symbolic links in a path may do; magic links are never followed */
enum foreign_links {
	FOREIGN_LINKS_NONE,    /* there is none, and ".." does not leave the root either */
	FOREIGN_LINKS_IN_ROOT, /* lead to a file below the root, as for the process itself */
};

/**
 * foreign_file__find - what @path is below @root, without opening it
 * @root: a directory, as /proc/PID/root
 *
 * Return: an O_PATH descriptor, or a negative errno; -ELOOP: a symbolic link, where none may be.
 */
int foreign_file__find(const char *root, const char *path, enum foreign_links links);

/**
 * foreign_file__check - compare a file with a rule; an O_PATH descriptor is enough
 * Return: 0; -EINVAL: not a regular file; -EOPNOTSUPP: of a file system that holds no ordinary
 * files (procfs, sysfs, tracefs and others); -EPERM: its owner or mode does not fit; -EMLINK: it
 * has other names; -EFBIG: larger than it may be; another negative errno.
 */
int foreign_file__check(int fd, const struct file_rule *rule, struct stat *st);

/**
 * foreign_file__open - open the file of @path_fd for reading, if it complies with @rule
 * @path_fd: closed in any case
 *
 * A file of FUSE is copied into memory: reading and closing it waits for its server,
 * uninterruptibly. Only the opener, which has a time limit, does that.
 *
 * Return: a descriptor, for FUSE that of a sealed copy in memory; a negative errno of
 * foreign_file__check(); -EFBIG: too large to be copied.
 */
int foreign_file__open(int path_fd, const struct file_rule *rule, struct file_id *id);

#endif /* VMASCOPE_SYMBOL_HELPER_FOREIGN_FILE_H */
