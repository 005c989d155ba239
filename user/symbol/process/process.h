/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * process.h - processes whose addresses are looked up, and the files that they have mapped.
 */
#ifndef VMASCOPE_SYMBOL_PROCESS_PROCESS_H
#define VMASCOPE_SYMBOL_PROCESS_PROCESS_H

#include "symbol/module/module.h"
#include "symbol/process/symbol_process.h"

/**
 * struct mapping - a mapping that holds code
 * @map: as it was reported or read; the path is owned
 * @no_code: has no code, but the beginning of a file
 * @build_id: of the file, if known
 * @module: number of its module, 0: none yet
 * @err: the reason if there is no module
 */
struct mapping {
	struct symbol_map map;
	bool no_code;
	struct build_id build_id;
	uint64_t module;
	int err;
};

/**
 * struct mapped_process - a process with its mappings
 * @older, @newer: in the order of last use
 * @live: its mappings are read from /proc, again from @reread_ns on
 * @place: where its perf map is
 * @perf_map: number of the module of its perf map, 0: none; @perf_again_ns: when to look for a newer
 *	one; @perf_err: the last error that was reported
 */
struct mapped_process {
	struct symbol_process key;
	struct mapped_process *older;
	struct mapped_process *newer;
	struct mapping *maps;
	size_t nr;
	bool live;
	uint64_t reread_ns;
	struct process_place place;
	uint64_t perf_map;
	uint64_t perf_again_ns;
	int perf_err;
	size_t bytes;
};

/**
 * struct processes - all of them
 * @by_key: find one
 * @vdso: number of the module of the vDSO, 0: not made yet
 */
struct processes {
	struct modules *modules;
	struct hash by_key;
	struct mapped_process *oldest;
	struct mapped_process *newest;
	size_t bytes;
	size_t max_bytes;
	uint64_t vdso;
};

void processes__init(struct processes *p, struct modules *modules, size_t max_bytes);
void processes__free(struct processes *p);

/** processes__get - known already, or read from /proc now. NULL: it is gone, or no memory. */
struct mapped_process *processes__get(struct processes *p, const struct symbol_process *key);
int processes__set(struct processes *p, const struct symbol_process *key,
		   const struct symbol_map *maps, size_t nr);
/** processes__known - known already; NULL: it is not. */
struct mapped_process *processes__known(struct processes *p, const struct symbol_process *key);

/**
 * processes__end - the process has exited or called execve()
 * @mentioned: @nr mappings that were reported, in addition to those that were read
 *
 * Later calls have no effect. Return: 0 or -ENOMEM.
 */
int processes__end(struct processes *p, const struct symbol_process *key,
		   const struct symbol_map *mentioned, size_t nr);
void processes__forget(struct processes *p, const struct symbol_process *key);

/** process__find - what holds code at @ip; looks for new mappings. NULL: none does. */
struct mapping *process__find(struct processes *all, struct mapped_process *p, uint64_t ip);

/** process__first - the mapping of the beginning of the file of @of; NULL: none. */
const struct mapping *process__first(const struct mapped_process *p, const struct mapping *of);

/** mapping__is_shared_memory - shared anonymous memory, which the kernel gives a file of tmpfs. */
bool mapping__is_shared_memory(const struct mapping *m);

/** mapping__is_file - a file, or the vDSO, is mapped there. */
bool mapping__is_file(const struct mapping *m);

/** mapping__is_memory - a JIT may write code there; some programs keep ELF files there, too. */
bool mapping__is_memory(const struct mapping *m);

/** process__module - the file of a mapping. NULL: it could not be had. */
struct module *process__module(struct processes *all, struct mapped_process *p,
			       struct mapping *map);

/** process__perf_map - what the process's JIT listed, some time ago at most. NULL: nothing. */
struct module *process__perf_map(struct processes *all, struct mapped_process *p);

/**
 * address_of - the ELF file's address for an address of the process
 * Return: false: it is unknown; @address is the offset in the file.
 */
bool address_of(const struct mapping *map, const struct module *module, uint64_t ip,
		uint64_t *address);

#endif /* VMASCOPE_SYMBOL_PROCESS_PROCESS_H */
