/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debug_file.h - find the separate debug file of a module: by build-id, by .gnu_debuglink, by network.
 */
#ifndef VMASCOPE_SYMBOL_MODULE_DEBUG_FILE_H
#define VMASCOPE_SYMBOL_MODULE_DEBUG_FILE_H

#include "symbol/module/module.h"

/** The client of debuginfod servers, which is loaded where it is installed. */
#define DEBUGINFOD_LIBRARY "libdebuginfod.so.1"

/**
 * debug_file__find - give @module its debug file, if one is needed and there
 * @pid, @start_ns: a process that mapped the module: its own files come first
 *
 * A file is taken only if its build-id is the module's or, where one has none, its CRC is what
 * the module says.
 */
void debug_file__find(struct modules *m, struct module *module, uint32_t pid, uint64_t start_ns);

/** debug_file__no_fetch - why debuginfod servers cannot be asked; NULL: they can */
const char *debug_file__no_fetch(void);

/**
 * struct fetch_request - what the helper that asks debuginfod is asked
 */
struct fetch_request {
	struct build_id id;
};

/** fetcher_kind - the helper; its answer is an int, 0 or -errno (-ELIBACC: no library), and the file */
extern const struct helper_kind fetcher_kind;

#endif /* VMASCOPE_SYMBOL_MODULE_DEBUG_FILE_H */
