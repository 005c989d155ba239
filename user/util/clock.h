/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.h - the clock that intervals and durations are measured by.
 */
#ifndef VMASCOPE_UTIL_CLOCK_H
#define VMASCOPE_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

/** clock__monotonic_ns - CLOCK_MONOTONIC, ns; the same in all processes of a time namespace */
static inline uint64_t clock__monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

#endif /* VMASCOPE_UTIL_CLOCK_H */
