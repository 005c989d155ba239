/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * module.h - files with code; their functions, unwind rules and lines are read once and kept.
 *
 * Memory is bounded: above the limit, the least recently used files are dropped. A file that
 * crashes the reader, or exceeds its time limit, is not read again.
 */
#ifndef VMASCOPE_SYMBOL_MODULE_MODULE_H
#define VMASCOPE_SYMBOL_MODULE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbol/elf/reader.h"
#include "symbol/helper/helper.h"
#include "symbol/opener/open_file.h"
#include "symbol/table/table.h"
#include "util/hash.h"

/**
 * struct module - a file
 * @id: unique number, never reused
 * @key: identity and state; a file that has changed is another module
 * @older, @newer: in the order of last use
 * @path: in the first process that mapped it
 * @fd, @debug_fd, @alt_fd: the file, its separate debug file, and the supplementary file of that
 *	(dwz); -1: none
 * @alt_name: name of the supplementary file in the debug file
 * @probe: properties; all zero if it is not an ELF file
 * @table: functions; without a head if there are none
 * @err: the reason if there is no table
 * @spent_ns: time that the reader has spent on it; @gave_up: the time limit was reached
 * @rules, @lines, @names: replies of the reader (struct answer), by address, and for @names by
 *	offset in @table
 * @bytes: memory in use
 */
struct module {
	uint64_t id;
	struct file_id key;
	struct module *older;
	struct module *newer;
	char *path;
	int fd;
	int debug_fd;
	int alt_fd;
	char alt_name[DEBUG_NAME_MAX];
	struct elf_probe probe;
	struct symbol_table table;
	int err;
	uint64_t spent_ns;
	bool gave_up;
	struct hash rules;
	struct hash lines;
	struct hash names;
	size_t bytes;
};

/** struct answer - a reply of the reader; @err: the error if there was none */
struct answer {
	int err;
	uint32_t len;
	unsigned char bytes[] __attribute__((aligned(8)));
};

/**
 * struct modules - all modules
 * @opener, @reader, @fetcher: the helpers; @fetcher asks debuginfod
 * @by_key, @by_id: indexes
 * @oldest, @newest: in the order of last use
 * @bytes: memory in use; @max_bytes, @max_modules: limits
 * @ns_per_file: time limit of the reader for one file
 * @fetch_ms: timeout of debuginfod; 0: it is not used (any more)
 * @lines: source lines are requested, for which debug files are read
 * @debug_dir: the system's directory of debug files
 * @until, @until_ctx: see modules__set_until(), NULL: none; @waited_ns: time that vmascope and the
 *	helpers had waited for a CPU when @until first returned a time; @has_end: it did
 */
struct modules {
	struct helper opener;
	struct helper reader;
	struct helper fetcher;
	struct hash by_key;
	struct hash by_id;
	struct module *oldest;
	struct module *newest;
	size_t bytes;
	size_t max_bytes;
	size_t max_modules;
	uint64_t ns_per_file;
	unsigned int fetch_ms;
	bool lines;
	const char *debug_dir;
	uint64_t (*until)(void *ctx);
	void *until_ctx;
	uint64_t waited_ns;
	bool has_end;
	uint64_t last_id;
	unsigned int given_up;
	unsigned int dropped;
};

/** modules__set_idle - set a function to call while waiting for a helper; before modules__init() */
void modules__set_idle(struct modules *m, void (*idle)(void *ctx), void *ctx);

/**
 * modules__set_until - until when files may be read; before modules__init()
 * @until: asked again and again: CLOCK_MONOTONIC, ns; UINT64_MAX: for as long as it takes
 */
void modules__set_until(struct modules *m, uint64_t (*until)(void *ctx), void *ctx);

/** modules__late - the time limit has passed: nothing new is read. */
bool modules__late(struct modules *m);

/** modules__init - start the helpers. Return: 0 or a negative errno. */
int modules__init(struct modules *m);
void modules__free(struct modules *m);

/** modules__stop_helpers - end them; the next question starts them anew. */
void modules__stop_helpers(struct modules *m);

/**
 * modules__open - send a request to the opener
 * @fd: set to the file that it opened, which the caller closes; -1 if the request opens none
 *
 * Return: 0 or a negative errno.
 */
int modules__open(struct modules *m, const struct open_request *request, struct open_reply *reply,
		  int *fd);

/** modules__find - by number; it counts as used. NULL: it was dropped, or never there. */
struct module *modules__find(struct modules *m, uint64_t id);

/** modules__find_file - by its file; it counts as used. NULL: not known yet. */
struct module *modules__find_file(struct modules *m, const struct file_id *key);

/**
 * modules__add - a file that is not known yet
 * @fd: taken over, also if it fails
 * @path: copied
 *
 * Nothing is read yet. Return: the module, or NULL without memory.
 */
struct module *modules__add(struct modules *m, const struct file_id *key, int fd, const char *path);

/** modules__drop - forget a module. */
void modules__drop(struct modules *m, struct module *module);

/**
 * modules__account - account for @bytes more of @module; drop others if the limit is exceeded
 *
 * Replies about a module that alone exceeds the limit are dropped when it is looked up the next
 * time: until then they stay valid.
 */
void modules__account(struct modules *m, struct module *module, size_t bytes);

/** module__file_bytes - that its files take, where they are copies (foreign_file__open()). */
size_t module__file_bytes(const struct module *module);

/** module__load - read the functions of an ELF file, once its debug files were looked for. */
void module__load(struct modules *m, struct module *module);

/** module__load_perf_map - read a JIT's list. */
void module__load_perf_map(struct modules *m, struct module *module);

/**
 * module__ask - a question to the reader
 * @fds: @nr_fds that go with it
 * @fd: if not NULL, the file that came with the answer, or -1
 *
 * Return: 0 or a negative errno: -ETIME: it has had its time.
 */
int module__ask(struct modules *m, struct module *module, const struct reader_request *request,
		const int *fds, size_t nr_fds, struct reader_reply *reply, int *fd);

/**
 * module__probe - ask the reader what the file @fd is, on @module's account
 * @probe: checked: strings end, lengths are within bounds
 *
 * Return: 0 or a negative errno.
 */
int module__probe(struct modules *m, struct module *module, int fd, struct elf_probe *probe);

/** module__rule - how to unwind from @address. Return: NULL, with why not in @err. */
const struct unwind_rule *module__rule(struct modules *m, struct module *module, uint64_t address,
				       int *err);

/** module__lines - source of @address; NULL if not known. */
const struct lines *module__lines(struct modules *m, struct module *module, uint64_t address);

/** module__name - @name, which is in the module's table, as its author wrote it. */
const char *module__name(struct modules *m, struct module *module, const char *name);

#endif /* VMASCOPE_SYMBOL_MODULE_MODULE_H */
