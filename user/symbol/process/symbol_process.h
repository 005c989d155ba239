/* SPDX-License-Identifier: GPL-2.0-only */
/* symbol_process.h - a process and its mappings, as callers of the symbolizer know them. */
#ifndef VMASCOPE_SYMBOL_PROCESS_SYMBOL_PROCESS_H
#define VMASCOPE_SYMBOL_PROCESS_SYMBOL_PROCESS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct symbol_process - a program that ran
 * @pid: in the pid namespace of /proc
 * @start_ns: of its first thread, boot time; 0: not known, then a later process may be taken for it
 * @image: any number that an exec changes, such as the address of its mm; 0: not known
 */
struct symbol_process {
	uint32_t pid;
	uint64_t start_ns;
	uint64_t image;
};

/**
 * struct symbol_map - a mapping that held code
 * @pgoff: where in the file, bytes
 * @path, @inode, @dev_major, @dev_minor: as /proc/PID/maps has them
 * @build_id: @build_id_len bytes of the ELF file's, 0: not known. Where it is, it alone decides
 */
struct symbol_map {
	uint64_t start;
	uint64_t end;
	uint64_t pgoff;
	const char *path;
	uint64_t inode;
	uint32_t dev_major;
	uint32_t dev_minor;
	const unsigned char *build_id;
	size_t build_id_len;
};

#endif /* VMASCOPE_SYMBOL_PROCESS_SYMBOL_PROCESS_H */
