/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_site.h - the call site of a memory call: its function and file.
 */
#ifndef VMASCOPE_VIEW_COMMON_CALL_SITE_H
#define VMASCOPE_VIEW_COMMON_CALL_SITE_H

#include "model/shootdown.h"
#include "symbol/namer.h"

/**
 * struct call_site - call site of a memory call, as far as it is known
 * @module: path of the file, or name of the memory; @in_file: it is a file, with @offset in it
 * @function: and @function_offset in it; NULL: unknown
 * Strings are valid until the next stack is symbolized.
 */
struct call_site {
	const char *module;
	bool in_file;
	uint64_t offset;
	const char *function;
	uint64_t function_offset;
};

/**
 * call_site__find - find it by symbols if there are any, otherwise by a VMA that had faults
 * @namer: may be NULL
 * Return: 0 or -ENOMEM.
 */
int call_site__find(struct call_site *site, struct namer *namer, const struct call_row *row);

/** call_site__print - format "parse+0x1f (redis-server)", "libc.so.6+0x1234", "[anon]" or "". */
void call_site__print(const struct call_site *site, char *buf, size_t size);

#endif /* VMASCOPE_VIEW_COMMON_CALL_SITE_H */
