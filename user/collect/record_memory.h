/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record_memory.h - resident memory of processes, as events of a recording.
 */
#ifndef VMASCOPE_COLLECT_RECORD_MEMORY_H
#define VMASCOPE_COLLECT_RECORD_MEMORY_H

#include "record/save/save.h"

/** record_memory - of the processes that live; of very many, the first alone. */
void record_memory(struct saver *s, uint64_t now_ns);

#endif /* VMASCOPE_COLLECT_RECORD_MEMORY_H */
