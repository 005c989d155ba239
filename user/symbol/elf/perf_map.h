/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf_map.h - the functions that a JIT listed in /tmp/perf-PID.map: lines of START SIZE NAME.
 *
 * The format: tools/perf/Documentation/jit-interface.txt. Runs in the reader.
 */
#ifndef VMASCOPE_SYMBOL_ELF_PERF_MAP_H
#define VMASCOPE_SYMBOL_ELF_PERF_MAP_H

/** Maximum size; a perf map that grows while it is read is read up to this size. */
#define PERF_MAP_MAX_BYTES (64ULL << 20)
/** Functions of a list at most: they take up to 90 bytes of the reader's memory, and their names. */
#define PERF_MAP_MAX_FUNCTIONS (2u << 20)

/**
 * perf_map__table - make a table of functions
 * @fd: of a regular file; its offset is not used
 *
 * A name is cut at TABLE_MAX_NAME bytes, whatever the length of its line.
 * Return: a sealed file (table.h), or a negative errno; -EFBIG: too many functions.
 */
int perf_map__table(int fd);

#endif /* VMASCOPE_SYMBOL_ELF_PERF_MAP_H */
