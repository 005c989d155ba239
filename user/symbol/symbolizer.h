/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbolizer.h - names for addresses of code: user space by ELF, DWARF and perf maps, the kernel by
 * /proc/kallsyms.
 *
 * A name is never guessed: if a file may not be the one that was mapped, only the offset in it is
 * returned. Files that a traced process has mapped are read by helper processes (helper.h); there
 * is a time limit for each file, and a memory limit for all files.
 *
 * Not thread-safe. What frames point to is valid until the next call. Create the symbolizer before
 * BPF programs and other threads, as its helpers are forks.
 */
#ifndef VMASCOPE_SYMBOL_SYMBOLIZER_H
#define VMASCOPE_SYMBOL_SYMBOLIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbol/process/symbol_process.h"

struct symbolizer;

/**
 * struct symbolizer_options - all zero: the defaults
 * @lines: return source lines and inlined functions
 * @max_bytes: memory limit, 0: 64 MiB; the functions of one file may use half of it
 * @ms_per_file: CPU time limit for reading one file, 0: 5000
 * @fetch_ms: timeout of debuginfod, if DEBUGINFOD_URLS is set, 0: 10000
 * @idle: called repeatedly with @idle_ctx while a file is being read; must not call the symbolizer;
 *	NULL: none
 * @until: NULL, or called with @until_ctx: returns the time (CLOCK_MONOTONIC, ns) until which new
 *	files and processes may be read; UINT64_MAX: no limit. Waiting for a CPU does not count
 * @debug_dir: directory of separate debug files, NULL: /usr/lib/debug
 */
struct symbolizer_options {
	bool lines;
	size_t max_bytes;
	unsigned int ms_per_file;
	unsigned int fetch_ms;
	void (*idle)(void *ctx);
	void *idle_ctx;
	uint64_t (*until)(void *ctx);
	void *until_ctx;
	const char *debug_dir;
};

/**
 * struct symbol_frame - a function at an address
 * @ip: the address
 * @name: NULL: unknown
 * @offset: of @ip from the start of the function; 0 for an inlined function
 * @module: path of the file, "[vdso]", "[anon]", a perf map, "[kernel]"; NULL: unknown
 * @in_file: @module is a file, and @module_offset is known
 * @module_offset: address in the ELF file, as addr2line(1) takes it; offset in the file if it could
 *	not be read
 * @dev, @inode: of the file if it was opened, as stat(2) returns them; otherwise 0
 * @file: source file, NULL: unknown; @line: line in it, 0: unknown
 * @inlined: the function is inlined into that of the next frame
 */
struct symbol_frame {
	uint64_t ip;
	const char *name;
	uint64_t offset;
	const char *module;
	bool in_file;
	uint64_t module_offset;
	uint64_t dev;
	uint64_t inode;
	const char *file;
	unsigned int line;
	bool inlined;
};

/**
 * struct symbolizer_stats - statistics so far
 * @bytes: memory in use
 * @modules: files that are kept; @dropped: files dropped because of the memory limit
 * @given_up: files that crashed the reader or took too long
 * @reader_starts: number of times the reader was started
 */
struct symbolizer_stats {
	size_t bytes;
	size_t modules;
	unsigned int dropped;
	unsigned int given_up;
	unsigned int reader_starts;
};

/** symbolizer__new - @options may be NULL. Return: 0 or a negative errno. */
int symbolizer__new(struct symbolizer **s, const struct symbolizer_options *options);

/** symbolizer__free - @s may be NULL. */
void symbolizer__free(struct symbolizer *s);

/**
 * symbolizer__stop_helpers - end the helpers
 *
 * The next question starts them anew, with the privileges that this process has then.
 */
void symbolizer__stop_helpers(struct symbolizer *s);

/**
 * symbolizer__set_maps - set the mappings of a process that may have exited when it is looked up
 * @maps: @nr of them that held code, copied; earlier ones are dropped
 *
 * Without this, they are read from /proc/PID/maps: at the first question about the process, and
 * when an address is in none of them.
 * Return: 0 or -ENOMEM.
 */
int symbolizer__set_maps(struct symbolizer *s, const struct symbol_process *process,
			 const struct symbol_map *maps, size_t nr);

/**
 * symbolizer__note - save the mappings of a running process, as it may exit before they are needed
 *
 * Its files and its perf map are opened and read.
 */
void symbolizer__note(struct symbolizer *s, const struct symbol_process *process);

/** symbolizer__late - the time limit of @until has passed: nothing new is read. */
bool symbolizer__late(struct symbolizer *s);

/**
 * symbolizer__end_process - the process has exited or called execve(): /proc no longer describes it
 * @maps: @nr mappings with code, added to those that were read while it ran; addresses at which two
 *	files were mapped have no name
 *
 * Return: 0 or -ENOMEM.
 */
int symbolizer__end_process(struct symbolizer *s, const struct symbol_process *process,
			    const struct symbol_map *maps, size_t nr);

/** symbolizer__forget - its mappings have changed (munmap, exec), or it is gone. */
void symbolizer__forget(struct symbolizer *s, const struct symbol_process *process);

/**
 * symbolizer__user - look up an address of a process
 * @is_return_address: the call instruction is before @ip
 * @frames: array of @max, at least 1, for the results; the innermost inlined function comes first
 *
 * Return: the number of frames, 1 or more; at least @ip of the first one is set.
 */
size_t symbolizer__user(struct symbolizer *s, const struct symbol_process *process, uint64_t ip,
			bool is_return_address, struct symbol_frame *frames, size_t max);

/** symbolizer__kernel - look up an address of the kernel. */
void symbolizer__kernel(struct symbolizer *s, uint64_t ip, bool is_return_address,
			struct symbol_frame *frame);

/** symbolizer__stats - get the statistics. */
void symbolizer__stats(const struct symbolizer *s, struct symbolizer_stats *stats);

/**
 * symbol_print - "malloc+0x1a", "libc.so.6+0x9be7f" or "0x7f3a5c09be7f"
 * @offset: false: of a known function, the name alone
 *
 * Return: as snprintf() does.
 */
int symbol_print(const struct symbol_frame *frame, bool offset, char *buf, size_t len);

#endif /* VMASCOPE_SYMBOL_SYMBOLIZER_H */
