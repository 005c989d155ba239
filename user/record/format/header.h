/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * header.h - the recording's header, as JSON: where and how it was made, and its types of records.
 */
#ifndef VMASCOPE_RECORD_FORMAT_HEADER_H
#define VMASCOPE_RECORD_FORMAT_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/format/schema.h"

/** Maximum number of hooks in a header. */
#define HEADER_MAX_HOOKS 32

/** struct header_hook - a hook, and its variant */
struct header_hook {
	char *name;
	char *variant;
	bool fallback;
};

/**
 * struct header - the header; it owns all strings
 * @run: identifies the run, the same in all its files; @file: number of the file in the run, from 1
 * @tool: vmascope's version; @host, @kernel, @machine: as uname(2) has them
 * @what: what was traced, for display; @vma_glob: argument of --vma, or NULL
 * @start_ns: when counting began (CLOCK_MONOTONIC); @wall_ns: the same moment since 1970
 * @nr_cpus: possible CPUs; @events: bit 0: faults, 1: memory calls, 2: flushes and interrupts
 * @shootdowns: memory calls and flushes were counted; @causes: bit set of --cause
 * @latency_period: as in struct vs_config; 1 if the recording is older
 * @stacks: faults were counted by stack; @unwound: stacks were unwound in user space (--unwind
 *	dwarf)
 * @isolated, @nohz_full: CPU lists, or NULL; @max_map_count: 0: unknown
 * @hooks: @nr_hooks entries
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
	uint32_t latency_period;
	bool shootdowns;
	bool stacks;
	bool unwound;
	char *isolated;
	char *nohz_full;
	uint64_t max_map_count;
	struct header_hook hooks[HEADER_MAX_HOOKS];
	size_t nr_hooks;
};

/** header__free - free what the header owns. */
void header__free(struct header *h);

/**
 * header__format - format as JSON, with the record types of this build.
 * Return: a string that the caller frees; NULL: out of memory.
 */
char *header__format(const struct header *h);

/**
 * header__parse - parse a header from JSON
 * @h: filled in; must be freed in any case
 * @codec: zeroed by the caller; gets the types that the header defines
 *
 * Return: 0; -EBADMSG: it is not a header; -EPROTONOSUPPORT: its version is newer; -ENOMEM.
 */
int header__parse(struct header *h, struct codec *codec, const char *text);

#endif /* VMASCOPE_RECORD_FORMAT_HEADER_H */
