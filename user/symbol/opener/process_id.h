/* SPDX-License-Identifier: GPL-2.0-only */
/* process_id.h - identity of a running process: its start time, and build IDs in its memory. */
#ifndef VMASCOPE_SYMBOL_OPENER_PROCESS_ID_H
#define VMASCOPE_SYMBOL_OPENER_PROCESS_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "symbol/elf/reader.h"

/** process_is - @pid is the process that began at @start_ns (0: whichever). */
bool process_is(uint32_t pid, uint64_t start_ns);

/** memory_build_id - of the ELF file that is mapped at @start. Return: 0 or a negative errno. */
int memory_build_id(uint32_t pid, uint64_t start, struct build_id *id);

#endif /* VMASCOPE_SYMBOL_OPENER_PROCESS_ID_H */
