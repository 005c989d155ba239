/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * header.h - the recording's header, as JSON: where and how it was made, and what types of records
 * it holds.
 */
#ifndef VMASCOPE_RECORD_FORMAT_HEADER_H
#define VMASCOPE_RECORD_FORMAT_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/format/schema.h"

/** Hooks that a header tells of at most. */
#define HEADER_MAX_HOOKS 32

/** struct header_hook - a hook, and its variant */
struct header_hook {
	char *name;
	char *variant;
	bool fallback;
};

/**
 * struct header - all strings are owned
 * @run: the same in all files of one run; @file: number of the file in it, from 1
 * @tool: vmascope's version; @host, @kernel, @machine: as uname(2) has them
 * @what: what was traced, for people; @vma_glob: of --vma, or NULL
 * @start_ns: counting began (CLOCK_MONOTONIC); @wall_ns: the same moment since 1970
 * @nr_cpus: possible ones; @events: bit 0: faults, 1: memory calls, 2: flushes and interrupts
 * @shootdowns: memory calls and flushes were counted; @causes: of --cause, bit set
 * @stacks: of faults were counted; @unwound: all stacks were found in user space (--unwind dwarf)
 * @isolated, @nohz_full: CPUs, or NULL; @max_map_count: 0: not known
 * @hooks: @nr_hooks of them
 */
struct header {
	uint64_t run;
	uint32_t file;
	char *tool;
	char *host;
	char *kernel;
	char *machine;
	char *what;
	char *vma_glob;
	uint64_t start_ns;
	uint64_t wall_ns;
	uint32_t nr_cpus;
	uint32_t events;
	uint32_t causes;
	bool shootdowns;
	bool stacks;
	bool unwound;
	char *isolated;
	char *nohz_full;
	uint64_t max_map_count;
	struct header_hook hooks[HEADER_MAX_HOOKS];
	size_t nr_hooks;
};

/** header__free - what it owns. */
void header__free(struct header *h);

/** header__format - as JSON, with the types of this build. Return: to be freed; NULL: no memory. */
char *header__format(const struct header *h);

/**
 * header__parse - from JSON
 * @h: set, to be freed in any case
 * @codec: all zero; gets the types that the header tells
 *
 * Return: 0; -EBADMSG: it is no header; -EPROTONOSUPPORT: of a newer version; -ENOMEM.
 */
int header__parse(struct header *h, struct codec *codec, const char *text);

#endif /* VMASCOPE_RECORD_FORMAT_HEADER_H */
