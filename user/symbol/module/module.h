/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * module.h - files with code, each one's functions, rules and lines read once and kept.
 *
 * What is kept is bounded: where it grows too large, the files that were used longest ago go. A
 * file that crashes its reader, or takes longer than it may, is given up for good.
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
 * @id: its number, never used again
 * @key: its state; another one is another module
 * @older, @newer: by last use
 * @path: as the first process that mapped it has it
 * @fd, @debug_fd, @alt_fd: it, its separate debug file, and what that shares with others; -1: none
 * @alt_name: how the debug file calls the last one
 * @probe: what it is; all zero of what is no ELF file
 * @table: its functions; without a head if there are none
 * @err: why there is no table
 * @spent_ns: time of the reader that it took; @gave_up: it may not have more
 * @rules, @lines, @names: by address, and by place in @table: what the reader said, struct answer
 * @bytes: of all this
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

/** struct answer - something that the reader said, or (@err) why it said nothing */
struct answer {
	int err;
	uint32_t len;
	unsigned char bytes[] __attribute__((aligned(8)));
};

/**
 * struct modules - all of them
 * @opener, @reader, @fetcher: the helpers; the last one asks debuginfod
 * @by_key, @by_id: find one
 * @oldest, @newest: by last use
 * @bytes: that all take; @max_bytes, @max_modules: may
 * @ns_per_file: time that the reader may take for one
 * @fetch_ms: time to wait for debuginfod; 0: it is not asked (any more)
 * @lines: source lines are wanted, so debug files are
 * @debug_dir: where the system keeps debug files
 * @until, @until_ctx: of modules__set_until(), NULL: none; @waited_ns: how long we and the helpers had
 *	waited for a CPU when there was an end first; @has_end: there was
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

/** modules__set_idle - what is to be done while a helper takes its time; before modules__init() */
void modules__set_idle(struct modules *m, void (*idle)(void *ctx), void *ctx);

/**
 * modules__set_until - until when files may be read; before modules__init()
 * @until: asked again and again: CLOCK_MONOTONIC, ns; UINT64_MAX: for as long as it takes
 */
void modules__set_until(struct modules *m, uint64_t (*until)(void *ctx), void *ctx);

/** modules__late - that time is over: nothing is read any more. What is known already stays known. */
bool modules__late(struct modules *m);

/** modules__init - start the helpers. Return: 0 or a negative errno. */
int modules__init(struct modules *m);
void modules__free(struct modules *m);

/** modules__stop_helpers - end them; the next question starts them anew. */
void modules__stop_helpers(struct modules *m);

/**
 * modules__open - ask the opener
 * @fd: what it opened, the caller's; -1 for what opens nothing
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
 * modules__account - @module takes @bytes more; others go if that is too much
 *
 * Answers of a module that is too large alone go when it is found the next time, so what was told
 * stays good until then.
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
