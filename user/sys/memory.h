/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.h - a bound of all memory that this process may have, whatever it is for.
 */
#ifndef VMASCOPE_SYS_MEMORY_H
#define VMASCOPE_SYS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/**
 * memory__bound - allocations beyond @bytes fail (RLIMIT_DATA), until memory__unbound()
 * @hint: how the user lifts it, for messages; not copied
 *
 * A lower limit that the process was given stays. Sanitizers map terabytes: with them, nothing is bound.
 */
void memory__bound(uint64_t bytes, const char *hint);

/** memory__unbound - the limit is what it was. */
void memory__unbound(void);

/**
 * memory__available - Return: @bytes can be allocated now, all together
 *
 * For libraries that do not report whether they failed for want of memory or because of what they were given:
 * asked before, a failure is the latter. Nothing is kept, so other threads may allocate it meanwhile.
 */
bool memory__available(uint64_t bytes);

/** memory__hint - for a message that there is not enough memory; NULL: there is none. */
const char *memory__hint(void);

#endif /* VMASCOPE_SYS_MEMORY_H */
