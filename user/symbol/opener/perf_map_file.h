/* SPDX-License-Identifier: GPL-2.0-only */
/* perf_map_file.h - the file in which a JIT lists the functions of a process. */
#ifndef VMASCOPE_SYMBOL_OPENER_PERF_MAP_FILE_H
#define VMASCOPE_SYMBOL_OPENER_PERF_MAP_FILE_H

#include "symbol/opener/open_file.h"

/**
 * open_perf_map - what the JIT of @r's process listed
 *
 * Only a file of the process's own user is read, below the process's root and without symbolic
 * links; and none that is older than the process: names of files come back with process numbers.
 * Return: a descriptor for reading, or a negative errno; -ESTALE: of an older process.
 */
int open_perf_map(const struct open_request *r, struct file_id *id);

#endif /* VMASCOPE_SYMBOL_OPENER_PERF_MAP_FILE_H */
