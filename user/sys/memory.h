/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.h - limit the memory of this process.
 */
#ifndef VMASCOPE_SYS_MEMORY_H
#define VMASCOPE_SYS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/**
 * memory__bound - make allocations beyond @bytes fail (RLIMIT_DATA), until memory__unbound()
 * @hint: how the user can raise the limit, for messages; not copied
 *
 * A lower existing limit is kept. Sanitizers map terabytes, so no limit is set for them.
 */
void memory__bound(uint64_t bytes, const char *hint);

/** memory__unbound - restore the previous limit. */
void memory__unbound(void);

/**
 * memory__available - Return: @bytes can be allocated now, in total
 *
 * For libraries that do not report whether they failed because of memory or because of their input:
 * if this is called before, a failure is due to the input. Nothing is reserved, so other threads
 * may allocate the memory meanwhile.
 */
bool memory__available(uint64_t bytes);

/** memory__hint - advice for a message about a lack of memory; NULL: there is none. */
const char *memory__hint(void);

#endif /* VMASCOPE_SYS_MEMORY_H */
