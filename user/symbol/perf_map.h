/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf_map.h - the functions that a JIT listed in /tmp/perf-PID.map: lines of START SIZE NAME.
 *
 * The format: tools/perf/Documentation/jit-interface.txt. Runs in the reader.
 */
#ifndef VMASCOPE_SYMBOL_PERF_MAP_H
#define VMASCOPE_SYMBOL_PERF_MAP_H

/** perf_map__table - Return: a sealed file (table.h), or a negative errno. */
int perf_map__table(int fd);

#endif /* VMASCOPE_SYMBOL_PERF_MAP_H */
