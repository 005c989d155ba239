/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbolizer.h - names for addresses of code: user space by ELF, DWARF and perf maps, the kernel by
 * /proc/kallsyms.
 *
 * A name is never wrong: of a file that may not be the one that was mapped nothing is returned but
 * where in it. Whatever a traced process mapped is read by helper processes (helper.h); each file
 * has a time limit, all files together a memory limit.
 *
 * One thread at a time. What frames point to is good until the next call. Make the symbolizer
 * before BPF programs and other threads: its helpers are forks.
 */
#ifndef VMASCOPE_SYMBOL_SYMBOLIZER_H
#define VMASCOPE_SYMBOL_SYMBOLIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbol/process/symbol_process.h"

struct symbolizer;

/**
 * struct symbolizer_options - all zero is fine
 * @lines: return source lines and inlined functions
 * @max_bytes: that are kept, 0: 64 MiB. A file's functions may be half of it
 * @ms_per_file: time of a CPU that reading one file may take, 0: 5000
 * @fetch_ms: time to wait for debuginfod, where DEBUGINFOD_URLS is set, 0: 10000
 * @idle: called again and again while a file is being read, with @idle_ctx; it must not ask the
 *	symbolizer. NULL: nothing to do
 * @until: NULL, or asked with @until_ctx until when (CLOCK_MONOTONIC, ns) new files and processes may
 *	be read; UINT64_MAX: for as long as it takes. Time spent waiting for a CPU does not count
 * @debug_dir: of separate debug files, NULL: /usr/lib/debug
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
 * struct symbol_frame - a function that was running
 * @ip: the address that was asked for
 * @name: NULL: not known
 * @offset: of @ip from its start; 0 of an inlined one
 * @module: path of the file, "[vdso]", "[anon]", a perf map, "[kernel]"; NULL: not known
 * @in_file: @module_offset is the place in it
 * @module_offset: the address that the ELF file has (addr2line takes it); of a file that could
 *	not be read, the offset in the file
 * @file: of the source, NULL: not known; @line: in it, 0: not known
 * @inlined: into the next frame
 */
struct symbol_frame {
	uint64_t ip;
	const char *name;
	uint64_t offset;
	const char *module;
	bool in_file;
	uint64_t module_offset;
	const char *file;
	unsigned int line;
	bool inlined;
};

/**
 * struct symbolizer_stats - what it took so far
 * @bytes: kept now
 * @modules: known now; @dropped: for want of memory
 * @given_up: files that crashed their reader or took too long
 * @reader_starts: 1, and one for each time that it had to be started anew
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

/** symbolizer__free - NULL is fine. */
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
 * symbolizer__note - take down what a live process has mapped, as it may end before it is asked for
 *
 * Its files are opened and read, and so is its JIT's list of functions.
 */
void symbolizer__note(struct symbolizer *s, const struct symbol_process *process);

/** symbolizer__late - the time of @until is over: what is not known by now is not going to be. */
bool symbolizer__late(struct symbolizer *s);

/**
 * symbolizer__end_process - it is gone, or another program runs in it: /proc no longer describes it
 * @maps: @nr mappings that held code, to be added to those that were read while it lived; two files
 *	at one address rule each other out
 *
 * Return: 0 or -ENOMEM.
 */
int symbolizer__end_process(struct symbolizer *s, const struct symbol_process *process,
			    const struct symbol_map *maps, size_t nr);

/** symbolizer__forget - its mappings have changed (munmap, exec), or it is gone. */
void symbolizer__forget(struct symbolizer *s, const struct symbol_process *process);

/**
 * symbolizer__user - what was running at an address of a process
 * @is_return_address: the call is before it
 * @frames: room for @max, at least 1; the innermost inlined function comes first
 *
 * Return: the number of frames, 1 or more; the first one has at least its ip.
 */
size_t symbolizer__user(struct symbolizer *s, const struct symbol_process *process, uint64_t ip,
			bool is_return_address, struct symbol_frame *frames, size_t max);

/** symbolizer__kernel - what was running at an address of the kernel. */
void symbolizer__kernel(struct symbolizer *s, uint64_t ip, bool is_return_address,
			struct symbol_frame *frame);

/** symbolizer__stats - what it took so far. */
void symbolizer__stats(const struct symbolizer *s, struct symbolizer_stats *stats);

/**
 * symbol_print - "malloc+0x1a", "libc.so.6+0x9be7f" or "0x7f3a5c09be7f"
 * @offset: false: of a known function, the name alone
 *
 * Return: as snprintf() does.
 */
int symbol_print(const struct symbol_frame *frame, bool offset, char *buf, size_t len);

#endif /* VMASCOPE_SYMBOL_SYMBOLIZER_H */
