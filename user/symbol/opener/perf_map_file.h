/* SPDX-License-Identifier: GPL-2.0-only */
/* perf_map_file.h - the file in which a JIT lists the functions of a process. */
#ifndef VMASCOPE_SYMBOL_OPENER_PERF_MAP_FILE_H
#define VMASCOPE_SYMBOL_OPENER_PERF_MAP_FILE_H

#include "symbol/opener/open_file.h"

/**
 * open_perf_map - open the perf map of @r's process
 *
 * It must belong to the process's user, lie below the process's root without symbolic links, and
 * not be older than the process, as process IDs and so names of perf maps are reused.
 * Return: a descriptor for reading, or a negative errno; -ESTALE: it is of an older process.
 */
int open_perf_map(const struct open_request *r, struct file_id *id);

#endif /* VMASCOPE_SYMBOL_OPENER_PERF_MAP_FILE_H */
